import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'

const count = 700
let root: string
let store: Store
let contents: Buffer[]
let files: { file: string; sizeBytes: number }[]

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'packed-files-'))
  store = await open()
  mkdirSync(join(root, 'data'))
  // Lengths of all kinds: none, a few bytes, about a page, the longest that is packed; neighbours that are equal.
  contents = []
  for (let n = 0; n < count; n++) {
    const length = [0, 100, 4095, 4096, 4096, 20_000, 131_072][n % 7] as number
    contents.push(n % 7 === 4 ? (contents[n - 1] as Buffer) : randomBytes(length))
  }
  files = contents.map((bytes, n) => {
    const file = join(root, 'data', String(n))
    writeFileSync(file, bytes)
    return { file, sizeBytes: bytes.length }
  })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = () => createStore(join(root, 'project', 'store'))
const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
const digests = () => contents.map(sha256)
const different = () => new Map<Digest, Buffer>(contents.map((bytes) => [sha256(bytes), bytes]))
const differentBytes = () => [...different().values()].reduce((sum, { length }) => sum + length, 0)
const blobNames = () => readdirSync(join(store.folder, 'blobs', 'sha256'))
const packs = () => blobNames().filter((name) => statSync(join(store.folder, 'blobs', 'sha256', name)).size > 1_000_000)
async function readAll(digest: Digest, from = store): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of from.files.openStream(digest)) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
const added = (kept: readonly { storedBytes: number }[]) => kept.reduce((sum, { storedBytes }) => sum + storedBytes, 0)

