import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
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
const packFolder = () => join(store.folder, 'packed')
const nameOf = (pack: string) => `sha256:${pack}` as Digest
const packs = () => (existsSync(packFolder()) ? readdirSync(packFolder()) : [])
function change(name: string, to: (bytes: Buffer) => Buffer): void {
  const file = join(packFolder(), name)
  chmodSync(file, 0o644)
  writeFileSync(file, to(readFileSync(file)))
}
async function readAll(digest: Digest, from = store): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of from.files.openStream(digest)) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
function flip(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes)
  other[at] = (other[at] as number) ^ 1
  return other
}
const added = (kept: readonly { storedBytes: number }[]) => kept.reduce((sum, { storedBytes }) => sum + storedBytes, 0)

describe('many small files', () => {
  it('are told of as they are hashed, each once and as they are told of in the end', async () => {
    const told = new Map<object, unknown>()
    const onHashed = (file: object, { digest, stamp }: { digest: Digest; stamp: object }) => {
      expect(told.has(file)).toBe(false)
      // None has a name in the store yet: what is told early is not to be relied upon.
      expect(packs()).toEqual([])
      told.set(file, { digest, stamp })
    }
    const kept = await store.files.keep(files, { onHashed })
    expect(files.map((file) => told.get(file))).toEqual(kept.map(({ digest, stamp }) => ({ digest, stamp })))
  })

  it('are found among others one after the other, whatever came or went between', async () => {
    await store.files.keep(files)
    const loose = (await store.putBytes('a blob of its own', mediaTypes.json)).digest
    const gone = (await store.putBytes('a blob that goes', mediaTypes.json)).digest
    const strange = sha256(Buffer.from('never kept'))
    const lists: (Digest | null)[][] = [
      digests(),
      digests().with(1, loose),
      (digests() as (Digest | null)[]).with(1, loose).with(2, null),
      // Files 3 and 4 are equal: what is taken out once is there still.
      digests().with(3, strange),
      digests().with(3, gone).with(5, loose),
      digests().with(5, loose).slice(1),
    ]
    const expectEach = async () => {
      for (const list of [...lists, ...lists.toReversed()]) {
        const wanted = new Set(list.filter((digest) => digest !== null).filter(store.files.has))
        expect(store.files.heldAmong(list)).toEqual(wanted)
      }
    }
    await expectEach()
    await store.putBytes('a blob that came', mediaTypes.json)
    await expectEach()
    store.files.heldAmong(lists[4] ?? [])
    rmSync(store.pathOf(gone))
    await expectEach()
    store.files.heldAmong(digests())
    rmSync(join(packFolder(), packs()[0] as string))
    await expectEach()
    expect(store.files.heldAmong(digests()).size).toBeLessThan(different().size)
  })

  it('are kept in few files, each found by its own digest, at once and by a store that is opened later', async () => {
    const kept = await store.files.keep(files)
    expect(kept.map(({ digest }) => digest)).toEqual(digests())
    expect(kept.map(({ sizeBytes }) => sizeBytes)).toEqual(contents.map(({ length }) => length))
    expect(blobNames()).toEqual([])
    expect(packs().length).toBeLessThan(20)
    for (const name of packs()) expect(statSync(join(packFolder(), name)).mode & 0o222).toBe(0)
    for (const one of [store, await open()]) {
      expect(one.files.heldAmong(digests()).size).toBe(different().size)
      for (const [digest, bytes] of different()) {
        expect([one.files.has(digest), one.files.sizeOf(digest)]).toEqual([true, bytes.length])
        expect((await readAll(digest, one)).equals(bytes)).toBe(true)
      }
      expect(one.files.has(sha256(Buffer.from('never kept')))).toBe(false)
    }
    expect(readdirSync(join(root, 'project', 'tmp'))).toEqual([])
  })

  it('are stored once: what is kept whole or in a pack is not stored again', async () => {
    const alone = files[6] as (typeof files)[number]
    await store.files.keep([alone])
    expect(added(await store.files.keep(files))).toBe(differentBytes() - alone.sizeBytes)
    const before = packs()
    const again = await (await open()).files.keep(files)
    expect([added(again), new Set(again.map(({ how }) => how))]).toEqual([0, new Set(['present'])])
    expect(packs()).toEqual(before)
  })

  it('are not stored again when few of them are read again, unless their pack is hurt', async () => {
    await store.files.keep(files)
    const few = [3, 5, 6].map((n) => files[n] as (typeof files)[number])
    const again = await store.files.keep(few)
    expect(again.map(({ digest, how, storedBytes }) => [digest, how, storedBytes])).toEqual(
      [3, 5, 6].map((n) => [digests()[n], 'present', 0]),
    )
    expect([blobNames(), readdirSync(join(root, 'project', 'tmp'))]).toEqual([[], []])
    for (const name of packs()) change(name, (bytes) => bytes.fill(0))
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
    expect([packs(), readdirSync(join(root, 'project', 'tmp'))]).toEqual([[], []])
  })

  it('stop soon after they were called off, and leave nothing', async () => {
    const abort = new AbortController()
    const keeping = store.files.keep(files, { signal: abort.signal, onBytes: () => abort.abort() })
    abort.abort()
    await expect(keeping).rejects.toThrow()
    expect([blobNames(), readdirSync(join(root, 'project', 'tmp'))]).toEqual([[], []])
  })

  it('lie one after the other, with what lies where after them, by which the pack is named', async () => {
    await store.files.keep(files)
    for (const name of packs()) {
      const bytes = readFileSync(join(packFolder(), name))
      const [, length] = /^slipway pack 1 (\d{16})\n$/.exec(bytes.subarray(-32).toString('latin1')) ?? []
      const list = bytes.subarray(bytes.length - 32 - Number(length), -32)
      expect(sha256(list)).toBe(`sha256:${name}`)
      let at = 0
      for (const line of list.toString().trimEnd().split('\n')) {
        const [hex, size] = line.split(' ')
        expect(sha256(bytes.subarray(at, at + Number(size)))).toBe(`sha256:${hex}`)
        at += Number(size)
      }
      expect(at).toBe(bytes.length - 32 - list.length)
    }
  })

  it('f08-that a hurt pack holds are refused one by one, found by doctor, and kept anew; the others stay', async () => {
    await store.files.keep(files)
    const name = packs()[0] as string
    change(name, (bytes) => Buffer.concat([Buffer.from([(bytes[0] as number) ^ 1]), bytes.subarray(1)]))
    const hurt: (readonly [string, Digest])[] = []
    for (const digest of different().keys()) await readAll(digest).catch(({ code }) => hurt.push([code, digest]))
    expect(hurt).toEqual([['store/blobHurt', expect.any(String)]])
    const [, digest] = hurt[0] as (typeof hurt)[number]
    const { damage } = await store.verifyAll({ expected: digests() })
    expect(damage).toMatchObject([{ kind: 'hurt', digest: `sha256:${name}`, files: [digest] }])
    expect(await store.files.partsOf(digest)).toEqual([nameOf(name)])
    expect(await store.moveToTrash([nameOf(name)])).toEqual([nameOf(name)])
    for (const one of [store, await open()]) {
      for (const [each, whole] of different())
        if (each !== digest) expect((await readAll(each, one)).equals(whole)).toBe(true)
      expect(one.files.has(digest)).toBe(false)
      const { damage: rest } = await one.verifyAll({ expected: digests() })
      expect(rest).toMatchObject([{ kind: 'missing', digest }])
      expect(await one.restoreTrashed(digests())).toEqual([])
    }
    expect(added(await store.files.keep(files))).toBe(different().get(digest)?.length)
    expect((await readAll(digest)).equals(different().get(digest) as Buffer)).toBe(true)
    expect((await (await open()).verifyAll({ expected: digests() })).damage).toEqual([])
  })

  it('f08-found hurt when read are kept again with all others, and read from where they are whole', async () => {
    await store.files.keep(files)
    for (const name of packs()) change(name, (bytes) => Buffer.concat([Buffer.alloc(9), bytes.subarray(9)]))
    const hurt: Digest[] = []
    for (const digest of different().keys()) await readAll(digest).catch(() => hurt.push(digest))
    expect(hurt.length).toBeGreaterThan(0)
    expect(store.files.heldAmong(digests()).size).toBe(different().size - hurt.length)
    const lost = hurt.reduce((sum, digest) => sum + (different().get(digest)?.length ?? 0), 0)
    expect(added(await store.files.keep(files))).toBe(lost)
    for (const one of [store, await open()])
      for (const [digest, bytes] of different()) expect((await readAll(digest, one)).equals(bytes)).toBe(true)
  })

  it('f08-are found by doctor when any one byte of a pack is another, and when it is cut off anywhere', async () => {
    await store.files.keep(files)
    const name = packs()[0] as string
    const whole = readFileSync(join(packFolder(), name))
    const hurts = [0, 5_000, whole.length >> 1, ...[5_000, 100, 33, 32, 20, 10, 1].map((back) => whole.length - back)]
    for (const at of hurts) {
      for (const to of [flip(whole, at), whole.subarray(0, at)]) {
        change(name, () => to)
        const { damage, bytes } = await (await open()).verifyAll()
        expect([at, damage.map((one) => [one.kind, one.digest])]).toEqual([at, [['hurt', `sha256:${name}`]]])
        expect(bytes).toBeGreaterThan(0)
      }
    }
    change(name, () => whole)
    expect((await store.verifyAll({ expected: digests() })).damage).toEqual([])
  })

  it('f08-whose list is lost are missed, each of them, and their pack is left until it is asked to go', async () => {
    await store.files.keep(files)
    const name = packs()[0] as string
    change(name, (bytes) => bytes.subarray(0, -10))
    const later = await open()
    const missed = digests().filter((digest) => !later.files.has(digest))
    expect(missed.length).toBeGreaterThan(0)
    const { damage } = await later.verifyAll({ expected: digests() })
    expect(damage.map(({ kind, digest, files }) => [kind, digest, files])).toEqual([
      ['hurt', `sha256:${name}`, null],
      ...[...new Set(missed)].map((digest) => ['missing', digest, undefined]),
    ])
    const others = digests().filter((digest) => later.files.has(digest))
    expect(await later.sweepUnreferenced(others, { olderThanMs: 0 })).toEqual([])
    await later.moveToTrash([nameOf(name)])
    expect(packs()).not.toContain(name)
    expect(added(await later.files.keep(files))).toBeGreaterThan(0)
    expect((await later.verifyAll({ expected: digests() })).damage).toEqual([])
  })

  it('b24-stay in a sweep while one of a pack is wanted, and go to the trash together after that', async () => {
    await store.files.keep(files)
    const before = packs().length
    const wanted = digests().filter((_, n) => n % 7 === 6)
    expect(await store.sweepUnreferenced(wanted, { olderThanMs: 0 })).toEqual([])
    expect((await store.sweepUnreferenced([], { olderThanMs: 0 })).length).toBe(before)
    expect(store.files.heldAmong(digests()).size).toBe(0)
    expect(packs()).toEqual([])
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
