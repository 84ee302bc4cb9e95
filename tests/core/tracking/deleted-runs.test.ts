import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { trashRestMs } from '../../../core/domain/space.ts'
import { createSpace } from '../../../core/space/create-space.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { openRecording, point, type Recording } from './open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

type Recorded = { readonly id: string; readonly stepRunId: string; readonly digest: Digest }

async function record(text: string): Promise<Recorded> {
  const { runId, stepRunIds } = at.startRun(['work'], { params: { 'work.text': text }, tags: { text } })
  const stepRunId = stepRunIds.work as string
  const gives = [await at.give('value', text)]
  const metrics = [point('work.score', text.length)]
  await at.doStep(stepRunId, { step: 'work', gives, metrics, log: `log of ${text}\n`, cacheKey: 'one' })
  at.finish(runId)
  return { id: runId, stepRunId, digest: gives[0]?.descriptor.digest as Digest }
}

function reuse({ stepRunId }: Recorded): string {
  const { runId, stepRunIds } = at.startRun(['work'])
  at.recorder.stepCached(stepRunIds.work as string, { reuses: stepRunId, savedMs: 1, reasons: [] })
  at.finish(runId)
  return runId
}

const ids = (filter = '', sort?: string) => at.runs.list({ filter, sort }).runs.map(({ id }) => id)
const candidates = () => at.runs.findStepRunsByStep('work').map(({ runId }) => runId)
const candidatesOf = (steps: readonly string[], limit: number) =>
  Object.fromEntries(
    [...at.runs.findStepRunsBySteps(steps, limit)].map(([step, found]) => [step, found.map(({ runId }) => runId)]),
  )
const damaged = async () => (await checkStorage(at)).filter(({ state }) => state !== 'ok')
const count = (table: string) => at.database.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n
const age = (id: string, ms: number) =>
  at.database.prepare('UPDATE run SET deleted_at = ? WHERE id = ?').run([new Date(Date.now() - ms).toISOString(), id])

/** With what this process put counted as put long ago. */
async function clear(emptyTrash = false) {
  const store = await createStore(join(at.folder, 'store'))
  const runs = { deleted: at.runs.deleted, end: at.recorder.endDeletedRuns }
  const space = createSpace({ database: at.database, store, slipwayFolder: at.folder, runs, work: () => null })
  const call = { report: () => undefined, signal: new AbortController().signal }
  return { ...(await space.clear({ olderThanMs: 0, emptyTrash }, call)), survey: await space.survey() }
}

describe('a deleted run', () => {
  it('is shown nowhere and reused by nothing, until it is restored, whole and in its place', async () => {
    const [one, two, three] = [await record('first'), await record('second'), await record('third, longer')]
    const all = [three.id, two.id, one.id]
    const before = at.runs.get(two.id)
    expect(ids()).toEqual(all)
    expect(ids('', 'metric.work.score desc')).toEqual([three.id, two.id, one.id])
    const events: unknown[] = []
    const stop = at.recorder.watch((event) => events.push(event))
    at.recorder.deleteRuns([two.id])
    expect(events).toEqual([{ kind: 'deletion', runId: two.id, deleted: true }])
    stop()

    expect([ids(), at.runs.list({}).total]).toEqual([[three.id, one.id], 2])
    expect(ids('', 'metric.work.score desc')).toEqual([three.id, one.id])
    expect(ids('tag.text = "second"')).toEqual([])
    expect((await at.runs.columns(['id'])).count).toBe(2)
    expect(candidates()).toEqual([three.id, one.id])
    expect(candidatesOf(['work', 'other', 'work'], 2)).toEqual({ work: [three.id, one.id], other: [] })
    expect(candidatesOf(['work'], 1)).toEqual({ work: [three.id] })
    expect(at.runs.findStepRunsByKey('one').map(({ runId }) => runId)).toEqual([three.id, one.id])
    for (const ask of [
      () => at.runs.get(two.id),
      () => at.runs.run(two.id.slice(0, 4)),
      () => at.runs.findArtifact(`${two.id}:value`),
      () => at.runs.history(two.id, 'work.score'),
    ])
      expect(ask).toThrow(expect.objectContaining({ code: 'tracking/runDeleted' }))
    await expect((async () => at.runs.compare([one.id, two.id]))()).rejects.toMatchObject({
      code: 'tracking/runDeleted',
    })

    expect(at.runs.deleted()).toMatchObject([{ run: { id: two.id, tags: { text: 'second' } }, usedBy: null }])
    at.recorder.restoreRuns([at.runs.resolveDeleted(two.id.slice(0, 4))])
    expect(at.runs.get(two.id)).toEqual(before)
    expect(ids()).toEqual(all)
    expect(ids('', 'metric.work.score')).toEqual([one.id, two.id, three.id])
    expect(candidates()).toEqual(all)
    expect(candidatesOf(['work'], 2)).toEqual({ work: [three.id, two.id] })
    expect(at.runs.deleted()).toEqual([])
    expect(() => at.runs.resolveDeleted(two.id)).toThrow(expect.objectContaining({ code: 'tracking/runNotDeleted' }))
  })

  it('is no longer the latest one', async () => {
    const [one, two] = [await record('first'), await record('second')]
    at.recorder.deleteRuns([two.id])
    expect(at.runs.resolveRun('latest')).toBe(one.id)
    at.recorder.deleteRuns([one.id])
    expect(() => at.runs.resolveRun('latest')).toThrow(expect.objectContaining({ code: 'tracking/runNotFound' }))
    expect(at.runs.list({})).toEqual({ runs: [], total: 0 })
  })

  it('is refused while it goes on, while a model is made of it, and while a sweep goes on; then none of those named goes', async () => {
    const [free, ofModel, ofTrial] = [await record('free'), await record('model'), await record('trial')]
    const { runId: going } = at.startRun(['work'])
    const insert = (sql: string, values: readonly string[]) => at.database.prepare(sql).run(values)
    insert(
      `INSERT INTO model_version (name, version, digest, run, detail) SELECT 'wine', 3, ?, number, '{}' FROM run WHERE id = ?`,
      [ofModel.digest, ofModel.id],
    )
    insert(`INSERT INTO sweep (id, state, started_at, owner, plan) VALUES ('swp1', 'running', ?, '{}', '{}')`, [
      new Date().toISOString(),
    ])
    insert(
      `INSERT INTO trial (sweep, number, state, params, run, asked) SELECT number, 1, 'completed', '{}', ?, 1 FROM sweep WHERE id = ?`,
      [ofTrial.id, 'swp1'],
    )
    const refusals = [
      [going, 'tracking/wrongState', going],
      [ofModel.id, 'tracking/runNeeded', 'model wine@3'],
      [ofTrial.id, 'tracking/runNeeded', 'sweep swp1 that goes on'],
    ] as const
    for (const [id, code, word] of refusals) {
      const attempt = () => at.recorder.deleteRuns([free.id, id])
      expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(word) }))
    }
    expect(at.runs.deleted()).toEqual([])
    insert(`UPDATE sweep SET state = ? WHERE id = 'swp1'`, ['completed'])
    at.recorder.deleteRuns([free.id, ofTrial.id])
    expect(at.runs.deleted().map(({ run }) => run.id)).toEqual([ofTrial.id, free.id])
    at.finish(going)
  })
})

