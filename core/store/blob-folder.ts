import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { constants, type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import { digestOf, hashFile } from './hash-file.ts'
import { putInPlace, sealFile, syncFolder, writeWhole } from './publish.ts'
import { toReadFailure } from './read-failure.ts'
import { temporaryName } from './temporary-names.ts'

const blobMode = 0o444
const chunkBytes = 1024 * 1024
/** What was put is remembered for a sweep; beyond so many, what was put longer ago than a day is forgotten. */
const mostPutsNoted = 200_000
const longestNotedMs = 86_400_000

export type ExpectedBytes = { readonly digest?: Digest | undefined; readonly sizeBytes?: number | undefined }
type Placed = { readonly digest: Digest; readonly sizeBytes: number }

export type BlobFolder = ReturnType<typeof createBlobFolder>

/**
 * `blobs/sha256` of a layout: bytes go in whole and synced, and come out re-hashed.
 * @param restore looks for what is asked for and not there where deleted things lie
 */
export function createBlobFolder(
  folder: string,
  temporary: string,
  restore: (digest: Digest) => Promise<unknown> = async () => undefined,
) {
  /** In place by name, perhaps not yet by the directory's own sync. */
  const settling = new Set<Digest>()
  /** Found wrong when read, or not known to be durable: the next put of the same bytes replaces them. */
  const suspects = new Set<Digest>()
  /** Found right, as the file was then: a part may be read without hashing the whole again. */
  const sound = new Map<Digest, string>()
  /** When this process was last told that bytes are stored, by its own clock. */
  const puts = new Map<Digest, number>()
  let mostPuts = mostPutsNoted

  const pathOf = (digest: Digest) => join(folder, digestHex(digest))
  const unfinishedFile = () => join(temporary, temporaryName('put'))

  function sizeOf(digest: Digest): number | null {
    const status = statSync(pathOf(digest), { throwIfNoEntry: false })
    return status?.isFile() ? status.size : null
  }

  /** Of everything that stands there. */
  const names = (): readonly string[] => (existsSync(folder) ? readdirSync(folder) : [])

  /** True when equal bytes stand there, durably. */
  async function isStored({ digest, sizeBytes }: Placed): Promise<boolean> {
    if (sizeOf(digest) !== sizeBytes || suspects.has(digest)) return false
    if (settling.has(digest)) await syncFolder(folder)
    notePut(digest)
    return !suspects.has(digest)
  }

  function notePut(digest: Digest): void {
    const now = performance.now()
    if (puts.size >= mostPuts) {
      for (const [one, at] of puts) if (now - at > longestNotedMs) puts.delete(one)
      mostPuts = Math.max(mostPutsNoted, 2 * puts.size)
    }
    puts.set(digest, now)
  }

  /** Nothing is thrown here: who reads then finds nothing, and says so. */
  async function takeBack(digest: Digest): Promise<void> {
    await restore(digest).catch(() => undefined)
  }

  async function place(unfinished: string, placed: Placed): Promise<Placed> {
    if (await isStored(placed)) {
      await rm(unfinished)
      return placed
    }
    settling.add(placed.digest)
    try {
      await putInPlace(unfinished, pathOf(placed.digest))
      notePut(placed.digest)
      suspects.delete(placed.digest)
    } catch (error) {
      // Perhaps named, and not durably: a later sync that succeeds proves nothing, so the bytes are put anew.
      suspects.add(placed.digest)
      throw error
    } finally {
      settling.delete(placed.digest)
    }
    return placed
  }

  /** Many at once: each is renamed, and one sync of the folder makes all the names durable. They are synced themselves. */
  async function placeAll(files: readonly (Placed & { readonly unfinished: string })[]): Promise<void> {
    for (const { digest } of files) settling.add(digest)
    try {
      for (const { unfinished, digest } of files) {
        renameSync(unfinished, pathOf(digest))
        notePut(digest)
        suspects.delete(digest)
      }
      if (files.length > 0) await syncFolder(folder)
    } catch (error) {
      for (const { digest } of files) suspects.add(digest)
      throw error
    } finally {
      for (const { digest } of files) settling.delete(digest)
    }
  }

  async function putBytes(content: Uint8Array): Promise<Placed> {
    const placed = { digest: digestOf(content), sizeBytes: content.byteLength }
    if (await isStored(placed)) return placed
    const unfinished = unfinishedFile()
    await writeWhole(unfinished, blobMode, (handle) => handle.writeFile(content))
    return place(unfinished, placed)
  }

  async function putStream(stream: AsyncIterable<Uint8Array>, expected: ExpectedBytes): Promise<Placed> {
    const unfinished = unfinishedFile()
    const placed = await writeWhole(unfinished, blobMode, async (handle) => {
      const hash = createHash('sha256')
      let sizeBytes = 0
      for await (const chunk of stream) {
        hash.update(chunk)
        sizeBytes += chunk.byteLength
        refuseOtherSize(expected, sizeBytes, 'growing')
        await handle.writeFile(chunk)
      }
      const digest = parseDigest(`sha256:${hash.digest('hex')}`)
      refuseOtherSize(expected, sizeBytes, 'whole')
      if (expected.digest !== undefined && digest !== expected.digest) {
        throw fail('store/digestMismatch', { expected: expected.digest, found: digest })
      }
      return { digest, sizeBytes }
    })
    return place(unfinished, placed)
  }

  /** A file that nobody else can reach is renamed into place; any other is copied while it is hashed. */
  async function putFile(file: string, move: boolean): Promise<Placed> {
    const handle = await openRegular(file)
    try {
      if (move && (await handle.stat()).nlink === 1) {
        await sealFile(file, blobMode)
        const placed = await hashFile(file)
        try {
          return await place(file, placed)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
        }
      }
      const placed = await putStream(handle.createReadStream({ highWaterMark: chunkBytes, autoClose: false }), {})
      if (move) await rm(file)
      return placed
    } finally {
      await handle.close()
    }
  }

  async function readBytes(digest: Digest): Promise<Buffer> {
    if (sizeOf(digest) === null) await takeBack(digest)
    try {
      const bytes = await readFile(pathOf(digest))
      refuseHurt(digest, digestOf(bytes))
      return bytes
    } catch (error) {
      throw toReadFailure(error, digest)
    }
  }

  /** The first part that is read of a file pays for hashing it whole. */
  async function readRange(digest: Digest, offset: number, length: number): Promise<Buffer> {
    if (sizeOf(digest) === null) await takeBack(digest)
    try {
      const handle = await open(pathOf(digest), 'r')
      try {
        const status = await handle.stat({ bigint: true })
        const state = `${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs}`
        if (sound.get(digest) !== state) {
          refuseHurt(digest, (await hashFile(pathOf(digest))).digest)
          sound.set(digest, state)
        }
        const part = Buffer.alloc(Math.min(length, Math.max(0, Number(status.size) - offset)))
        const { bytesRead } = await handle.read(part, 0, part.length, offset)
        return part.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw toReadFailure(error, digest)
    }
  }

  async function* readVerified(digest: Digest): AsyncGenerator<Buffer> {
    if (sizeOf(digest) === null) await takeBack(digest)
    const hash = createHash('sha256')
    try {
      for await (const chunk of createReadStream(pathOf(digest), { highWaterMark: chunkBytes })) {
        hash.update(chunk as Buffer)
        yield chunk as Buffer
      }
      refuseHurt(digest, parseDigest(`sha256:${hash.digest('hex')}`))
    } catch (error) {
      throw toReadFailure(error, digest)
    }
  }

  function refuseHurt(digest: Digest, found: Digest): void {
    if (found === digest) return
    suspects.add(digest)
    throw fail('store/blobHurt', { digest, found })
  }

  return {
    folder,
    pathOf,
    sizeOf,
    names,
    isStored,
    /** So that a sweep spares it for a while. */
    notePut,
    wasPutWithin: (digest: Digest, withinMs: number) =>
      performance.now() - (puts.get(digest) ?? Number.NEGATIVE_INFINITY) < withinMs,
    takeBack,
    placeAll,
    putBytes,
    putStream,
    putFile,
    readBytes,
    readRange,
    readVerified,
  }
}

function refuseOtherSize(expected: ExpectedBytes, sizeBytes: number, state: 'growing' | 'whole'): void {
  if (expected.sizeBytes === undefined) return
  if (sizeBytes > expected.sizeBytes || (state === 'whole' && sizeBytes < expected.sizeBytes)) {
    const found = state === 'growing' ? `more than ${expected.sizeBytes} bytes` : `${sizeBytes} bytes`
    throw fail('store/digestMismatch', { expected: `${expected.sizeBytes} bytes`, found })
  }
}

/** Looks at what was opened, not at what the name said before: a link or a pipe swapped in meanwhile is refused. */
async function openRegular(file: string): Promise<FileHandle> {
  const refuse = (what: string, cause?: unknown) => fail('store/notAFile', { file, what }, { cause })
  let handle: FileHandle
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ELOOP') throw refuse('a symbolic link', error)
    if (code === 'ENOENT') throw refuse('not there', error)
    if (code === 'ENXIO') throw refuse('a socket or a pipe', error)
    throw error
  }
  const status = await handle.stat()
  if (status.isFile()) return handle
  await handle.close()
  throw refuse(status.isDirectory() ? 'a folder' : status.isFIFO() ? 'a named pipe' : 'a device or a socket')
}
