import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { constants, copyFile, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { BlobFolder } from './blob-folder.ts'
import { type ChunkedFiles, toPieces } from './chunked-files.ts'
import { createFilePool, type FilePool } from './file-pool.ts'
import type { Refusal, Staging, Taken } from './file-work.ts'
import { growFile } from './grow-file.ts'
import { fewestPacked, keepPacked, mostPackedBytes } from './keep-packed.ts'
import type { FileCall, FileToKeep, HashedFile, KeptFile, KeptFiles } from './kept-files.ts'
import type { PackedFiles } from './packed-files.ts'
import { makeFolder } from './publish.ts'
import { toReadFailure } from './read-failure.ts'
import { smallBytes } from './read-hashed.ts'
import { manyFiles, syncAll } from './sync-disk.ts'
import { temporaryName, temporaryPrefix } from './temporary-names.ts'

const pieceBytes = 1024 * 1024
/** Below this a file is stored anew whatever it shares with another. */
const leastToChunk = 256 * 1024

/** `pool`: the threads are shared by everything in this process that reads files. */
export function createKeptFiles(
  { folder: blobsFolder, ...blobs }: BlobFolder,
  chunked: ChunkedFiles,
  packed: PackedFiles,
  temporary: string,
  pool: FilePool = sharedPool(),
): KeptFiles {
  const wholes = new Map<Digest, Promise<string>>()
  /** The answer to the last question about many, good for the same list while the same blobs and packs are there. */
  let lastHeld: {
    readonly digests: readonly Digest[]
    readonly listed: readonly string[]
    readonly packs: readonly string[]
    readonly changes: number
    readonly held: ReadonlySet<Digest>
  } | null = null

  async function hash(files: readonly FileToKeep[], call: FileCall = {}): Promise<readonly HashedFile[]> {
    const results = await pool.take(files, null, call)
    return results.map((result, index) => {
      const { hex, stamp } = accept(result, files[index] as FileToKeep)
      return { digest: parseDigest(`sha256:${hex}`), sizeBytes: stamp.sizeBytes, stamp }
    })
  }

  async function keep(
    files: readonly FileToKeep[],
    call: FileCall & { readonly link?: boolean | undefined } = {},
  ): Promise<readonly KeptFile[]> {
    await makeFolder(temporary)
    const folder = await mkdtemp(join(temporary, temporaryPrefix('put')))
    const once = files.length >= manyFiles
    const staging: Staging = { folder, blobs: blobsFolder, link: call.link ?? false, sync: !once }
    try {
      const kept = new Map<FileToKeep, KeptFile>()
      const plain: FileToKeep[] = []
      for (const file of files) {
        const grown = canGrow(file, staging) ? await grow(file, staging, call) : null
        if (grown === null) plain.push(file)
        else kept.set(file, grown)
      }
      const small = staging.link ? [] : plain.filter(({ sizeBytes }) => sizeBytes <= mostPackedBytes)
      const together = new Set(small.length < fewestPacked ? [] : small)
      if (together.size > 0) {
        const use = { pool, blobs, packed, accept, call }
        const results = await keepPacked(small, staging, use)
        for (const [index, file] of small.entries()) kept.set(file, results[index] as KeptFile)
      }
      const single = plain.filter((file) => !together.has(file))
      const taken = await pool.take(single, staging, call)
      const done = []
      for (const [index, file] of single.entries()) {
        const one = accept(taken[index] as Taken | Refusal, file)
        done.push({ file, taken: one.how === 'copy' && (await isPacked(one)) ? inPack(one) : one })
      }
      await publish(
        done.map((one) => one.taken),
        folder,
        once,
      )
      for (const { file, taken } of done) kept.set(file, toKept(taken))
      return files.map((file) => kept.get(file) as KeptFile)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Whether its bytes lie in a pack, and are right there: a hurt pack is no reason to store nothing. */
  async function isPacked({ hex }: Taken): Promise<boolean> {
    const digest = parseDigest(`sha256:${hex}`)
    if (!packed.has(digest)) return false
    return packed.read(digest).then(
      () => true,
      () => false,
    )
  }

  function canGrow({ grewFrom, sizeBytes }: FileToKeep, staging: Staging): boolean {
    return !staging.link && sizeBytes >= leastToChunk && grewFrom != null && isGrowable(grewFrom)
  }

  const isGrowable = (digest: Digest) => blobs.sizeOf(digest) !== null || chunked.has(digest)

  /** Null when too little of it is known: then it is kept whole. */
  async function grow(file: FileToKeep, staging: Staging, call: FileCall): Promise<KeptFile | null> {
    const { grewFrom } = file
    if (grewFrom == null) return null
    const sizeBytes = blobs.sizeOf(grewFrom)
    const older = sizeBytes === null ? await chunked.read(grewFrom) : { digest: grewFrom, sizeBytes }
    if (older === null) return null
    const { signal } = call
    const grown = await growFile(file, older, {
      take: async (work, chunking, pieces) => accept(await pool.chunk(work, chunking, pieces, call), file),
      async cut(part, chunking) {
        const cut = await pool.cut(part, chunking, { signal })
        return 'refused' in cut ? [] : cut.chunks
      },
      pack: async (ranges) => accept(await pool.pack(file, ranges, staging, { signal }), file),
      has,
      pathOf: blobs.pathOf,
    })
    if (grown === null) return null
    if (grown.chunkedFile === null) {
      return {
        digest: grown.digest,
        sizeBytes: grown.stamp.sizeBytes,
        stamp: grown.stamp,
        how: 'present',
        storedBytes: 0,
      }
    }
    if (grown.packed !== null) {
      const { staged, hex, sizeBytes } = grown.packed
      await blobs.placeAll([{ unfinished: staged, digest: parseDigest(`sha256:${hex}`), sizeBytes }])
    }
    const listBytes = await chunked.write(grown.chunkedFile)
    const storedBytes = (grown.packed?.sizeBytes ?? 0) + listBytes
    return { digest: grown.digest, sizeBytes: grown.stamp.sizeBytes, stamp: grown.stamp, how: 'chunks', storedBytes }
  }

  async function publish(taken: readonly Taken[], folder: string, once: boolean): Promise<void> {
    const staged = new Map(taken.flatMap((one) => (one.staged === null ? [] : [[one.hex, one] as const])))
    if (once && staged.size > 0)
      await syncAll(
        folder,
        [...staged.values()].map((one) => one.staged as string),
      )
    await blobs.placeAll(
      [...staged.values()].map(({ hex, staged: unfinished, stamp }) => ({
        unfinished: unfinished as string,
        digest: parseDigest(`sha256:${hex}`),
        sizeBytes: stamp.sizeBytes,
      })),
    )
    // What was there already may have been put there by somebody who has not synced its name yet.
    const present = taken.filter(({ how }) => how === 'present')
    for (const { hex, stamp } of present) {
      await blobs.isStored({ digest: parseDigest(`sha256:${hex}`), sizeBytes: stamp.sizeBytes })
    }
  }

  const has = (digest: Digest) => blobs.sizeOf(digest) !== null || packed.has(digest) || chunked.has(digest)

  function heldAmong(digests: readonly Digest[]): ReadonlySet<Digest> {
    if (digests.length < manyFiles) return new Set(digests.filter(has))
    const listed = blobs.names()
    const packs = packed.folder.names()
    const changes = packed.changes()
    const isAsBefore = lastHeld?.changes === changes && isSameList(lastHeld.packs, packs)
    if (lastHeld?.digests === digests && isAsBefore && isSameList(lastHeld.listed, listed)) return lastHeld.held
    const names = new Set(listed)
    const isPacked = packed.isAmong(names)
    const held = new Set(digests.filter((digest) => isPacked(digest) || names.has(digestHex(digest))))
    const others = digests.filter((digest) => !held.has(digest))
    if (others.length === 0) lastHeld = { digests, listed, packs, changes, held }
    for (const digest of others) if (chunked.has(digest)) held.add(digest)
    return held
  }

  async function* readChunked(digest: Digest): AsyncGenerator<Buffer> {
    const file = await chunked.read(digest)
    if (file === null) throw fail('store/blobMissing', { digest })
    const whole = createHash('sha256')
    try {
      for (const { blob, offset, length } of toPieces(file.chunks)) {
        const end = offset + length - 1
        for await (const part of createReadStream(blobs.pathOf(blob), {
          start: offset,
          end,
          highWaterMark: pieceBytes,
        })) {
          whole.update(part as Buffer)
          yield part as Buffer
        }
      }
    } catch (error) {
      throw toReadFailure(error, digest)
    }
    const found = parseDigest(`sha256:${whole.digest('hex')}`)
    if (found !== digest) throw fail('store/blobHurt', { digest, found })
  }

  async function* readPacked(digest: Digest): AsyncGenerator<Buffer> {
    yield await packed.read(digest)
  }

  async function* read(digest: Digest): AsyncGenerator<Buffer> {
    if (!has(digest)) await blobs.takeBack(digest)
    if (blobs.sizeOf(digest) !== null) yield* blobs.readVerified(digest)
    else if (packed.has(digest)) yield* readPacked(digest)
    else yield* chunked.has(digest) ? readChunked(digest) : blobs.readVerified(digest)
  }

  async function copyTo(digest: Digest, file: string): Promise<void> {
    const size = blobs.sizeOf(digest)
    if (size === null || size <= smallBytes) {
      const target = await open(file, 'wx', 0o644)
      try {
        for await (const part of read(digest)) await target.writeFile(part)
      } catch (error) {
        await rm(file, { force: true })
        throw error
      } finally {
        await target.close()
      }
      return
    }
    try {
      await copyFile(blobs.pathOf(digest), file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      const [copied] = await hash([{ file, sizeBytes: size }])
      if (copied?.digest !== digest) throw fail('store/blobHurt', { digest, found: copied?.digest ?? 'nothing' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(file, { force: true })
      throw error
    }
  }

  return {
    has,
    heldAmong,
    async partsOf(digest) {
      if (blobs.sizeOf(digest) !== null) return []
      return packed.has(digest) ? packed.partsOf(digest) : chunked.partsOf(digest)
    },
    sizeOf: (digest) => blobs.sizeOf(digest) ?? packed.sizeOf(digest) ?? chunked.sizeOf(digest),
    hash,
    keep,
    openStream: (digest) => Readable.from(read(digest), { objectMode: false }),
    copyTo,
    async fileOf(digest) {
      if (blobs.sizeOf(digest) !== null || !has(digest)) return blobs.pathOf(digest)
      const file = join(temporary, temporaryName('whole'))
      const making = wholes.get(digest) ?? copyTo(digest, file).then(() => file)
      wholes.set(digest, making)
      making.catch(() => wholes.delete(digest))
      return making
    },
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index])
}

let pool: FilePool | null = null
function sharedPool(): FilePool {
  pool ??= createFilePool()
  return pool
}

/** What was staged of it goes with the staging folder. */
function inPack(taken: Taken): Taken {
  return { ...taken, staged: null, how: 'hashed' }
}

function toKept({ hex, stamp, how }: Taken): KeptFile {
  const isNew = how === 'copy' || how === 'link' || how === 'reflink'
  return {
    digest: parseDigest(`sha256:${hex}`),
    sizeBytes: stamp.sizeBytes,
    stamp,
    how: how === 'hashed' ? 'present' : how,
    storedBytes: isNew ? stamp.sizeBytes : 0,
  }
}

/** What a thread refused, as the failure that a person reads. */
function accept<Result extends object>(result: Result | Refusal, { file }: FileToKeep): Result {
  if (!('refused' in result)) return result
  const { refused } = result
  switch (refused.reason) {
    case 'notAFile':
      throw fail('store/notAFile', { file, what: refused.what })
    case 'changing':
      throw fail('store/fileChanging', { file })
    case 'stopped':
      throw fail('execution/canceled', { what: `Reading ${file}` })
    case 'disk':
      if (refused.where === 'source') throw fail('store/fileUnreadable', { file, cause: refused.code })
      throw Object.assign(new Error(`storing ${file} failed: ${refused.code}`), { code: refused.code })
  }
}
