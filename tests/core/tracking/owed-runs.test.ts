import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { createLineageStore } from '../../../core/lineage/lineage-store.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { createRecorder } from '../../../core/tracking/create-recorder.ts'
import { createRunQueries } from '../../../core/tracking/run-queries.ts'
import { mountMemory } from '../../builders/mounted.ts'
import { openRecording, type Recording } from './open-recording.ts'
import { recordFirst, reuse } from './reused-runs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-owed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Two runs that reused everything, whose recorder was killed before it had written out what follows from them. */
function recordAndDie(): readonly [string, string] {
  const died = spawnSync(process.execPath, [join(import.meta.dirname, 'reuse-and-die.ts'), folder], {
    encoding: 'utf8',
  })
  expect(died.signal, died.stderr).toBe('SIGKILL')
  return died.stdout.split(' ') as [string, string]
}

const owedCheck = async ({ database, store }: Pick<Recording, 'database' | 'store'>) =>
  (await checkStorage({ database, store })).find(({ name }) => name === 'database/owed')

describe('f01 runs that are still to be written out after a kill', { timeout: 120_000 }, () => {
  it('are whole for the next core, and doctor has nothing to say', async () => {
    const ids = recordAndDie()
    const at = await openRecording(folder)
    expect(ids.map((id) => at.runs.get(id).steps.map(({ state }) => state))).toEqual([
      ['cached', 'cached'],
      ['cached', 'cached'],
    ])
    expect(await owedCheck(at)).toBeUndefined()
    at.database.close()
  })

  it.skipIf(process.getuid?.() !== 0)('are whole on a disk that takes no writes, and nothing is written', async () => {
    const ids = recordAndDie()
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const { remount, unmount } = mountMemory(disk, 'size=16m')
    try {
      for (const name of ['slipway.db', 'slipway.db-wal', 'store'])
        cpSync(join(folder, name), join(disk, name), { recursive: true })
      remount('ro')
      const before = readFileSync(join(disk, 'slipway.db-wal'))
      const database = openProjectDatabase(disk)
      expect(database.readOnly).toMatchObject({ kind: 'folder' })
      const store = await createStore(join(disk, 'store'))
      const lineage = createLineageStore(database)
      const recorder = createRecorder({ database, lineage })
      const runs = createRunQueries({ database, store })
      for (const id of ids) {
        expect(runs.get(id)).toMatchObject({ run: { totalSteps: 2, cachedSteps: 2, tags: { team: 'blue' } } })
        expect(runs.get(id).artifacts.map(({ name }) => name)).toEqual(['raw', 'model', 'curve'])
        expect(lineage.walk(id, 'up').nodes.filter(({ kind }) => kind === 'stepRun')).toHaveLength(2)
      }
      expect(runs.list({}).runs.map(({ totalSteps }) => totalSteps)).toEqual([2, 2, 2])
      expect(() => recorder.setTag(ids[0], 'a', 'b')).toThrow(expect.objectContaining({ code: 'database/readOnly' }))
      expect(await owedCheck({ database, store })).toBeUndefined()
      database.close()
      expect(readFileSync(join(disk, 'slipway.db-wal')).equals(before)).toBe(true)
    } finally {
      unmount()
    }
  })

  it('one that cannot be written out is told, keeps no other from it, and is no run without steps', async () => {
    const [hurt, sound] = recordAndDie()
    const database = openProjectDatabase(folder)
    database
      .prepare(`UPDATE reused_run SET detail = '{"steps":' WHERE run = (SELECT number FROM run WHERE id = ?)`)
      .run([hurt])
    database.close()

    const warnings: { readonly code?: string; readonly message: string }[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const at = await openRecording(folder)
    try {
      expect(at.runs.get(sound).steps).toHaveLength(2)
      expect(() => at.runs.get(hurt)).toThrow(expect.objectContaining({ code: 'tracking/stepsOwed' }))
      expect(at.runs.run(hurt).state).toBe('completed')
      expect(await owedCheck(at)).toMatchObject({
        state: 'hurt',
        detail: expect.stringMatching(/^1 run that reused everything is .*JSON/),
        remedy: expect.stringContaining('Start these runs again'),
      })
      await vi.waitFor(() => expect(warnings).toHaveLength(1), 30_000)
      expect(warnings[0]).toMatchObject({ code: 'database/owedFailed', message: expect.stringContaining('JSON') })
    } finally {
      process.off('warning', note)
      at.database.close()
    }
  })
})

describe('f05 a disk that is full when a run is to be written out', () => {
  it('keeps it for later, says so to who asks and in doctor, and it is whole once there is space', async () => {
    const at = await openRecording(folder)
    const first = await recordFirst(at)
    const { run } = reuse(at, first, { note: 'x'.repeat(300_000) })
    const { database } = at
    // The file may not grow any more: the real refusal of SQLite, without filling a disk.
    database.ahead(() => database.prepare('PRAGMA max_page_count = 1').get())
    expect(() => at.runs.get(run.id)).toThrow(
      expect.objectContaining({ code: 'tracking/stepsOwed', message: expect.stringContaining('no space left') }),
    )
    expect(at.runs.get(first.runId).steps).toHaveLength(2)
    expect(await owedCheck(at)).toMatchObject({ state: 'warning', detail: expect.stringContaining('no space left') })

    database.prepare('PRAGMA max_page_count = 1000000').get()
    expect(at.runs.get(run.id)).toMatchObject({ run: { totalSteps: 2 }, steps: [{ step: 'raw' }, { step: 'model' }] })
    expect(await owedCheck(at)).toBeUndefined()
    expect(database.findDamage()).toEqual([])
    database.close()
  })
})
