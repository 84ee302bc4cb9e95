import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lineageIds } from '../../../core/lineage/lineage.ts'
import { createLineageReader, type LineageReader } from '../../../core/tracking/read-lineage.ts'
import { digestLike, openRecording, type Recording } from './open-recording.ts'

type Event = {
  readonly eventType: string
  readonly eventTime: string
  readonly schemaURL: string
  readonly producer: string
  readonly run: { readonly runId: string; readonly facets: Record<string, Record<string, unknown>> }
  readonly job: { readonly namespace: string; readonly name: string }
  readonly inputs: readonly { readonly namespace: string; readonly name: string }[]
  readonly outputs: readonly { readonly namespace: string; readonly name: string }[]
}

let at: Recording
let reader: LineageReader
const image = digestLike('9')

/** Two runs of the sample line; the second is cached but for a step that failed. An image comes from the first. */
beforeEach(async () => {
  at = await openRecording()
  reader = createLineageReader({ ...at, projectName: 'wine' })
  const [first, second] = [at.startRun(['raw', 'model']), at.startRun(['raw', 'model'])]
  const raw = await at.give('raw', '[1]')
  const model = await at.give('model', '{"w":1}')
  const filesRead = [{ path: 'data/wine & more.csv', digest: digestLike('d') }]
  await at.doStep(first.stepRunIds.raw!, { step: 'raw', gives: [raw], filesRead })
  const inputs = [{ name: 'raw', digest: raw.descriptor.digest }]
  await at.doStep(first.stepRunIds.model!, { step: 'model', params: { C: 1 }, inputs, gives: [model] })
  at.finish(first.runId)
  at.recorder.stepCached(second.stepRunIds.raw!, { reuses: first.stepRunIds.raw!, savedMs: 1, reasons: [] })
  const failure = {
    kind: 'exception',
    message: 'boom',
    remedy: '',
    exceptionType: null,
    frames: [],
    exitCode: 1,
    signal: null,
  } as const
  at.recorder.stepFailed(second.stepRunIds.model!, {
    endedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1,
    failure,
    logDigest: null,
  })
  const version = {
    id: lineageIds.modelVersion('wine', 1),
    kind: 'modelVersion',
    digest: model.descriptor.digest,
    name: 'wine@1',
    at: '2026-01-03T00:00:00.000Z',
  } as const
  const built = {
    id: lineageIds.image(image),
    kind: 'image',
    digest: image,
    name: 'wine:1',
    at: '2026-01-04T00:00:00.000Z',
  } as const
  at.lineage.record(
    [{ ...version, runId: first.runId }, built],
    [
      { from: lineageIds.artifact(model.descriptor.digest), to: version.id, kind: 'used' },
      { from: version.id, to: built.id, kind: 'used' },
    ],
  )
})
afterEach(() => at.close())

describe('walking by the references of people', () => {
  it.each([
    ['latest:raw', 1],
    ['wine@1', 2],
    [image, 2],
    ['latest', 2], // the failed one is a step run too
  ])('%s goes up to the data through the step runs of one run', (reference, stepRuns) => {
    const { nodes } = reader.walk(reference, 'up')
    expect(nodes.filter((node) => node.kind === 'file').map((node) => node.digest)).toEqual([digestLike('d')])
    expect(nodes.filter((node) => node.kind === 'stepRun')).toHaveLength(stepRuns)
  })

  it('refuses what is not recorded', () => {
    expect(() => reader.walk('latest:nothing', 'up')).toThrow(
      expect.objectContaining({ code: 'tracking/artifactNotFound' }),
    )
    expect(() => reader.walk('constructor:x', 'up')).toThrow(expect.objectContaining({ code: 'tracking/runNotFound' }))
    expect(() => reader.walk('run:zzzz', 'up')).toThrow(expect.objectContaining({ code: 'lineage/notFound' }))
  })
})

describe('OpenLineage', () => {
  it('has one START and one terminal event for each thing done, with what it used and gave', () => {
    const events = reader.export(image, 'up', 'openlineage') as unknown as readonly Event[]
    const perRun = Map.groupBy(events, (event) => event.run.runId)
    expect([...perRun.values()].map((each) => each.map(({ job, eventType }) => `${job.name} ${eventType}`))).toEqual(
      expect.arrayContaining([
        ['raw START', 'raw COMPLETE'],
        ['model START', 'model COMPLETE'],
        ['modelVersion START', 'modelVersion COMPLETE'],
        ['image START', 'image COMPLETE'],
      ]),
    )
    for (const event of events) {
      expect(event.run.runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(event.job.namespace).toBe('wine')
      expect(new Date(event.eventTime).toISOString()).toBe(event.eventTime)
      expect([event.schemaURL, event.producer].every((url) => URL.canParse(url))).toBe(true)
    }
    const model = events.find(({ job, eventType }) => job.name === 'model' && eventType === 'COMPLETE')!
    expect(model.inputs.map(({ namespace }) => namespace).sort()).toEqual([
      'wine/artifact',
      'wine/environment',
      'wine/params',
      'wine/source',
    ])
    expect(model.outputs.map(({ namespace }) => namespace)).toEqual(['wine/artifact'])
    expect(model.run.facets.parent).toMatchObject({ job: { namespace: 'wine', name: 'run' } })
    expect(reader.export(image, 'up', 'openlineage')).toEqual(events)
  })

  it('says of a failed step run how it failed, and of a cached one that it completed', () => {
    const events = reader.export('latest', 'down', 'openlineage') as unknown as readonly Event[]
    const failed = events.find(({ eventType }) => eventType === 'FAIL')
    expect(events.filter(({ job }) => job.name === 'raw').map(({ eventType }) => eventType)).toEqual([
      'START',
      'COMPLETE',
    ])
    expect(failed?.job.name).toBe('model')
    expect(failed?.run.facets.errorMessage).toMatchObject({ message: 'boom', programmingLanguage: 'python' })
  })
})

describe('PROV-JSON', () => {
  it('names every node once as entity or activity and relates the rest by PROV words', () => {
    const graph = reader.walk(image, 'up')
    const prov = reader.export(image, 'up', 'prov') as Record<string, Record<string, Record<string, string>>>
    const { entity, activity, prefix, ...relations } = prov
    expect(Object.keys({ ...entity, ...activity })).toHaveLength(graph.nodes.length)
    expect(Object.keys(prefix!)).toEqual(['slipway', 'prov'])
    const known = new Set([...Object.keys(entity!), ...Object.keys(activity!)])
    for (const relation of Object.values(relations)) {
      for (const ends of Object.values(relation)) expect(Object.values(ends).every((end) => known.has(end))).toBe(true)
    }
    expect(Object.values(relations).reduce((sum, relation) => sum + Object.keys(relation).length, 0)).toBe(
      graph.edges.length,
    )
    expect(Object.keys(relations).sort()).toEqual(['used', 'wasDerivedFrom', 'wasGeneratedBy', 'wasInformedBy'])
    for (const name of known) expect(name).toMatch(/^slipway:[A-Za-z0-9%._~-]+$/)
  })
})
