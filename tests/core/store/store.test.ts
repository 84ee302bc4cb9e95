import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Digest, parseDigest } from '../../../core/domain/digest.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'
import { type Mounted, mountMemory } from '../../builders/mounted.ts'

let root: string
let store: Store
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'slipway-store-'))
  store = await createStore(join(root, 'store'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const sha = (bytes: Uint8Array | string) => parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
const temporaryFiles = () => readdirSync(join(root, 'tmp'))
const spoil = (digest: Digest, change: (bytes: Buffer) => Buffer | null) => {
  const file = store.pathOf(digest)
  const bytes = change(readFileSync(file))
  chmodSync(file, 0o644)
  if (bytes === null) rmSync(file)
  else writeFileSync(file, bytes)
}
const flipBit = (bytes: Buffer) => {
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  return bytes
}

describe('putting', () => {
  it('names bytes by their digest, stores equal bytes once and leaves no temporary file', async () => {
    const first = await store.putBytes('hello', 'text/plain')
    const second = await store.putBytes(Buffer.from('hello'), 'text/plain')
    expect(first).toEqual({ mediaType: 'text/plain', digest: sha('hello'), sizeBytes: 5 })
    expect(second).toEqual(first)
    expect(readdirSync(join(root, 'store/blobs/sha256'))).toEqual([first.digest.slice(7)])
    expect(statSync(store.pathOf(first.digest)).mode & 0o777).toBe(0o444)
    expect(temporaryFiles()).toEqual([])
  })

  it('copies a file of several chunks and leaves the original writable and in place', async () => {
    const bytes = randomBytes(2_500_000)
    const file = join(root, 'data.bin')
    writeFileSync(file, bytes)
    const { digest, sizeBytes } = await store.putFile(file, 'application/octet-stream')
    expect([digest, sizeBytes]).toEqual([sha(bytes), bytes.length])
    writeFileSync(file, 'changed afterwards')
    expect((await store.readBytes(digest)).equals(bytes)).toBe(true)
  })

  it('moves a staged file in, but copies one that has a second name', async () => {
    const staging = await store.makeStaging('step')
    writeFileSync(join(staging, 'a'), 'alone')
    writeFileSync(join(staging, 'b'), 'linked')
    linkSync(join(staging, 'b'), join(staging, 'c'))
    const alone = await store.putFile(join(staging, 'a'), 'text/plain', { move: true })
    const linked = await store.putFile(join(staging, 'b'), 'text/plain', { move: true })
    expect(readdirSync(staging)).toEqual(['c'])
    chmodSync(join(staging, 'c'), 0o644)
    writeFileSync(join(staging, 'c'), 'written through the other name')
    expect(await store.readText(alone.digest)).toBe('alone')
    expect(await store.readText(linked.digest)).toBe('linked')
  })

  it.each([
    ['a folder', (file: string) => mkdirSync(file)],
    ['a symbolic link', (file: string) => symlinkSync('/etc/hostname', file)],
    ['a named pipe', (file: string) => execFileSync('mkfifo', [file])],
    ['not there', () => undefined],
  ])('b23-takes only regular files: refuses one that is %s', async (what, make) => {
    const file = join(root, 'odd')
    make(file)
    await expect(store.putFile(file, 'text/plain')).rejects.toMatchObject({ code: 'store/notAFile', details: { what } })
  })

  it('refuses a stream whose bytes are not the announced ones and keeps nothing of it', async () => {
    async function* stream() {
      yield Buffer.from('not what ')
      yield Buffer.from('was promised')
    }
    const wrong = [{ digest: sha('promise') }, { sizeBytes: 5 }, { sizeBytes: 500 }]
    for (const expected of wrong) {
      await expect(store.putStream(stream(), 'text/plain', expected)).rejects.toMatchObject({
        code: 'store/digestMismatch',
      })
    }
    expect(readdirSync(join(root, 'store/blobs/sha256'))).toEqual([])
    expect(temporaryFiles()).toEqual([])
    const kept = await store.putStream(stream(), 'text/plain', { digest: sha('not what was promised'), sizeBytes: 21 })
    expect(store.sizeOf(kept.digest)).toBe(21)
  })

  it("passes a failing source's own error through and keeps nothing", async () => {
    async function* stream() {
      yield Buffer.from('start')
      throw Object.assign(new Error('peer went away'), { code: 'ECONNRESET' })
    }
    await expect(store.putStream(stream(), 'text/plain')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(temporaryFiles()).toEqual([])
  })
})

describe('reading', () => {
  it.each([
    ['a flipped bit', flipBit, 'store/blobHurt'],
    ['a cut end', (bytes: Buffer) => bytes.subarray(0, 10), 'store/blobHurt'],
    ['nothing left', () => Buffer.alloc(0), 'store/blobHurt'],
    ['a deleted file', () => null, 'store/blobMissing'],
  ])('refuses bytes with %s, whole or streamed', async (_, change, code) => {
    const { digest } = await store.putBytes(randomBytes(100_000), 'application/octet-stream')
    spoil(digest, change)
    await expect(store.readBytes(digest)).rejects.toMatchObject({ code, details: { digest } })
    const drain = async () => {
      for await (const _chunk of store.openStream(digest));
    }
    await expect(drain()).rejects.toMatchObject({ code })
  })

  it('mends a hurt blob when the same bytes are put again after the hurt was noticed', async () => {
    const { digest } = await store.putBytes('precious', 'text/plain')
    spoil(digest, flipBit)
    await expect(store.readBytes(digest)).rejects.toMatchObject({ code: 'store/blobHurt' })
    await store.putBytes('precious', 'text/plain')
    expect(await store.readText(digest)).toBe('precious')
  })

  it('gives a part within its bounds', async () => {
    const { digest } = await store.putBytes('0123456789', 'text/plain')
    expect((await store.readRange(digest, 3, 4)).toString()).toBe('3456')
    expect((await store.readRange(digest, 8, 100)).toString()).toBe('89')
    expect((await store.readRange(digest, 50, 10)).length).toBe(0)
  })
})

describe('verifyAll', () => {
  it('finds every flipped, cut, emptied and missing blob, and no sound one', async () => {
    const digests: Digest[] = []
    for (let i = 0; i < 12; i++) digests.push((await store.putBytes(randomBytes(1000 + i), 'x/y')).digest)
    spoil(digests[1]!, flipBit)
    truncateSync(store.pathOf(digests[4]!), 17)
    spoil(digests[7]!, () => null)
    mkdirSync(join(root, 'store/blobs/sha256/notes'))
    const check = await store.verifyAll({ expected: digests })
    expect(check.damage.map(({ digest, kind }) => [digest, kind]).sort()).toEqual(
      [
        [digests[1], 'hurt'],
        [digests[4], 'hurt'],
        [digests[7], 'missing'],
      ].sort(),
    )
    expect(check.blobs).toBe(11)
    expect(check.strangers).toEqual(['notes'])
  })

  it('misses what the names of index.json lead to, and says when the index itself cannot be read', async () => {
    const manifestType = 'application/vnd.oci.image.manifest.v1+json'
    const layer = await store.putBytes('layer', 'application/vnd.oci.image.layer.v1.tar')
    const manifest = await store.putBytes(JSON.stringify({ layers: [{ digest: layer.digest }] }), manifestType)
    await store.setReference({ name: 'wine:1', descriptor: manifest })
    rmSync(store.pathOf(layer.digest))
    expect((await store.verifyAll()).damage).toEqual([
      expect.objectContaining({ digest: layer.digest, kind: 'missing' }),
    ])
    spoil(manifest.digest, flipBit)
    expect((await store.verifyAll()).damage).toEqual([
      expect.objectContaining({ digest: manifest.digest, kind: 'hurt' }),
    ])
    await expect(store.sweepUnreferenced([], { olderThanMs: 0 })).rejects.toMatchObject({ code: 'store/blobHurt' })
    writeFileSync(join(root, 'store/index.json'), 'not json')
    expect((await store.verifyAll()).indexProblem).toContain('index.json cannot be read')
  })

  it('stops when it is cancelled', async () => {
    await store.putBytes('a', 'x/y')
    await expect(store.verifyAll({ signal: AbortSignal.abort() })).rejects.toThrow()
  })
})

describe('the layout', () => {
  it('is one that an OCI tool accepts, with names that move atomically', async () => {
    const config = await store.putBytes(
      '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
      'application/vnd.oci.image.config.v1+json',
    )
    const put = (annotation: string) =>
      store.putBytes(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          config: { mediaType: config.mediaType, digest: config.digest, size: config.sizeBytes },
          layers: [],
          annotations: { annotation },
        }),
        'application/vnd.oci.image.manifest.v1+json',
      )
    const [old, current] = [await put('old'), await put('current')]
    const platform = { os: 'linux', architecture: 'amd64' }
    await Promise.all([
      store.setReference({ name: 'wine:1', descriptor: old, platform }),
      store.setReference({ name: 'wine:2', descriptor: old }),
      store.setReference({ name: 'wine:1', descriptor: current, platform, annotations: { 'a.b': 'c' } }),
    ])
    await store.removeReference('wine:2')
    expect(await store.references()).toEqual([
      { name: 'wine:1', descriptor: current, platform, annotations: { 'a.b': 'c' } },
    ])
    const shown = execFileSync('skopeo', ['inspect', '--raw', `oci:${store.folder}:wine:1`], { encoding: 'utf8' })
    expect(JSON.parse(shown).annotations).toEqual({ annotation: 'current' })
  })

  it('refuses a folder that holds something else, and a broken index, without touching them', async () => {
    mkdirSync(join(root, 'photos'))
    writeFileSync(join(root, 'photos/cat.jpg'), 'meow')
    await expect(createStore(join(root, 'photos'))).rejects.toMatchObject({ code: 'store/notALayout' })
    expect(readdirSync(join(root, 'photos'))).toEqual(['cat.jpg'])
    writeFileSync(join(root, 'store/index.json'), '{"manifests": 7}')
    await expect(store.setReference({ name: 'x', descriptor: await store.putBytes('x', 'x/y') })).rejects.toMatchObject(
      {
        code: 'store/notALayout',
      },
    )
    expect(readFileSync(join(root, 'store/index.json'), 'utf8')).toBe('{"manifests": 7}')
  })
})

/** A real small disk, since only that is full or read-only for root as well. */
const isRoot = process.getuid?.() === 0
describe.skipIf(!isRoot)('a disk that refuses', () => {
  let disk: string
  let mounted: Mounted
  beforeEach(() => {
    disk = join(root, 'disk')
    mkdirSync(disk)
    mounted = mountMemory(disk, 'size=1m')
  })
  afterEach(() => mounted.unmount())

  it('f05-that is full keeps what was stored, leaves nothing of what was not, and goes on when space returns', async () => {
    const small = await createStore(join(disk, 'store'))
    const kept = await small.putBytes('kept', 'x/y')
    const large = randomBytes(2_000_000)
    const file = join(root, 'large.bin')
    writeFileSync(file, large)
    async function* stream() {
      yield large
    }
    const full = { code: 'store/full' }
    await expect(small.putBytes(large, 'x/y')).rejects.toMatchObject(full)
    await expect(small.putFile(file, 'x/y')).rejects.toMatchObject(full)
    await expect(small.putStream(stream(), 'x/y')).rejects.toMatchObject(full)
    expect(readdirSync(join(disk, 'tmp'))).toEqual([])
    expect(await small.readText(kept.digest)).toBe('kept')
    mounted.remount('size=8m')
    expect((await small.putBytes(large, 'x/y')).digest).toBe(sha(large))
  })

  it('f07-that is read-only is read, and refuses by name to store', async () => {
    const before = await createStore(join(disk, 'store'))
    const { digest } = await before.putBytes('kept', 'x/y')
    mounted.remount('ro')
    const after = await createStore(join(disk, 'store'))
    expect(await after.readText(digest)).toBe('kept')
    const readOnly = { code: 'store/readOnly', details: { cause: 'EROFS' } }
    await expect(after.putBytes('new', 'x/y')).rejects.toMatchObject(readOnly)
    await expect(
      after.setReference({ name: 'x', descriptor: { mediaType: 'x/y', digest, sizeBytes: 4 } }),
    ).rejects.toMatchObject(readOnly)
    await expect(after.makeStaging('step')).rejects.toMatchObject(readOnly)
  })

  it('f08-a blob that may not be read is told apart from a hurt one', async () => {
    const { digest } = await store.putBytes('secret', 'x/y')
    rmSync(store.pathOf(digest))
    mkdirSync(store.pathOf(digest))
    await expect(store.readBytes(digest)).rejects.toMatchObject({ code: 'store/blobUnreadable' })
    expect((await store.verifyAll()).damage).toEqual([expect.objectContaining({ digest, kind: 'unreadable' })])
  })
})

describe('sweeping', () => {
  it('removes at the start what a dead process of ours left, and nothing else', async () => {
    const dead = execFileSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }).trim()
    const leftovers = [`put-${dead}.0badcafe-1234`, `step-${process.pid}.0badcafe-xyz`]
    for (const name of [...leftovers, 'notes.txt', 'put-1.0badcafe-alive']) writeFileSync(join(root, 'tmp', name), '')
    const staging = await store.makeStaging('step')
    await createStore(join(root, 'store'))
    expect(temporaryFiles().sort()).toEqual(['notes.txt', 'put-1.0badcafe-alive', staging.split('/').at(-1)].sort())
  })

  it('b24-moves only unreferenced blobs to the trash, by digest, and empties the trash in a second step', async () => {
    const manifestType = 'application/vnd.oci.image.manifest.v1+json'
    const layer = await store.putBytes('layer', 'application/vnd.oci.image.layer.v1.tar')
    const text = JSON.stringify({ config: { digest: layer.digest }, layers: [{ digest: layer.digest }] })
    const manifest = await store.putBytes(text, manifestType)
    await store.setReference({ name: 'kept', descriptor: manifest })
    const [used, unused] = [await store.putBytes('used', 'x/y'), await store.putBytes('unused', 'x/y')]
    expect(await store.sweepUnreferenced([used.digest], { olderThanMs: 60_000 })).toEqual([])
    const swept = await store.sweepUnreferenced([used.digest], { olderThanMs: 0 })
    expect(swept.map(({ digest }) => digest)).toEqual([unused.digest])
    expect([used, layer, manifest, unused].map(({ digest }) => store.has(digest))).toEqual([true, true, true, false])
    expect(readdirSync(join(root, 'trash'))).toHaveLength(1)
    expect(await store.emptyTrash(60_000)).toEqual({ count: 0, bytes: 0 })
    expect(await store.emptyTrash(0)).toEqual({ count: 1, bytes: 6 })
    expect(existsSync(join(root, 'trash'))).toBe(true)
  })
})
