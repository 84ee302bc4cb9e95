import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { findProcess, isSameProcessAlive } from '../../../core/tracking/process-identity.ts'
import { disturb, findCalls } from '../../builders/traced-calls.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'

const script = join(import.meta.dirname, 'shrink-once.ts')
const canTrace = spawnSync('strace', ['-V']).status === 0
/** There are hundreds, most of them for one page each. */
const mostKilled = 14
const rowsKept = 300
let root: string
let start: string
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'slipway-shrinking-'))
  start = join(root, 'start')
  const at = await openRecording(start)
  const { runId, stepRunIds } = at.startRun(['work'])
  await at.doStep(stepRunIds.work as string, { step: 'work', gives: [await at.give('value', '{"n": 1}')] })
  at.finish(runId)
  at.database
    .prepare(
      `WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 4000)
       INSERT INTO lineage_node (id, kind, name) SELECT 'params:a' || at, 'params', hex(zeroblob(500)) FROM n`,
    )
    .run()
  // What stays lies among what becomes free, so that each page of it is written anew.
  at.database.prepare(`DELETE FROM lineage_node WHERE id LIKE 'params:a%' AND number % 13 > 0`).run()
  at.database.close()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const copy = (name: string) => {
  cpSync(start, join(root, name), { recursive: true, preserveTimestamps: true })
  return join(root, name)
}
const sizeIn = (folder: string) => statSync(join(folder, 'slipway.db')).size

async function expectAllThere(folder: string): Promise<void> {
  const at = await openRecording(folder)
  try {
    expect((await checkStorage(at)).filter(({ state }) => state !== 'ok')).toEqual([])
    expect(at.runs.list({}).total).toBe(1)
    const kept = at.database.prepare<{ kept: number }>(
      `SELECT count(*) AS kept FROM lineage_node WHERE id LIKE 'params:a%'`,
    )
    expect(kept.get()?.kept).toBeGreaterThan(rowsKept)
  } finally {
    at.database.close()
  }
}

it.skipIf(!canTrace)(
  'f01 killed while the file of the records is made smaller: nothing is lost, and the next one makes it smaller',
  async () => {
    const calls = findCalls({ script, folder: copy('first') }, ['pwrite64', 'fsync', 'fdatasync', 'ftruncate'])
    expect(sizeIn(join(root, 'first'))).toBeLessThan(sizeIn(start) / 2)
    const ofRecords = calls.filter(({ of }) => of.startsWith('/slipway.db'))
    const every = Math.max(1, Math.floor(ofRecords.length / mostKilled))
    let leftLarge = 0
    for (const [index, call] of ofRecords.filter((_, at) => at % every === 0).entries()) {
      const folder = copy(`killed-${index}`)
      disturb({ script, folder }, call, 'signal=KILL')
      if (sizeIn(folder) === sizeIn(start)) leftLarge++
      await expectAllThere(folder)
      expect(spawnSync(process.execPath, [script, folder]).status).toBe(0)
      await expectAllThere(folder)
      expect(sizeIn(folder)).toBeLessThan(sizeIn(start) / 2)
      rmSync(folder, { recursive: true, force: true })
    }
    console.log(`f01: ${ofRecords.length} calls, ${leftLarge} of those killed left it as it was`)
    expect(ofRecords.length).toBeGreaterThan(mostKilled)
    expect(leftLarge).toBeGreaterThan(0)
  },
  3_600_000,
)

it.skipIf(process.platform !== 'linux')(
  'f01 core killed meanwhile: what rewrites the file ends with it, and holds it no longer',
  async () => {
    const folder = copy('core')
    const core = spawn(process.execPath, [script, folder], { stdio: 'ignore' })
    const ended = new Promise((done) => core.once('close', done))
    const child = await until(() => {
      const children = readFileSync(`/proc/${core.pid}/task/${core.pid}/children`, 'utf8').split(' ')
      const found = children.map(Number).find((pid) => pid > 0 && commandOf(pid).includes('shrink-process'))
      return found === undefined ? null : findProcess(found)
    })
    process.kill(child.pid, 'SIGSTOP')
    core.kill('SIGKILL')
    await ended
    process.kill(child.pid, 'SIGCONT')
    await until(() => !isSameProcessAlive(child) || null)
    await expectAllThere(folder)
  },
  240_000,
)

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

async function until<Found>(look: () => Found | null): Promise<Found> {
  for (const end = performance.now() + 120_000; performance.now() < end; await sleep(5)) {
    const found = look()
    if (found !== null) return found
  }
  throw new Error('It did not come about.')
}
