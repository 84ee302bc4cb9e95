import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../../core/store/hash-file.ts'
import { openDatasets } from './open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
let elsewhere: string
beforeEach(async () => {
  at = await openDatasets()
  elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'))
  writeFileSync(join(elsewhere, 'secret.txt'), 'secret')
})
afterEach(async () => {
  await at.close()
  rmSync(elsewhere, { recursive: true, force: true })
})

const inProject = (path: string) => join(at.folder, path)
const blobs = () => readdirSync(join(at.slipwayFolder, 'store', 'blobs', 'sha256'))

/** Refused by name, and nothing of it is anywhere. */
async function expectRefused(path: string, code: string, words: RegExp): Promise<void> {
  const before = readFileSync(inProject('slipway.toml'), 'utf8')
  await expect(at.add('bad', path)).rejects.toMatchObject({ code, message: expect.stringMatching(words) })
  expect(readFileSync(inProject('slipway.toml'), 'utf8')).toBe(before)
  expect(blobs()).toEqual([])
  expect(await at.datasets.list()).toEqual([])
}

describe('b20-a symbolic link in a dataset', () => {
  it.each<[string, string, () => void, RegExp]>([
    [
      'leads out of a project that is not trusted',
      'data/a.txt',
      () => symlinkSync(join(elsewhere, 'secret.txt'), inProject('data/a.txt')),
      /leaves the project/,
    ],
    [
      'lies among others and leads out',
      'data',
      () => symlinkSync(join(elsewhere, 'secret.txt'), inProject('data/a.txt')),
      /leaves the project/,
    ],
    [
      'is a folder above that leads out',
      'data/inner/secret.txt',
      () => symlinkSync(elsewhere, inProject('data/inner')),
      /leaves the project/,
    ],
    ['leads nowhere', 'data/a.txt', () => symlinkSync('gone.txt', inProject('data/a.txt')), /leads nowhere/],
    [
      'lies among others and leads nowhere',
      'data',
      () => symlinkSync('gone.txt', inProject('data/a.txt')),
      /leads nowhere/,
    ],
    ['leads to itself', 'data/a.txt', () => symlinkSync('a.txt', inProject('data/a.txt')), /circle|nowhere/],
    ['leads to a folder above', 'data', () => symlinkSync('..', inProject('data/up')), /back to a folder above/],
  ])('is refused when it %s', async (_, path, make, words) => {
    mkdirSync(inProject('data'))
    make()
    await expectRefused(path, 'data/fileRefused', words)
  })

  it('is read through inside the project, and outside once the project is trusted', async () => {
    at.write('data/real.txt', 'here')
    symlinkSync('real.txt', inProject('data/link.txt'))
    expect((await at.add('inside', 'data/link.txt')).dataset.files[0]).toMatchObject({
      path: 'data/link.txt',
      kept: true,
    })
    symlinkSync(join(elsewhere, 'secret.txt'), inProject('data/far.txt'))
    at.project.trust()
    expect((await at.add('outside', 'data/far.txt')).dataset.files[0]?.digest).toBe(digestOf('secret'))
  })
})

describe('b21-a file with a second name elsewhere', () => {
  it('is refused while the project is not trusted, and taken afterwards', async () => {
    mkdirSync(inProject('data'))
    linkSync(join(elsewhere, 'secret.txt'), inProject('data/a.txt'))
    await expectRefused('data/a.txt', 'data/fileRefused', /second name/)
    await expectRefused('data', 'data/fileRefused', /second name/)
    at.project.trust()
    expect((await at.add('trusted', 'data')).dataset.fileCount).toBe(1)
  })

  it('is taken when that name is the one in the store', async () => {
    at.write('data/a.txt', 'ours')
    await at.datasets.add({ name: 'linked', path: 'data', link: true }, at.call)
    expect(await at.add('linked')).toMatchObject({ isNew: false, storedBytes: 0 })
  })
})

