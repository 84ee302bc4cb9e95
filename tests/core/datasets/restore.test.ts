import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mountMemory } from '../../builders/mounted.ts'
import { openDatasets } from './open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
let elsewhere: string
beforeEach(async () => {
  at = await openDatasets()
  elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'restored-')))
})
afterEach(async () => {
  await at.close()
  rmSync(elsewhere, { recursive: true, force: true })
})

const text = (path: string) => readFileSync(join(at.folder, path), 'utf8')
function trashedTexts(): readonly string[] {
  const folder = join(at.slipwayFolder, 'trash', 'files')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

describe('restoring a version', () => {
  it('writes nothing when the disk cannot hold all of it, and says how much is missing', async () => {
    at.write('data/a.bin', randomBytes(800_000))
    at.write('data/b.bin', randomBytes(800_000))
    await at.add('large', 'data')
    const disk = mountMemory(elsewhere, 'size=1m')
    try {
      await expect(at.datasets.restore('large', elsewhere, at.call)).rejects.toMatchObject({
        code: 'data/noRoom',
        details: { sizeBytes: 1_600_000 },
      })
      expect(readdirSync(elsewhere)).toEqual([])
      disk.remount('size=8m')
      expect(await at.datasets.restore('large', elsewhere, at.call)).toMatchObject({ written: 2, trashed: [] })
      expect(readFileSync(join(elsewhere, 'data/a.bin'))).toEqual(readFileSync(join(at.folder, 'data/a.bin')))
    } finally {
      disk.unmount()
    }
  })

  it('keeps what stood there when it lies on another disk than the trash', async () => {
    at.write('data/a.txt', 'as it was')
    await at.add('a', 'data/a.txt')
    const disk = mountMemory(elsewhere, 'size=1m')
    try {
      mkdirSync(join(elsewhere, 'data'))
      writeFileSync(join(elsewhere, 'data/a.txt'), 'of somebody else')
      expect(await at.datasets.restore('a', elsewhere, at.call)).toMatchObject({ written: 1, trashed: ['data/a.txt'] })
      expect(readFileSync(join(elsewhere, 'data/a.txt'), 'utf8')).toBe('as it was')
      expect(readdirSync(join(elsewhere, 'data'))).toEqual(['a.txt'])
      expect(trashedTexts()).toEqual(['of somebody else'])
    } finally {
      disk.unmount()
    }
  })

  it('loses nothing when it is called off in the middle, and goes on from there', async () => {
    for (const name of ['a', 'b', 'c']) at.write(`data/${name}.txt`, `${name} as it was`)
    await at.add('letters', 'data')
    for (const name of ['a', 'b', 'c']) at.write(`data/${name}.txt`, `${name} edited`)
    const stop = new AbortController()
    const call = { signal: stop.signal, report: ({ done }: { done?: number }) => (done ?? 0) > 0 && stop.abort() }
    await expect(at.datasets.restore('letters', undefined, { ...at.call, ...call })).rejects.toThrow()
    const found = ['a', 'b', 'c'].map((name) => text(`data/${name}.txt`))
    expect(found).toEqual(['a as it was', 'b edited', 'c edited'])
    expect(trashedTexts()).toEqual(['a edited'])
    expect(readdirSync(join(at.folder, 'data'))).toEqual(['a.txt', 'b.txt', 'c.txt'])
    expect(await at.datasets.restore('letters', undefined, at.call)).toMatchObject({ written: 2, unchanged: 1 })
    expect([...trashedTexts()].sort()).toEqual(['a edited', 'b edited', 'c edited'])
  })

  it('puts nothing into the place of a file whose kept bytes are hurt', async () => {
    at.write('data/a.txt', 'as it was')
    const { dataset } = await at.add('a', 'data/a.txt')
    const blob = at.store.pathOf(
      dataset.files[0]?.digest ??
        (() => {
          throw new Error('no file')
        })(),
    )
    rmSync(blob)
    writeFileSync(blob, 'as it war')
    at.write('data/a.txt', 'edited')
    await expect(at.datasets.restore('a', undefined, at.call)).rejects.toMatchObject({ code: 'store/blobHurt' })
    expect(text('data/a.txt')).toBe('edited')
    expect(readdirSync(join(at.folder, 'data'))).toEqual(['a.txt'])
  })

  it('b24-follows no folder that became a link to elsewhere, and leaves no file there', async () => {
    at.write('data/inner/a.txt', 'as it was')
    await at.add('a', 'data/inner/a.txt')
    rmSync(join(at.folder, 'data/inner'), { recursive: true })
    symlinkSync(elsewhere, join(at.folder, 'data/inner'))
    await expect(at.datasets.restore('a', undefined, at.call)).rejects.toMatchObject({ code: 'data/fileRefused' })
    expect(readdirSync(elsewhere)).toEqual([])
  })
})