describe('many small files', () => {
  it('are kept in few blobs, each found by its own digest, at once and by a store that is opened later', async () => {
    const kept = await store.files.keep(files)
    expect(kept.map(({ digest }) => digest)).toEqual(digests())
    expect(kept.map(({ sizeBytes }) => sizeBytes)).toEqual(contents.map(({ length }) => length))
    expect(blobNames().length).toBeLessThan(40)
    for (const name of blobNames()) {
      const file = join(store.folder, 'blobs', 'sha256', name)
      expect(sha256(readFileSync(file))).toBe(`sha256:${name}`)
      expect(statSync(file).mode & 0o222).toBe(0)
    }
    for (const one of [store, await open()]) {
      expect(one.files.heldAmong(digests()).size).toBe(different().size)
      for (const [digest, bytes] of different()) {
        expect([one.files.has(digest), one.files.sizeOf(digest)]).toEqual([true, bytes.length])
        expect(await readAll(digest, one)).toEqual(bytes)
      }
      expect(one.files.has(sha256(Buffer.from('never kept')))).toBe(false)
    }
    expect(readdirSync(join(root, 'project', 'tmp'))).toEqual([])
  })

  it('are stored once: what is kept whole or in a pack is not stored again', async () => {
    const alone = files[6] as (typeof files)[number]
    await store.files.keep([alone])
    expect(added(await store.files.keep(files))).toBe(differentBytes() - alone.sizeBytes)
    const before = blobNames().length
    const again = await (await open()).files.keep(files)
    expect([added(again), new Set(again.map(({ how }) => how))]).toEqual([0, new Set(['present'])])
    expect(blobNames()).toHaveLength(before)
  })

  it('are not stored again when few of them are read again, unless their pack is hurt', async () => {
    await store.files.keep(files)
    const before = blobNames()
    const few = [3, 5, 6].map((n) => files[n] as (typeof files)[number])
    const again = await store.files.keep(few)
    expect(again.map(({ digest, how, storedBytes }) => [digest, how, storedBytes])).toEqual(
      [3, 5, 6].map((n) => [digests()[n], 'present', 0]),
    )
    expect([blobNames(), readdirSync(join(root, 'project', 'tmp'))]).toEqual([before, []])
    const [, , pack] = (await store.files.partsOf(digests()[5] as Digest)) as [Digest, Digest, Digest]
    chmodSync(store.pathOf(pack), 0o644)
    writeFileSync(store.pathOf(pack), Buffer.alloc(statSync(store.pathOf(pack)).size))
    expect(added(await store.files.keep(few))).toBe(few.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
    for (const n of [3, 5, 6]) expect((await readAll(digests()[n] as Digest)).equals(contents[n] as Buffer)).toBe(true)
  })

  it('come back as files, verified', async () => {
    await store.files.keep(files)
    const target = join(root, 'back')
    await store.files.copyTo(digests()[6] as Digest, target)
    expect(readFileSync(target)).toEqual(contents[6])
    expect(readFileSync(await store.files.fileOf(digests()[5] as Digest))).toEqual(contents[5])
  })

  it('are refused together when one is no regular file, and nothing of them is kept', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')])
    const all = [...files, { file: join(root, 'pipe'), sizeBytes: 0 }]
    await expect(store.files.keep(all)).rejects.toMatchObject({
      code: 'store/notAFile',
      details: { file: join(root, 'pipe') },
    })
    expect([blobNames(), readdirSync(join(root, 'project', 'tmp'))]).toEqual([[], []])
  })

  it('stop soon after they were called off, and leave nothing', async () => {
    const abort = new AbortController()
    const keeping = store.files.keep(files, { signal: abort.signal, onBytes: () => abort.abort() })
    abort.abort()
    await expect(keeping).rejects.toThrow()
    expect([blobNames(), readdirSync(join(root, 'project', 'tmp'))]).toEqual([[], []])
  })

  it('f08-that a hurt pack holds are refused one by one, found by doctor, and kept anew', async () => {
    await store.files.keep(files)
    const [name = ''] = packs()
    const pack = `sha256:${name}` as Digest
    const file = store.pathOf(pack)
    chmodSync(file, 0o644)
    const bytes = readFileSync(file)
    bytes[0] = (bytes[0] as number) ^ 1
    writeFileSync(file, bytes)
    const hurt: (readonly [string, Digest])[] = []
    for (const digest of different().keys()) await readAll(digest).catch(({ code }) => hurt.push([code, digest]))
    expect(hurt).toEqual([['store/blobHurt', expect.any(String)]])
    const [, digest] = hurt[0] as (typeof hurt)[number]
    const { damage } = await store.verifyAll({ expected: digests() })
    expect(damage).toMatchObject([{ kind: 'hurt', digest: pack }])
    expect(await store.files.partsOf(digest)).toContain(pack)
    await store.moveToTrash([pack])
    expect(store.files.has(digest)).toBe(false)
    expect((await store.verifyAll({ expected: [digest] })).damage.map((one) => one.digest)).toContain(digest)
    expect(added(await store.files.keep(files))).toBeGreaterThan(0)
    for (const one of [store, await open()]) {
      for (const [each, whole] of different()) expect(await readAll(each, one)).toEqual(whole)
      expect((await one.verifyAll({ expected: digests() })).damage).toEqual([])
    }
  })

  it('f08-whose list is lost are missed, each of them', async () => {
    await store.files.keep(files)
    const digest = digests()[6] as Digest
    const [manifest, list] = (await store.files.partsOf(digest)) as [Digest, Digest]
    for (const part of [manifest, list]) {
      const file = store.pathOf(part)
      const bytes = readFileSync(file)
      chmodSync(file, 0o644)
      truncateSync(file, 10)
      const later = await open()
      expect(later.files.has(digest)).toBe(false)
      const { damage } = await later.verifyAll({ expected: [digest] })
      expect(damage.map((one) => [one.kind, one.digest])).toEqual(
        expect.arrayContaining([
          ['missing', digest],
          ['hurt', part],
        ]),
      )
      writeFileSync(file, bytes)
    }
  })

  it('b24-stay in a sweep while one of a pack is wanted, and go to the trash together after that', async () => {
    await store.files.keep(files)
    const before = blobNames().length
    const wanted = digests().filter((_, n) => n % 7 === 6)
    expect(await store.sweepUnreferenced(wanted, { olderThanMs: 0 })).toEqual([])
    expect((await store.sweepUnreferenced([], { olderThanMs: 0 })).length).toBe(before)
    expect(store.files.heldAmong(digests()).size).toBe(0)
    expect(readdirSync(join(store.folder, 'packs'))).toEqual([])
    expect((await store.verifyAll()).damage).toEqual([])

    const again = [digests()[5] as Digest]
    expect(await store.restoreTrashed(again)).toEqual(again)
    expect(store.files.heldAmong(again).size).toBe(1)
    expect(store.files.heldAmong(digests()).size).toBeLessThan(different().size)
    const bytes = contents[6] as Buffer
    expect((await readAll(digests()[6] as Digest)).equals(bytes)).toBe(true)
    expect((await store.verifyAll({ expected: again })).damage).toEqual([])
    const later = await open()
    expect((await readAll(digests()[12] as Digest, later)).equals(contents[12] as Buffer)).toBe(true)
  })
})