describe('b22-names', () => {
  const twins = ['Straße.csv', 'STRASSE.csv', 'a.csv', 'A.csv', 'caf\u00e9.txt', 'cafe\u0301.txt']
  const odd = [
    'with\nnewline',
    'tab\there',
    'right\u202Eleft.txt',
    '-rf',
    'dot.',
    'space ',
    'CON',
    '😀 x',
    '"q"',
    "'s'",
    '%20',
    '#&;$(id)',
    'a[1].csv',
    'star*',
    'back\\slash',
    'x'.repeat(255),
    '語'.repeat(80),
  ]

  it('come back exactly, and no twin is overwritten', async () => {
    for (const name of [...twins, ...odd]) at.write(`data/${name}`, `bytes of ${name}`)
    const { dataset } = await at.add('names', 'data')
    expect(dataset.fileCount).toBe(twins.length + odd.length)
    const target = join(elsewhere, 'back')
    expect(await at.datasets.restore('names', target, at.call)).toMatchObject({
      written: dataset.fileCount,
      trashed: [],
    })
    expect(readdirSync(join(target, 'data')).sort()).toEqual([...twins, ...odd].sort())
    for (const name of [...twins, ...odd])
      expect(readFileSync(join(target, 'data', name), 'utf8')).toBe(`bytes of ${name}`)
    expect(await at.add('names')).toMatchObject({ isNew: false })
  })

  it.each([
    ['holds a NUL', 'data/a\u0000.txt'],
    ['is longer than the system takes', `data/${'x'.repeat(256)}`],
    ['leaves the project', '../data'],
    ['is absolute', '/etc/passwd'],
  ])('are refused when one %s', async (_, path) => {
    const before = readFileSync(inProject('slipway.toml'), 'utf8')
    await expect(at.add('bad', path)).rejects.toMatchObject({ code: expect.stringMatching(/^(project|data)\//) })
    expect(readFileSync(inProject('slipway.toml'), 'utf8')).toBe(before)
    expect(blobs()).toEqual([])
  })

  it('are refused when one is not written in UTF-8', async () => {
    mkdirSync(inProject('data'))
    writeFileSync(Buffer.concat([Buffer.from(inProject('data/')), Buffer.from([0x66, 0xff])]), 'x')
    await expectRefused('data', 'data/fileRefused', /UTF-8/)
  })
})

describe('b23-what is no regular file', () => {
  it.each<[string, (file: string) => unknown, RegExp]>([
    ['a pipe', (file) => void execFileSync('mkfifo', [file]), /named pipe/],
    [
      'a socket',
      (file) =>
        new Promise((resolve) =>
          createServer()
            .unref()
            .listen(file, () => resolve(null)),
        ),
      /socket/,
    ],
    ['a device', (file) => void execFileSync('mknod', [file, 'c', '1', '5']), /device/],
    ['a link to /dev/zero', (file) => symlinkSync('/dev/zero', file), /device/],
    ['a link to a file that the system makes up', (file) => symlinkSync('/proc/self/environ', file), /size/],
  ])('%s is refused at once, alone and among others', async (_, make, words) => {
    at.project.trust()
    mkdirSync(inProject('data'))
    await make(inProject('data/x'))
    await expectRefused('data/x', words.source === 'size' ? 'store/notAFile' : 'data/fileRefused', words)
    at.write('data/y.txt', 'good')
    await expect(at.add('bad', 'data')).rejects.toMatchObject({ message: expect.stringMatching(words) })
    expect(await at.datasets.list()).toEqual([])
  })

  it('a file of a terabyte that is all hole is refused by its size, before it is read', async () => {
    mkdirSync(inProject('data'))
    writeFileSync(inProject('data/hole.bin'), '')
    truncateSync(inProject('data/hole.bin'), 1024 ** 4)
    let read = 0
    const call = { ...at.call, report: () => void read++ }
    await expect(at.datasets.add({ name: 'hole', path: 'data' }, call)).rejects.toMatchObject({
      code: 'data/tooLarge',
      details: { sizeBytes: 1024 ** 4 },
    })
    expect(read).toBe(0)
    expect(blobs()).toEqual([])
  })
})

describe('b45-a table that is made to swallow memory', () => {
  it.each([
    ['one long line', 'long.csv', () => `a,b\n1,"${'x'.repeat(40_000_000)}"\n`, /line/],
    [
      'a hundred thousand columns',
      'wide.csv',
      () => `${Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(',')}\n`,
      /columns/,
    ],
  ])('%s: kept as bytes, and the version says why no columns are told', async (_, name, bytes, words) => {
    at.write(`data/${name}`, bytes())
    const { dataset } = await at.add('bomb', `data/${name}`)
    expect(dataset).toMatchObject({ keptCount: 1, rows: null, schema: [], note: expect.stringMatching(words) })
  })

  it('a Parquet file of a few kilobytes that unpacks to gigabytes ends within the memory of its process', async () => {
    mkdirSync(inProject('data'))
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `COPY (SELECT repeat('x', 100000) AS text FROM range(100000)) TO '${inProject('data/bomb.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
    )
    connection.closeSync()
    expect(readFileSync(inProject('data/bomb.parquet')).length).toBeLessThan(5_000_000)
    const { dataset } = await at.add('bomb', 'data/bomb.parquet')
    expect(dataset.keptCount).toBe(1)
    if (dataset.rows === null) expect(dataset.note).toMatch(/memory/)
    else expect([dataset.rows, dataset.schema.length]).toEqual([100_000, 1])
    expect(existsSync(inProject('data/bomb.parquet'))).toBe(true)
    expect(readdirSync(join(at.slipwayFolder, 'tmp'))).toEqual([])
  })
})
