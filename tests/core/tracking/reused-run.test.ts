import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Run, RunEvent } from '../../../core/domain/run.ts'
import { unpackColumn } from '../../../core/domain/unpack-column.ts'
import { ownIdentity } from '../../../core/tracking/process-identity.ts'
import { digestLike, openRecording, point, type Recording, someEnvironment, someTime } from './open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

/** Two steps that ran, with all that a run can have. */
async function recordFirst() {
  const first = at.startRun(['raw', 'model'], { params: { 'model.C': 1 } })
  const raw = await at.give('raw', '[1,2]')
  const data = { path: 'data/wine.csv', digest: digestLike('d') }
  await at.doStep(first.stepRunIds.raw!, { step: 'raw', gives: [raw], filesRead: [data] })
  await at.doStep(first.stepRunIds.model!, {
    step: 'model',
    params: { C: 1 },
    inputs: [{ name: 'raw', digest: raw.descriptor.digest }],
    gives: [await at.give('model', '{"weights":1}'), await at.give('curve', '[3]', { role: 'logged' })],
    metrics: [point('model.accuracy', 0.9, 1), point('model.accuracy', 'NaN', 2), point('curve.area', 1)],
  })
  at.recorder.setParam(first.runId, 'model.chosen', 'l2')
  at.recorder.recordEnvironment(first.runId, someEnvironment)
  at.finish(first.runId)
  return first
}

const head = {
  params: { 'model.C': 1, 'raw.path': null },
  tags: { team: 'blue' },
  experiment: 'again',
  git: { commit: 'abc', branch: 'main', diffDigest: null },
  host: 'here',
  owner: ownIdentity(),
}

function reuse(first: { readonly stepRunIds: Readonly<Record<string, string>> }) {
  const steps = Object.entries(first.stepRunIds).map(([step, id]) => ({ step, candidate: at.runs.candidate(id) }))
  return at.recorder.recordReused({
    ...head,
    startedAt: someTime,
    durationMs: 3,
    environment: someEnvironment,
    steps,
  })
}

const owedRows = () => at.database.ahead(() => at.database.prepare('SELECT run FROM reused_run').all())

/** The same by the way of a run that goes step by step. */
function reuseStepByStep(first: { readonly stepRunIds: Readonly<Record<string, string>> }) {
  const next = at.recorder.createRun({
    ...head,
    steps: Object.keys(first.stepRunIds).map((step) => ({ step, reasons: [] })),
  })
  for (const [step, reuses] of Object.entries(first.stepRunIds))
    at.recorder.stepCached(next.stepRunIds[step]!, { reuses, savedMs: 2500, reasons: [] })
  at.recorder.recordEnvironment(next.runId, someEnvironment)
  at.finish(next.runId)
  return next.runId
}

/** Without what differs from run to run. */
function comparable(runId: string) {
  const { run, steps, artifacts, ...rest } = at.runs.get(runId)
  const { nodes, edges } = at.lineage.walk(runId, 'up')
  const own = new Map([[runId, 'RUN'], ...steps.map(({ id, step }) => [id, `${step} of RUN`] as const)])
  const plain = (text: string) => [...own].reduce((word, [id, name]) => word.replace(id, name), text)
  return {
    ...rest,
    run: { ...run, id: '', startedAt: '', endedAt: '', durationMs: 0 },
    steps: steps.map((step) => ({ ...step, id: '', runId: '' })),
    artifacts: artifacts.map((artifact) => ({ ...artifact, runId: '', stepRunId: plain(artifact.stepRunId) })),
    nodes: nodes.map(({ id, kind, name }) => `${kind} ${plain(id)} ${plain(name ?? '')}`).sort(),
    edges: edges.map(({ from, to, kind }) => `${plain(from)} ${kind} ${plain(to)}`).sort(),
    history: at.runs.history(runId, 'model.accuracy'),
  }
}

describe('a run in which nothing ran', () => {
  it('is answered as it is read back, and is what a run step by step would have recorded', async () => {
    const first = await recordFirst()
    const answered = reuse(first)
    expect(owedRows()).toHaveLength(1)
    expect(at.runs.get(answered.run.id)).toEqual(answered)
    expect(owedRows()).toHaveLength(0)
    expect(answered.run).toMatchObject({ metrics: { 'curve.area': 1, 'model.accuracy': 'NaN' }, cachedSteps: 2 })
    expect(answered.run.params).toEqual({ 'model.C': 1, 'model.chosen': 'l2', 'raw.path': null })
    expect(comparable(answered.run.id)).toEqual(comparable(reuseStepByStep(first)))
    expect(at.database.findDamage()).toEqual([])
  })

  it('is whole for whoever reads it first: by list, by artifact, by lineage, by filter', async () => {
    const first = await recordFirst()
    const readings: readonly ((id: string) => unknown)[] = [
      () => at.runs.list({}).runs[0]!.totalSteps,
      (id) => at.runs.findArtifact(`${id}:model`).kind && 2,
      (id) => at.lineage.walk(id, 'up').nodes.filter(({ kind }) => kind === 'stepRun').length,
      async () => {
        const { columns, count } = await at.runs.columns(['cachedSteps'])
        const column = unpackColumn(columns[0]!, count)
        return column.kind === 'number' && column.values.at(-1)
      },
      () => at.runs.list({ filter: 'tag.team = "blue" and metric.curve.area = 1', limit: 1 }).runs[0]!.cachedSteps,
    ]
    for (const read of readings) expect(await read(reuse(first).run.id)).toBe(2)
  })

  it('f01-is spelt out by the next core when this one died right after the answer', async () => {
    const first = await recordFirst()
    const answered = [reuse(first), reuse(first)]
    const copy = await openRecordingOfFile()
    expect(answered.map(({ run }) => copy.runs.get(run.id))).toEqual(answered)
    copy.database.close()
  })

  it('announces its end, its steps and its artifacts once each', async () => {
    const first = await recordFirst()
    const events: RunEvent[] = []
    at.recorder.watch((event) => events.push(event))
    const { run, steps, artifacts } = reuse(first)
    expect(events).toEqual([
      { kind: 'run', run },
      ...steps.map((stepRun) => ({ kind: 'stepRun', runId: run.id, stepRun })),
      ...artifacts.map((artifact) => ({ kind: 'artifact', runId: run.id, artifact })),
    ])
    const tagged: Run = at.recorder.setTag(run.id, 'note', 'good')
    expect(tagged).toEqual({ ...run, tags: { note: 'good', team: 'blue' } })
  })
})

/** What is on disk now, as after a kill: the file and its log, without closing the database. */
async function openRecordingOfFile() {
  const { cpSync, mkdtempSync } = await import('node:fs')
  const { join } = await import('node:path')
  const copy = mkdtempSync(join(at.folder, 'after-kill-'))
  for (const name of ['slipway.db', 'slipway.db-wal']) cpSync(join(at.folder, name), join(copy, name))
  return openRecording(copy)
}
