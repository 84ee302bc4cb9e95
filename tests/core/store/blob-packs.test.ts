import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'
import { writeBlobPack } from '../../builders/blob-packs.ts'

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
const contents = Array.from({ length: 600 }, (_, n) => randomBytes(10 + n))
const digests = contents.map(sha256)

let root: string
let store: Store
let parts: ReturnType<typeof writeBlobPack>
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'blob-packs-'))
  await open()
  parts = writeBlobPack(join(root, 'project', 'store'), contents)
  store = await open()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = () => createStore(join(root, 'project', 'store'))
const readAll = async (digest: Digest, from = store) => Buffer.concat(await from.files.openStream(digest).toArray())
const blobNames = () => readdirSync(join(store.folder, 'blobs', 'sha256'))
function writeFiles() {
  mkdirSync(join(root, 'data'))
  return contents.map((bytes, n) => {
    const file = join(root, 'data', String(n))
    writeFileSync(file, bytes)
    return { file, sizeBytes: bytes.length }
  })
}

it('small files in a blob of the first versions are read, found sound, and not kept a second time', async () => {
  expect(store.files.heldAmong(digests).size).toBe(600)
  for (const [n, digest] of digests.entries()) {
    expect([store.files.has(digest), store.files.sizeOf(digest)]).toEqual([true, 10 + n])
    expect((await readAll(digest)).equals(contents[n] as Buffer)).toBe(true)
  }
  expect((await store.verifyAll({ expected: digests })).damage).toEqual([])
  const kept = await store.files.keep(writeFiles())
  expect(new Set(kept.map(({ how, storedBytes }) => `${how} ${storedBytes}`))).toEqual(new Set(['present 0']))
  expect(blobNames()).toHaveLength(3)
})

it('f08-such a blob is found hurt, its files are kept anew in a pack, and its name ends', async () => {
  const file = store.pathOf(parts.pack)
  chmodSync(file, 0o644)
  writeFileSync(file, readFileSync(file).fill(0, 0, 10))
  const hit = digests[0] as Digest
  await expect(readAll(hit)).rejects.toMatchObject({ code: 'store/blobHurt' })
  expect((await readAll(digests[1] as Digest)).equals(contents[1] as Buffer)).toBe(true)
  expect((await store.verifyAll({ expected: digests })).damage).toMatchObject([{ kind: 'hurt', digest: parts.pack }])
  expect(await store.files.partsOf(hit)).toEqual([parts.manifest, parts.list, parts.pack])
  await store.moveToTrash([parts.pack])
  expect(store.files.heldAmong(digests).size).toBe(0)
  await store.files.keep(writeFiles())
  expect(readdirSync(join(store.folder, 'packs'))).toEqual([])
  for (const one of [store, await open()]) {
    expect((await readAll(hit, one)).equals(contents[0] as Buffer)).toBe(true)
    expect((await one.verifyAll({ expected: digests })).damage).toEqual([])
  }
})

it('f08-files whose list is lost are missed, each of them', async () => {
  for (const part of [parts.manifest, parts.list]) {
    const file = store.pathOf(part)
    const bytes = readFileSync(file)
    chmodSync(file, 0o644)
    truncateSync(file, 10)
    const later = await open()
    const { damage } = await later.verifyAll({ expected: digests.slice(0, 1) })
    expect(damage.map(({ kind, digest }) => [kind, digest])).toEqual(
      expect.arrayContaining([
        ['missing', digests[0]],
        ['hurt', part],
      ]),
    )
    if (part === parts.manifest) writeFileSync(file, bytes)
  }
  await (await open()).sweepUnreferenced([], { olderThanMs: 0 })
  expect([store.has(parts.pack), store.has(parts.manifest)]).toEqual([true, true])
})

it('b24-such a blob stays in a sweep while one of its files is wanted, goes whole after that, and comes back', async () => {
  const wanted = digests[7] as Digest
  const plan = await store.planSweep([wanted], { olderThanMs: 0 })
  expect([plan.blobs, plan.besideOthers.count]).toEqual([[], 599])
  expect(await store.sweepUnreferenced([wanted], { olderThanMs: 0 })).toEqual([])
  const swept = await store.sweepUnreferenced([], { olderThanMs: 0 })
  expect(swept.map(({ kind, digest }) => [kind, digest]).sort()).toEqual(
    Object.values(parts)
      .map((digest) => ['blob', digest])
      .sort(),
  )
  expect([blobNames(), readdirSync(join(store.folder, 'packs'))]).toEqual([[], []])
  expect(store.files.has(wanted)).toBe(false)
  expect(await store.restoreTrashed([wanted])).toEqual([wanted])
  expect((await readAll(wanted)).equals(contents[7] as Buffer)).toBe(true)
  expect((await (await open()).verifyAll({ expected: digests })).damage).toEqual([])
})
