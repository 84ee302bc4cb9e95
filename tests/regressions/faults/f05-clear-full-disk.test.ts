import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SpaceFreed, SpaceSurvey } from '../../../core/domain/space.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { createSmallDisk, createSmallExt4Disk, fillDisk, type SmallDisk } from '../../builders/small-disk.ts'

let slipway: CommandLine
let disk: SmallDisk
beforeAll(() => {
  slipway = createCommandLine()
})
afterEach(() => disk.remove())
afterAll(() => slipway.remove())

type Document = { readonly space: SpaceSurvey; readonly freed: SpaceFreed }

/** A project that was opened once, with a million bytes that nothing needs. */
async function makeProject() {
  const folder = join(disk.folder, 'project')
  mkdirSync(folder)
  writeFileSync(join(folder, 'slipway.toml'), 'name = "t"\npipeline = ["pipeline.py"]\n')
  writeFileSync(join(folder, 'pipeline.py'), 'from slipway import step\n')
  const run = (...args: string[]) => slipway.run([...args, '--json'], { folder })
  expect((await run('runs')).json()).toMatchObject({ runs: [] })
  const store = await createStore(join(folder, '.slipway/store'))
  for (let n = 0; n < 20; n++) await store.putBytes(randomBytes(50_000), 'x/y')
  return { run, clear: () => run('gc', '--older-than', '0', '--empty-trash', '--yes'), state: join(folder, '.slipway') }
}

describe.skipIf(process.getuid?.() !== 0)('f05 a project on a disk that became full while nobody had it open', () => {
  it.each([
    ['in memory', () => createSmallDisk('size=100m')],
    ['of ext4', () => createSmallExt4Disk(128)],
  ])(
    'f05 can be opened all the same to give back what nothing needs, on one %s',
    { timeout: 240_000 },
    async (_, make) => {
      disk = make()
      const { run, clear } = await makeProject()
      fillDisk(disk.folder)
      const cleared = await clear()
      expect(cleared.code, cleared.stdout + cleared.stderr).toBe(0)
      const { space, freed } = cleared.json<Document>()
      expect(space.unused).toEqual({ count: 20, bytes: 1_000_000 })
      expect(freed.ended).toEqual({ count: 20, bytes: 1_000_000 })
      expect(freed.freeBytes).toBeGreaterThanOrEqual(1_000_000)
      expect((await run('runs')).code).toBe(0)
    },
  )

  it('f05 says so where not even the lock finds space, leaves nothing behind, and goes on when there is some', {
    timeout: 240_000,
  }, async () => {
    // Below what keeps a reserve.
    disk = createSmallExt4Disk(48)
    const { clear, state } = await makeProject()
    const before = readdirSync(state)
    const { giveBack } = fillDisk(disk.folder)
    const refused = await clear()
    expect(refused.code).toBe(3)
    expect(refused.json()).toMatchObject({
      error: { code: 'database/full', remedy: expect.stringContaining('free other space') },
    })
    expect(readdirSync(state)).toEqual(before)
    giveBack()
    expect((await clear()).json<Document>().freed.ended).toEqual({ count: 20, bytes: 1_000_000 })
  })
})
