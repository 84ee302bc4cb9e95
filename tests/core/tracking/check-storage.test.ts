import { chmodSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { openRecording, type Recording } from './open-recording.ts'

let at: Recording
let runId: string
let model: Digest
beforeEach(async () => {
  at = await openRecording()
  const run = at.startRun(['train'])
  const given = await at.give('model', '{"weights":[1,2,3]}')
  await at.doStep(run.stepRunIds.train!, { step: 'train', gives: [given], log: 'trained\n' })
  at.finish(run.runId)
  runId = run.runId
  model = given.descriptor.digest
})
afterEach(() => at.close())

const check = (repair = false) => checkStorage({ ...at, repair })
const file = () => at.store.pathOf(model)

describe('f08-a blob that is not what was recorded', () => {
  it.each([
    [
      'flipped',
      'hurt',
      () => {
        const bytes = readFileSync(file())
        bytes[3]! ^= 4
        chmodSync(file(), 0o644)
        writeFileSync(file(), bytes)
      },
    ],
    ['cut short', 'hurt', () => truncateSync(file(), 5)],
    ['deleted', 'missing', () => rmSync(file())],
  ])('is found when %s, with the run that it hits', async (_, state, damage) => {
    expect((await check()).map((each) => each.state)).toEqual(['ok', 'ok'])
    damage()
    const [database, store, blob, ...more] = await check()
    expect([database!.state, store!.state, more]).toEqual(['ok', 'hurt', []])
    expect(blob).toMatchObject({
      name: `blob ${model}`,
      state,
      detail: expect.stringContaining(`run ${runId} (model)`),
    })
    expect(blob!.remedy).toContain('--no-cache')
  })

  it('names every run that a cached result carried it into', async () => {
    const next = at.startRun(['train'])
    const id = at.runs.findStepRunsByStep('train')[0]!.id
    at.recorder.stepCached(next.stepRunIds.train!, { reuses: id, savedMs: 1, reasons: [] })
    rmSync(file())
    const blob = (await check()).find(({ name }) => name.startsWith('blob'))
    expect(blob!.detail).toContain(`run ${runId} (model)`)
    expect(blob!.detail).toContain(`run ${next.runId} (model)`)
  })

  it('goes to the trash on repair, so that the same bytes can be made again', async () => {
    truncateSync(file(), 5)
    const repaired = await check(true)
    expect(repaired.find(({ name }) => name.startsWith('blob'))!.remedy).toContain('Moved to the trash')
    expect((await check()).find(({ name }) => name.startsWith('blob'))!.state).toBe('missing')
    await at.give('model', '{"weights":[1,2,3]}')
    expect((await check()).map((each) => each.state)).toEqual(['ok', 'ok'])
  })
})

it('every kind of record counts: logs, sources, locks and parts of composites', async () => {
  const part = { name: 'onnx', descriptor: await at.store.putBytes('onnx bytes', 'application/vnd.onnx') }
  const run = at.startRun(['export'])
  const composite = await at.give('exported', '{"tree":1}', { kind: 'model', parts: [part] })
  await at.doStep(run.stepRunIds.export!, { step: 'export', gives: [composite], log: 'exported\n' })
  const environment = at.runs.get(run.runId).environment!
  at.recorder.recordEnvironment(run.runId, environment)
  const [candidate] = at.runs.findStepRunsByStep('export')
  const hit = [part.descriptor.digest, environment.lockDigest, candidate!.sources[0]!.digest]
  for (const digest of hit) rmSync(at.store.pathOf(digest))
  const details = (await check())
    .filter(({ state }) => state === 'missing')
    .map(({ name, detail }) => `${name} ${detail}`)
  expect(details).toHaveLength(3)
  expect(details.join('\n')).toMatch(/exported\/onnx/)
  expect(details.join('\n')).toMatch(/the lock of its environment/)
  expect(details.join('\n')).toMatch(
    /the code of export, the source pipeline\.py|the source pipeline\.py, the code of export/,
  )
})

it('damage in the records is found, and blobs that no record counts on are said to hit nothing', async () => {
  const stray = await at.store.putBytes('stray', 'x/y')
  truncateSync(at.store.pathOf(stray.digest), 1)
  at.database.prepare('PRAGMA foreign_keys = OFF').run()
  at.database.prepare('DELETE FROM run WHERE id = ?').run([runId])
  const [database, , blob] = await check()
  expect(database).toMatchObject({
    name: 'database',
    state: 'hurt',
    detail: expect.stringContaining('refers to a row of run'),
  })
  expect(blob!.detail).toContain('Nothing that is recorded depends on it')
})

it('the check can be cancelled and tells how far it is', async () => {
  const phases: string[] = []
  await checkStorage({ ...at, report: ({ phase, done, total }) => phases.push(`${phase} ${done}/${total}`) })
  expect(phases.at(0)).toBe('Check records 0/null')
  expect(phases.at(-1)).toMatch(/^Check stored bytes (\d+)\/\1$/)
  await expect(checkStorage({ ...at, signal: AbortSignal.abort() })).rejects.toThrow()
})
