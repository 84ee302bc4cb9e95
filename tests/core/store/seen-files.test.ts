import { chmodSync, lstatSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFilePool } from '../../../core/store/file-pool.ts'
import { compareSeen, createSeenFiles, type SeenFile, setSeen, takeParts } from '../../../core/store/seen-files.ts'

/** So many that threads help. */
const count = 2_100
let folder = ''
let files: SeenFile[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seen-'))
  files = Array.from({ length: count }, (_, number) => {
    const file = join(folder, `${number} größe.txt`)
    writeFileSync(file, String(number))
    return see(file)
  })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function see(file: string): SeenFile {
  const { size: sizeBytes, dev, ino, nlink, mtimeMs, ctimeMs } = lstatSync(file)
  return { file, sizeBytes, dev, ino, nlink, mtimeMs, ctimeMs }
}
const fileAt = (index: number) => files[index]?.file as string
const othersOf = (same: Uint8Array) => [...same.keys()].filter((index) => same[index] === 0)

/** One of each kind of change, in the first part and in the last. */
function changeSome(): readonly number[] {
  writeFileSync(fileAt(0), 'longer than before')
  rmSync(fileAt(1))
  rmSync(fileAt(2))
  symlinkSync(fileAt(3), fileAt(2))
  chmodSync(fileAt(count - 2), 0o600)
  utimesSync(fileAt(count - 1), 1, 1)
  return [0, 1, 2, count - 2, count - 1]
}

describe('files that were seen', () => {
  it('are compared by one thread and by several, with one result', () => {
    const pool = createFilePool(3)
    // Threads that were started for the first comparison help with the second.
    for (const change of [() => [], changeSome]) {
      const changed = change()
      const [alone, together] = [createSeenFiles(files), createSeenFiles(files)]
      expect(compareSeen(alone, () => undefined)).toBe(true)
      pool.compare(together)
      expect(othersOf(alone.same)).toEqual(changed)
      expect(othersOf(together.same)).toEqual(changed)
    }
  })

  it('are the same again once their other state was seen', () => {
    const seen = createSeenFiles(files)
    writeFileSync(fileAt(300), 'other')
    compareSeen(seen, () => undefined)
    expect(othersOf(seen.same)).toEqual([300])
    setSeen(seen, 300, see(fileAt(300)))
    compareSeen(seen, () => undefined)
    expect(othersOf(seen.same)).toEqual([])
  })

  it('are not looked at where none stood', () => {
    const seen = createSeenFiles([files[0] as SeenFile, null, files[1] as SeenFile])
    compareSeen(seen, () => undefined)
    expect([...seen.same]).toEqual([1, 0, 1])
  })

  it('are all looked at although a thread ended with a part of them, and nothing of it is used again', () => {
    const seen = createSeenFiles(files)
    expect(compareSeen(seen, () => Atomics.add(seen.turns, 0, 1))).toBe(false)
    expect(othersOf(seen.same)).toEqual([])
  })

  it('are left alone by a thread that comes when all is done', () => {
    const seen = createSeenFiles(files)
    compareSeen(seen, () => undefined)
    seen.same.fill(7)
    takeParts(seen)
    expect(new Set(seen.same)).toEqual(new Set([7]))
  })
})
