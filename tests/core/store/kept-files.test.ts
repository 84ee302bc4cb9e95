import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'

let root: string
let store: Store

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'kept-files-'))
  store = await createStore(join(root, 'project', 'store'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(name: string, bytes: Uint8Array | string) {
  const file = join(root, name)
  writeFileSync(file, bytes)
  return { file, sizeBytes: statSync(file).size }
}
const sha256 = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const storedBytes = () =>
  readdirSync(join(store.folder, 'blobs', 'sha256')).reduce(
    (sum, name) => sum + statSync(join(store.folder, 'blobs', 'sha256', name)).size,
    0,
  )
async function readAll(digest: Digest): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of store.files.openStream(digest)) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
const nothingUnfinished = () => readdirSync(join(root, 'project', 'tmp')).filter((name) => name.startsWith('put-'))

describe('files that are kept', () => {
  it('hashes and keeps small, empty and large files, and gives them back equal', async () => {
    const contents = [
      Buffer.alloc(0),
      Buffer.from('a,b\n1,2\n'),
      randomBytes(1024 * 1024),
      randomBytes(9 * 1024 * 1024 + 7),
    ]
    const files = contents.map((bytes, index) => write(`f${index}`, bytes))
    const hashed = await store.files.hash(files)
    expect(hashed.map(({ digest }) => digest)).toEqual(contents.map(sha256))
    expect(storedBytes()).toBe(0)
    const kept = await store.files.keep(files)
    expect(kept.map(({ digest }) => digest)).toEqual(contents.map(sha256))
    for (const [index, { digest }] of kept.entries())
      expect((await readAll(digest)).equals(contents[index] as Buffer)).toBe(true)
    expect((await store.files.keep(files)).map(({ how, storedBytes }) => [how, storedBytes])).toEqual(
      files.map(() => ['present', 0]),
    )
    expect(nothingUnfinished()).toEqual([])
  })

  it('keeps hundreds at once, equal ones once, read-only', async () => {
    const files = Array.from({ length: 450 }, (_, index) => write(`many-${index}`, `row ${index % 400}\n`))
    const kept = await store.files.keep(files)
    expect(new Set(kept.map(({ digest }) => digest)).size).toBe(400)
    expect(readdirSync(join(store.folder, 'blobs', 'sha256'))).toHaveLength(400)
    for (const { digest } of kept) expect(statSync(store.pathOf(digest)).mode & 0o777).toBe(0o444)
    expect((await store.verifyAll()).damage).toEqual([])
  })

  it('does not change when the file that was kept is written in place', async () => {
    const { file, sizeBytes } = write('data.csv', Buffer.alloc(3 * 1024 * 1024, 'x'))
    const [kept] = await store.files.keep([{ file, sizeBytes }])
    writeFileSync(file, 'now it is another\n')
    expect(sha256(await readAll((kept as { digest: Digest }).digest))).toBe(kept?.digest)
  })

  it('links instead of copying when asked, and makes the file read-only for it', async () => {
    const { file, sizeBytes } = write('big.bin', randomBytes(2 * 1024 * 1024))
    const [kept] = await store.files.keep([{ file, sizeBytes }], { link: true })
    expect(kept).toMatchObject({ how: 'link', storedBytes: sizeBytes })
    expect(statSync(file).ino).toBe(statSync(store.pathOf((kept as { digest: Digest }).digest)).ino)
    expect(statSync(file).mode & 0o222).toBe(0)
    const [again] = await store.files.keep([{ file, sizeBytes }], { link: true })
    expect(again?.how).toBe('present')
  })

  it('finds a linked file that somebody wrote all the same', async () => {
    const { file, sizeBytes } = write('big.bin', randomBytes(2 * 1024 * 1024))
    const [kept] = await store.files.keep([{ file, sizeBytes }], { link: true })
    chmodSync(file, 0o644)
    appendFileSync(file, 'more')
    expect((await store.verifyAll()).damage).toMatchObject([{ digest: kept?.digest, kind: 'hurt' }])
    await expect(readAll((kept as { digest: Digest }).digest)).rejects.toMatchObject({ code: 'store/blobHurt' })
  })

  it('refuses what is no regular file, and leaves nothing behind', async () => {
    const target = write('target', 'x')
    symlinkSync(target.file, join(root, 'link'))
    execFileSync('mkfifo', [join(root, 'pipe')])
    for (const [name, what] of [
      ['link', 'a symbolic link'],
      ['pipe', 'a named pipe'],
      ['gone', 'not there'],
      ['.', 'a folder'],
    ] as const) {
      const file = join(root, name)
      await expect(store.files.keep([target, { file, sizeBytes: 1 }])).rejects.toMatchObject({
        code: 'store/notAFile',
        details: { what },
      })
    }
    expect(nothingUnfinished()).toEqual([])
  })

  it('b20-refuses a file that was put in the place of the one that was looked at', async () => {
    const { file, sizeBytes } = write('seen', 'first')
    const { dev, ino } = statSync(file)
    linkSync(file, join(root, 'holds its number'))
    rmSync(file)
    writeFileSync(file, 'other')
    await expect(store.files.keep([{ file, sizeBytes, dev, ino }])).rejects.toMatchObject({
      code: 'store/fileChanging',
    })
  })

  it('stops soon after it was called off', async () => {
    const big = write('big', Buffer.alloc(64 * 1024 * 1024))
    const abort = new AbortController()
    const keeping = store.files.keep([big], { signal: abort.signal, onBytes: () => abort.abort() })
    await expect(keeping).rejects.toThrow()
    expect(nothingUnfinished()).toEqual([])
  })
})

describe('files that grow', () => {
  const base = randomBytes(12 * 1024 * 1024)

  it('stores about what is new of a file with an end and an insertion of its own', async () => {
    const [first] = await store.files.keep([write('v1', base)])
    const grown = Buffer.concat([
      base.subarray(0, 5_000_000),
      Buffer.from('inserted'),
      base.subarray(5_000_000),
      randomBytes(120_000),
    ])
    const before = storedBytes()
    const [second] = await store.files.keep([{ ...write('v2', grown), grewFrom: first?.digest }])
    expect(second).toMatchObject({ how: 'chunks', digest: sha256(grown), sizeBytes: grown.length })
    expect(storedBytes() - before).toBeLessThan(grown.length * 0.03)
    expect(storedBytes() - before).toBe(second?.storedBytes)
    expect((await readAll(second?.digest as Digest)).equals(grown)).toBe(true)
    expect(store.files.has(second?.digest as Digest)).toBe(true)
    expect(store.files.sizeOf(second?.digest as Digest)).toBe(grown.length)

    const third = Buffer.concat([grown, randomBytes(50_000)])
    const [last] = await store.files.keep([{ ...write('v3', third), grewFrom: second?.digest }])
    expect(last?.how).toBe('chunks')
    expect(last?.storedBytes).toBeLessThan(300_000)
    const out = join(root, 'out')
    await store.files.copyTo(last?.digest as Digest, out)
    expect(readFileSync(out).equals(third)).toBe(true)
    expect(readFileSync(await store.files.fileOf(last?.digest as Digest)).equals(third)).toBe(true)
  })

  const joined = (...parts: readonly Buffer[]) => Buffer.concat(parts)
  const edits: readonly [string, (old: Buffer) => Buffer, mostNew: number][] = [
    ['more at its end', (old) => joined(old, randomBytes(100_000)), 0.02],
    ['an end written anew', (old) => joined(old.subarray(0, old.length - 40_000), randomBytes(90_000)), 0.02],
    ['less at its end', (old) => old.subarray(0, old.length - 700_000), 0.01],
    ['another first byte', (old) => joined(Buffer.from([((old[0] as number) + 1) % 256]), old.subarray(1)), 0.02],
    ['more at its front', (old) => joined(randomBytes(5_000), old), 0.02],
    [
      'other bytes in the middle',
      (old) => joined(old.subarray(0, 6e6), randomBytes(999), old.subarray(6e6 + 999)),
      0.02,
    ],
    ['a part taken out', (old) => joined(old.subarray(0, 3_000_001), old.subarray(3_500_000)), 0.02],
  ]
  for (const [what, edit, mostNew] of edits)
    it(`stores about what is new, and gives back every state: ${what}, again and again`, async () => {
      let state: Buffer = base
      let [last] = await store.files.keep([write('v0', state)])
      const digests = [last?.digest as Digest]
      const states = [state]
      for (let round = 1; round <= 3; round++) {
        state = edit(state)
        ;[last] = await store.files.keep([{ ...write(`v${round}`, state), grewFrom: last?.digest }])
        expect(last).toMatchObject({ how: 'chunks', digest: sha256(state), sizeBytes: state.length })
        expect(last?.storedBytes).toBeLessThan(state.length * mostNew)
        digests.push(last?.digest as Digest)
        states.push(state)
      }
      for (const [index, digest] of digests.entries())
        expect((await readAll(digest)).equals(states[index] as Buffer)).toBe(true)
      expect((await store.verifyAll({ expected: digests })).damage).toEqual([])
    })

  it('takes nothing from the place where an older state is hurt', async () => {
    const [first] = await store.files.keep([write('v1', base)])
    const blob = store.pathOf(first?.digest as Digest)
    const hurt = Buffer.from(base)
    hurt[4_000_000] = (hurt[4_000_000] as number) ^ 1
    chmodSync(blob, 0o644)
    writeFileSync(blob, hurt)
    const grown = Buffer.concat([base, randomBytes(100_000)])
    const [second] = await store.files.keep([{ ...write('v2', grown), grewFrom: first?.digest }])
    expect((await readAll(second?.digest as Digest)).equals(grown)).toBe(true)
    await expect(readAll(first?.digest as Digest)).rejects.toMatchObject({ code: 'store/blobHurt' })
  })

  it('stores a file whole that shares too little', async () => {
    const [first] = await store.files.keep([write('v1', base)])
    const [second] = await store.files.keep([{ ...write('v2', randomBytes(1_000_000)), grewFrom: first?.digest }])
    expect(second?.how).toBe('copy')
  })

  it('is checked and swept with what it consists of', async () => {
    const [first] = await store.files.keep([write('v1', base)])
    const grown = Buffer.concat([base, randomBytes(100_000)])
    const [second] = await store.files.keep([{ ...write('v2', grown), grewFrom: first?.digest }])
    const digest = second?.digest as Digest
    expect((await store.verifyAll({ expected: [digest] })).damage).toEqual([])

    // Only the grown file is wanted, and it needs the blob of the old one.
    expect(await store.sweepUnreferenced([digest], { olderThanMs: 0 })).toEqual([])
    expect((await readAll(digest)).equals(grown)).toBe(true)

    await store.moveToTrash([first?.digest as Digest])
    expect((await store.verifyAll({ expected: [digest] })).damage).toMatchObject([
      { digest: first?.digest, kind: 'missing' },
    ])
    await expect(readAll(digest)).rejects.toMatchObject({ code: 'store/blobMissing' })
    expect((await store.sweepUnreferenced([], { olderThanMs: 0 })).length).toBeGreaterThan(0)
    expect(store.files.has(digest)).toBe(false)
    expect((await store.verifyAll()).damage).toEqual([])

    expect(await store.restoreTrashed([digest])).toEqual([digest])
    expect((await store.verifyAll({ expected: [digest] })).damage).toEqual([])
    expect((await readAll(digest)).equals(grown)).toBe(true)
  })
})
