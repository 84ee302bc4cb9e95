import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findDatasetFiles, type Look } from '../../../core/datasets/find-files.ts'

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'find-')))
  mkdirSync(join(folder, 'data', 'b'), { recursive: true })
  for (const name of ['data/a.txt', 'data/b/one.txt', 'data/b/two.txt', 'data/c.txt'])
    writeFileSync(join(folder, name), name)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const look = (before?: Look, pattern = 'data') =>
  findDatasetFiles(pattern, { projectFolder: folder, packageFolders: [], mayLeave: false }, before)
/** The clock of the disk ticks coarsely: a change must not fall into the tick of the writing. */
async function nextTick({ files }: Look): Promise<void> {
  const probe = join(folder, 'probe')
  for (;;) {
    writeFileSync(probe, '')
    if (statSync(probe).ctimeMs > Math.max(...files.map(({ ctimeMs }) => ctimeMs))) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const pathsOf = ({ files }: Look) => files.map(({ path }) => path)

describe('a second look at the files of a dataset', () => {
  it('is the first one while nothing has changed, and finds what it would find without it', () => {
    const first = look()
    expect(look(first).files).toBe(first.files)
    expect(look().files).toEqual(first.files)
    expect(pathsOf(first)).toEqual(['data/a.txt', 'data/b/one.txt', 'data/b/two.txt', 'data/c.txt'])
  })

  const changes: readonly [string, () => void][] = [
    ['other bytes of the same length', () => writeFileSync(join(folder, 'data/b/one.txt'), 'DATA/B/ONE.TXT')],
    [
      'other bytes, with the times set back',
      () => {
        const at = look().files[1]?.mtimeMs as number
        writeFileSync(join(folder, 'data/b/one.txt'), 'DATA/B/ONE.TXT')
        utimesSync(join(folder, 'data/b/one.txt'), at / 1000, at / 1000)
      },
    ],
    [
      'another file under the name',
      () => {
        writeFileSync(join(folder, 'new'), 'data/b/one.txt')
        renameSync(join(folder, 'new'), join(folder, 'data/b/one.txt'))
      },
    ],
    ['other rights', () => chmodSync(join(folder, 'data/b/one.txt'), 0o600)],
    ['a file that came', () => writeFileSync(join(folder, 'data/b/three.txt'), 'three')],
    ['a file that went', () => rmSync(join(folder, 'data/c.txt'))],
    [
      'two files that changed places',
      () => {
        renameSync(join(folder, 'data/a.txt'), join(folder, 'x'))
        renameSync(join(folder, 'data/c.txt'), join(folder, 'data/a.txt'))
        renameSync(join(folder, 'x'), join(folder, 'data/c.txt'))
      },
    ],
    [
      'a folder in the place of a file',
      () => {
        rmSync(join(folder, 'data/a.txt'))
        mkdirSync(join(folder, 'data/a.txt'))
        writeFileSync(join(folder, 'data/a.txt/inner.txt'), 'inner')
      },
    ],
    [
      'a link to another file of the project',
      () => {
        rmSync(join(folder, 'data/a.txt'))
        symlinkSync('c.txt', join(folder, 'data/a.txt'))
      },
    ],
  ]
  for (const [what, change] of changes)
    it(`sees ${what}, and keeps what stayed`, async () => {
      const first = look()
      await nextTick(first)
      change()
      const second = look(first)
      expect(second.files).not.toBe(first.files)
      expect(second.files).toEqual(look().files)
      expect(second.files.find(({ path }) => path === 'data/b/two.txt') === first.files[2]).toBe(
        what !== 'a file that came',
      )
      expect(look(second).files).toEqual(second.files)
    })

  it('lists no folder again that was left alone for long, and sees what comes to it then', async () => {
    const changedAtMs = () => Math.max(...['data', 'data/b'].map((name) => statSync(join(folder, name)).ctimeMs))
    const young = look()
    const namesOf = ({ folders }: Look) => [...folders.values()].map(({ names }) => names)
    const isListedAnew = (before: Look, now: Look) =>
      namesOf(now).map((names, index) => names !== namesOf(before)[index])
    expect(isListedAnew(young, look(young))).toEqual([true, true])
    while (Date.now() <= changedAtMs() + 2_000) await new Promise((resolve) => setTimeout(resolve, 50))
    const settled = look(young)
    expect(settled.files).toBe(young.files)
    expect(isListedAnew(settled, look(settled))).toEqual([false, false])
    writeFileSync(join(folder, 'data/b/three.txt'), 'three')
    const grown = look(settled)
    expect(isListedAnew(settled, grown)).toContain(true)
    expect(pathsOf(grown)).toContain('data/b/three.txt')
    rmSync(join(folder, 'data/b/one.txt'))
    renameSync(join(folder, 'data/a.txt'), join(folder, 'data/z.txt'))
    expect(look(look(grown)).files).toEqual(look().files)
    // The same name, and the same times of the folder as far as anybody can set them: its identity tells.
    const { atime, mtime } = statSync(join(folder, 'data/b'))
    renameSync(join(folder, 'data/b'), join(folder, 'old'))
    mkdirSync(join(folder, 'data/b'))
    writeFileSync(join(folder, 'data/b/other.txt'), 'other')
    utimesSync(join(folder, 'data/b'), atime, mtime)
    expect(pathsOf(look(settled))).toEqual(['data/b/other.txt', 'data/c.txt', 'data/z.txt'])
  })

  it('finds what is there, whichever earlier look it begins with and however often', () => {
    const first = look()
    writeFileSync(join(folder, 'data/c.txt'), 'longer')
    const second = look(first)
    expect(second.files).toEqual(look().files)
    expect(second.files[0]).toBe(first.files[0])
    writeFileSync(join(folder, 'data/b/two.txt'), 'longer, too')
    const third = look(second)
    for (const before of [second, first, third]) expect(look(before).files).toEqual(look().files)
    expect(look(third).files).toBe(third.files)
  })

  it('refuses what leads out of the project by now', () => {
    const first = look()
    rmSync(join(folder, 'data/a.txt'))
    symlinkSync('/etc/hostname', join(folder, 'data/a.txt'))
    expect(() => look(first)).toThrow(expect.objectContaining({ code: 'data/fileRefused' }))
  })

  it('keeps nothing of a look at another folder', () => {
    const first = look(undefined, 'data/*.txt')
    expect(pathsOf(first)).toEqual(['data/a.txt', 'data/c.txt'])
    expect(pathsOf(look(first, 'data/*.txt'))).toEqual(['data/a.txt', 'data/c.txt'])
    renameSync(join(folder, 'data'), join(folder, 'other'))
    expect(look(first, 'data/*.txt').files).toEqual([])
  })
})
