import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import type { LineageDirection } from '../../../core/domain/lineage.ts'
import { lineageIds } from '../../../core/lineage/lineage.ts'
import { createLineageReader } from '../../../core/tracking/read-lineage.ts'
import { openRecording, type Recording } from './open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

type Recorded = { readonly id: string; readonly stepRunId: string; readonly digest: Digest }

async function record(text: string): Promise<Recorded> {
  const { runId, stepRunIds } = at.startRun(['work'], { params: { 'work.text': text } })
  const stepRunId = stepRunIds.work as string
  const gives = [await at.give('value', text)]
  await at.doStep(stepRunId, { step: 'work', gives, cacheKey: text })
  at.finish(runId)
  return { id: runId, stepRunId, digest: gives[0]?.descriptor.digest as Digest }
}

function reuse({ stepRunId }: Recorded): string {
  const { runId, stepRunIds } = at.startRun(['work'])
  at.recorder.stepCached(stepRunIds.work as string, { reuses: stepRunId, savedMs: 1, reasons: [] })
  at.finish(runId)
  return runId
}

const runsIn = (reference: string, direction: LineageDirection, withDeleted = false) =>
  at.lineage
    .walk(reference, direction, { withDeleted })
    .nodes.filter(({ kind }) => kind === 'run')
    .map(({ id, deleted }) => `${id}${deleted ? ' deleted' : ''}`)
    .sort()
const deletedIn = (reference: string) =>
  at.lineage
    .walk(reference, 'both', { withDeleted: true })
    .nodes.filter(({ deleted }) => deleted)
    .map(({ id }) => id)
    .sort()
const node = ({ id }: { readonly id: string }) => lineageIds.run(id)

describe('lineage of deleted runs', () => {
  it('leaves out what they did, marks it where it is asked for, and has it again once they are restored', async () => {
    const [kept, gone] = [await record('kept'), await record('gone')]
    const source = at.lineage.walk(kept.id, 'up').nodes.find(({ kind }) => kind === 'source')?.id as string
    const before = at.lineage.walk(source, 'both')
    expect(before.nodes.some(({ deleted }) => deleted)).toBe(false)
    at.recorder.deleteRuns([gone.id])
    const now = at.lineage.walk(source, 'both')
    const left = before.nodes.filter(({ id }) => !now.nodes.some((other) => other.id === id)).map(({ id }) => id)
    expect(left.sort()).toEqual([lineageIds.artifact(gone.digest), lineageIds.stepRun(gone.stepRunId)])
    expect(now.edges.every(({ from, to }) => !left.includes(from) && !left.includes(to))).toBe(true)
    const all = at.lineage.walk(source, 'both', { withDeleted: true })
    expect(all.nodes.map(({ id }) => id)).toEqual(before.nodes.map(({ id }) => id))
    expect(deletedIn(source)).toEqual(left)
    at.recorder.restoreRuns([gone.id])
    expect(at.lineage.walk(source, 'both')).toEqual(before)
  })

  it('is refused for what only they did, with how to see it, and is there for what another run gave as well', async () => {
    const [first, other] = [await record('same'), await record('other')]
    const user = reuse(first)
    at.recorder.deleteRuns([first.id, other.id])
    for (const reference of [first.id, first.id.slice(0, 6), node(other), other.digest, other.digest.slice(7, 20)])
      expect(() => at.lineage.walk(reference, 'up')).toThrow(expect.objectContaining({ code: 'lineage/deleted' }))
    expect(runsIn(other.digest, 'up', true)).toEqual([`${node(other)} deleted`])
    expect(deletedIn(other.digest)).toContain(lineageIds.artifact(other.digest))
    expect(runsIn(first.digest, 'up')).toEqual([lineageIds.run(user)])
    expect(runsIn(first.digest, 'up', true)).toEqual([lineageIds.run(user), `${node(first)} deleted`].sort())
    expect(deletedIn(first.digest)).not.toContain(lineageIds.artifact(first.digest))
    expect(runsIn('latest', 'up')).toEqual([lineageIds.run(user)])
    expect(() => at.lineage.walk('nothing', 'up')).toThrow(expect.objectContaining({ code: 'lineage/notFound' }))
  })

  it('begins at what a deleted run gave, by its name in that run, where it is asked for', async () => {
    const first = await record('same')
    reuse(first)
    at.recorder.deleteRuns([first.id])
    const reader = createLineageReader({ ...at, projectName: 'wine' })
    for (const reference of [`${first.id}:value`, `${first.id.slice(0, 6)}:value`]) {
      expect(() => reader.walk(reference, 'up')).toThrow(expect.objectContaining({ code: 'lineage/deleted' }))
      const { nodes } = reader.walk(reference, 'up', true)
      // By that run alone, though another one gave the same.
      expect(nodes.filter(({ kind }) => kind === 'run')).toMatchObject([{ id: node(first), deleted: true }])
      expect(JSON.stringify(reader.export(reference, 'up', 'prov', true))).toContain('slipway:deleted')
      const events = reader.export(reference, 'up', 'openlineage', true)
      expect(events).toMatchObject([{ eventType: 'START' }, { eventType: 'COMPLETE' }])
    }
    const unknown = expect.objectContaining({ code: 'tracking/artifactNotFound' })
    expect(() => reader.walk(`${first.id}:other`, 'up', true)).toThrow(unknown)
  })

  it('goes up from a model by the run that is left, and keeps a dataset that was made of what they wrote', async () => {
    const first = await record('model')
    const user = reuse(first)
    at.recorder.deleteRuns([first.id])
    const model = { kind: 'modelVersion', digest: first.digest, name: 'wine@1', at: null } as const
    const id = lineageIds.modelVersion('wine', 1)
    const artifact = lineageIds.artifact(first.digest)
    at.lineage.record([{ id, ...model, runId: first.id }], [{ from: artifact, to: id, kind: 'used' }])
    expect(runsIn(id, 'up')).toEqual([lineageIds.run(user)])

    const second = await record('written')
    const dataset = { id: 'file:dataset/made@1', kind: 'file', digest: null, name: 'made@1', at: null } as const
    const written = lineageIds.artifact(second.digest)
    at.lineage.record([dataset], [{ from: written, to: dataset.id, kind: 'used' }])
    at.recorder.deleteRuns([second.id])
    expect(at.lineage.walk(dataset.id, 'up').nodes.map(({ id }) => id)).toEqual([dataset.id, written])
    expect(deletedIn(dataset.id)).toEqual([node(second), lineageIds.stepRun(second.stepRunId)].sort())
  })
})
