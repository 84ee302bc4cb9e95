import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProcessJournal } from '../../../core/execution/process-journal.ts'
import { createWarmProcesses } from '../../../core/execution/warm-processes.ts'
import { createHomeCore } from '../../../core/hosts/create-home-core.ts'
import { openKnownProjects } from '../../../core/project/known-projects.ts'
import { isSameProcessAlive, type ProcessIdentity } from '../../../core/tracking/process-identity.ts'
import { canHang, createHungDisk, type HungDisk, waitsForDisk } from '../../builders/hung-disk.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'
import { runOneStep, step } from '../../core/execution/run-one-step.ts'
import { removeTestFolders } from '../../core/execution/test-folder.ts'

const warm = createWarmProcesses()
let disk: HungDisk
beforeEach(async () => {
  disk = await createHungDisk()
})
afterEach(() => disk.remove())
afterAll(() => warm.close())
afterAll(removeTestFolders)

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !holds() && performance.now() < end; ) await sleep(20)
  expect(holds()).toBe(true)
}

describe.skipIf(!canHang)('f13 a step that waits for a disk which answers no more', () => {
  it.each([
    ['a fresh interpreter', undefined],
    ['a fork of a warm one', warm.start],
  ])(
    'f13 is cancelled all the same, in %s: the process that nothing ends is named, and it ends when the disk answers',
    async (_, startProcess) => {
      const cancel = new AbortController()
      let root: ProcessIdentity | null = null
      disk.hang()
      const running = runOneStep({
        code: step(`os.mkdir(${JSON.stringify(join(disk.folder, 'made'))})`, 'import os'),
        startProcess,
        graceMs: 300,
        signal: cancel.signal,
        listener: { onProcess: (one) => (root = one) },
      })
      await until(() => root !== null && waitsForDisk(root.pid) && disk.holds())
      cancel.abort()
      const run = await running
      expect(run.state).toBe('canceled')
      expect(run.survivors).toEqual([root])
      const stuck = root as unknown as ProcessIdentity
      expect(readFileSync(run.logFile, 'utf8')).toContain(`process ${stuck.pid} cannot be ended; it is stuck`)
      // The next start looks for it again.
      const journal = createProcessJournal(join(run.folder, 'processes'))
      expect(journal.list().map((entry) => entry.process)).toEqual([root])
      disk.answer()
      await until(() => !isSameProcessAlive(stuck))
    },
    120_000,
  )
})

describe.skipIf(!canHang)('f13 a known project on a disk which answers no more', () => {
  it('f13 keeps no other from being listed and opened, and is said to lie on such a disk', async () => {
    const home = mkdtempSync(join(tmpdir(), 'slipway-known-'))
    const well = join(home, 'well')
    mkdirSync(well)
    writeFileSync(join(well, 'slipway.toml'), 'name = "well"\n')
    const known = openKnownProjects(home)
    const remember = (key: string, folder: string, lastOpenedAt: string) =>
      known.remember({ key, name: key, folder, lastOpenedAt })
    remember('well', well, '2026-01-01T00:00:00Z')
    disk.fallSilent()
    remember('hung', join(disk.folder, 'never-looked-at'), '2026-01-02T00:00:00Z')
    const listed = [
      { key: 'hung', exists: null },
      { key: 'well', exists: true },
    ]
    expect(await known.list()).toMatchObject(listed)
    // Not asked again, which would take another thread from those who ask other disks.
    expect(await known.list()).toMatchObject(listed)
    known.noteRun('well', 'completed')
    disk.answer()
    for (const end = performance.now() + 60_000; performance.now() < end; await sleep(20))
      if ((await known.list())[0]?.exists !== null) break
    expect(await known.list()).toMatchObject([{ exists: false }, { exists: true, lastRunState: 'completed' }])
    rmSync(home, { recursive: true })
  }, 120_000)
})
describe.skipIf(!canHang)('f13 a folder on a disk which answers no more', () => {
  it('f13 holds up neither the choice of another folder nor anything else, and is said to lie on such a disk', async () => {
    const assets = {} as Parameters<typeof createHomeCore>[0]['assets']
    const home = createHomeCore({ homeFolder: dirname(disk.folder), assets })
    const other = temporaryFolder()
    mkdirSync(join(other, 'here'))
    disk.hang()
    const listing = home.listFolder(disk.folder)
    const said = listing.catch((error) => error)
    expect(await home.listFolder(other)).toMatchObject({ folders: [{ name: 'here', isProject: false }] })
    expect(await said).toMatchObject({ code: 'host/diskSilent', details: { folder: disk.folder } })
    await expect(home.open(join(disk.folder, 'project'))).rejects.toMatchObject({ code: 'host/diskSilent' })
    const beside = await home.listFolder(dirname(disk.folder))
    expect(beside.folders).toMatchObject([
      { name: 'lower', isProject: null },
      { name: 'upper', isProject: null },
    ])
    disk.answer()
    for (const end = performance.now() + 60_000; performance.now() < end; await sleep(20))
      if ((await home.listFolder(dirname(disk.folder))).folders.every(({ isProject }) => isProject !== null)) break
    expect(await home.listFolder(disk.folder)).toMatchObject({ path: disk.folder, parent: dirname(disk.folder) })
  }, 120_000)
})
