import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Run, RunEvent } from '../../../core/domain/run.ts'
import { unpackColumn } from '../../../core/domain/unpack-column.ts'
import { openRecording, type Recording, someEnvironment } from './open-recording.ts'
import { head, recordFirst as recordFirstOf, reuse as reuseOf } from './reused-runs.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

const recordFirst = () => recordFirstOf(at)
const reuse = (first: Parameters<typeof reuseOf>[1]) => reuseOf(at, first)

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