describe('b24-what a deleted run holds', () => {
  it('stays for 30 days; then its rows and what it alone held go, and nothing of another run', async () => {
    const [kept, gone] = [await record('kept'), await record('gone')]
    at.recorder.deleteRuns([gone.id])
    const nodes = () =>
      at.lineage.walk(`artifact:${gone.digest}`, 'up', { withDeleted: true }).nodes.map(({ kind }) => kind)
    expect(nodes()).toContain('stepRun')
    age(gone.id, trashRestMs - 60_000)
    expect(await clear()).toMatchObject({
      runs: 0,
      moved: { count: 0 },
      survey: { deletedRuns: { count: 1, ending: 0 } },
    })
    expect(at.store.has(gone.digest)).toBe(true)

    age(gone.id, trashRestMs)
    const rows = ['run_param', 'metric_latest', 'step_run', 'artifact'].map((table) => [table, count(table)])
    const { runs, moved } = await clear()
    // Its value and its log; source, lock and all else is of both.
    expect([runs, moved.count]).toEqual([1, 2])
    expect([at.store.has(gone.digest), at.store.has(kept.digest)]).toEqual([false, true])
    expect(rows.map(([table]) => [table, count(table as string)])).toEqual(
      rows.map(([table, before]) => [table, (before as number) / 2]),
    )
    expect(() => at.runs.get(gone.id)).toThrow(expect.objectContaining({ code: 'tracking/runNotFound' }))
    expect(nodes).toThrow(expect.objectContaining({ code: 'lineage/notFound' }))
    expect(at.lineage.walk(`artifact:${kept.digest}`, 'up').nodes.map(({ kind }) => kind)).toContain('stepRun')
    expect(ids()).toEqual([kept.id])
    expect(await damaged()).toEqual([])
    expect(at.database.findDamage()).toEqual([])
  })

  it('stays as long as another run shows it, be that one deleted, too, but not over', async () => {
    const origin = await record('origin')
    const user = reuse(origin)
    at.recorder.deleteRuns([origin.id])
    expect(at.runs.deleted()).toMatchObject([{ usedBy: user }])
    age(origin.id, 2 * trashRestMs)
    expect(await clear()).toMatchObject({
      runs: 0,
      moved: { count: 0 },
      survey: { deletedRuns: { count: 1, ending: 0 } },
    })
    at.recorder.deleteRuns([user])
    expect(await clear()).toMatchObject({ runs: 0, moved: { count: 0 } })
    at.recorder.restoreRuns([user])
    expect(at.runs.get(user).steps).toMatchObject([{ state: 'cached' }])
    expect((await at.runs.log(user, 'work')).text).toContain('log of origin')
    at.recorder.deleteRuns([user])
    age(user, trashRestMs)
    expect(await clear()).toMatchObject({ runs: 2 })
    expect(count('run')).toBe(0)
    expect(await damaged()).toEqual([])
  })

  it('goes at once when that is said, for good', async () => {
    const [kept, gone] = [await record('kept'), await record('gone')]
    at.recorder.deleteRuns([gone.id])
    expect(await clear(true)).toMatchObject({ runs: 1, ended: { count: 2 } })
    expect(readdirSync(join(at.folder, 'trash'))).toEqual([])
    expect(at.runs.get(kept.id).artifacts).toHaveLength(1)
    expect(await damaged()).toEqual([])
  })
})
