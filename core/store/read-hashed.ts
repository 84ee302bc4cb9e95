import { createHash, type Hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { FileStamp, WorkFile, WorkRefusal } from './file-work.ts'
import { alignedBuffer, type PastCache } from './write-past-cache.ts'

/** Read whole by calls that wait: for a small file a promise costs more than its bytes. */
export const smallBytes = 1024 * 1024
/** Of this thread: what was read is used before anything else is. */
export const smallBuffer = Buffer.allocUnsafeSlow(smallBytes)
const pieceBytes = 4 * 1024 * 1024
const readAt = promisify(read)

export class WorkRefused extends Error {
  readonly refusal: WorkRefusal
  constructor(refusal: WorkRefusal) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

/** Opens what the name leads to now, without following a last link, waiting for a pipe or taking a device. */
export function openSource({ file, dev, ino }: WorkFile): { readonly fd: number; readonly status: Stats } {
  let fd: number
  try {
    fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw explainSource(error)
  }
  try {
    const status = fstatSync(fd)
    if (!status.isFile()) throw new WorkRefused({ reason: 'notAFile', what: nameKind(status) })
    if (dev !== undefined && (status.dev !== dev || status.ino !== ino)) throw new WorkRefused({ reason: 'changing' })
    return { fd, status }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

export function nameKind(status: Stats): string {
  if (status.isSymbolicLink()) return 'a symbolic link'
  if (status.isDirectory()) return 'a folder'
  return status.isFIFO() ? 'a named pipe' : 'a device or a socket'
}

export function explainSource(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (error instanceof WorkRefused || code === undefined) return error
  if (code === 'ELOOP') return new WorkRefused({ reason: 'notAFile', what: 'a symbolic link' })
  if (code === 'ENOENT') return new WorkRefused({ reason: 'notAFile', what: 'not there' })
  if (code === 'ENXIO') return new WorkRefused({ reason: 'notAFile', what: 'a socket or a pipe' })
  return new WorkRefused({ reason: 'disk', code, where: 'source' })
}

export function stampOf(status: Stats): FileStamp {
  const { dev, ino, size, mtimeMs, ctimeMs } = status
  return { dev, ino, sizeBytes: size, mtimeMs, ctimeMs }
}

/** What was read is one state of the file only if nothing was written meanwhile. */
export function refuseChanged(fd: number, before: Stats): void {
  const after = fstatSync(fd)
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw new WorkRefused({ reason: 'changing' })
}

export function readWhole(fd: number, size: number, into: Buffer): Buffer {
  // Files that the system makes up as they are read say that they are empty.
  if (size === 0 && readSync(fd, into, 0, 1, 0) > 0) {
    throw new WorkRefused({ reason: 'notAFile', what: 'a file of the system without a size' })
  }
  let length = 0
  while (length < size) {
    const read = readSync(fd, into, length, size - length, length)
    if (read === 0) break
    length += read
  }
  if (length !== size) throw new WorkRefused({ reason: 'changing' })
  return into.subarray(0, length)
}

export function writeWholly(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written, bytes.length - written)
}

/** Kept by the thread: it works on one file at a time, and new memory costs as much as hashing what it holds. */
let kept: readonly Buffer[] | null = null

/** Four large buffers, each beginning a page of memory; to be given back. */
export function takePieces(): readonly Buffer[] {
  const pieces = kept ?? Array.from({ length: 4 }, () => alignedBuffer(pieceBytes))
  kept = null
  return pieces
}

export function givePieces(pieces: readonly Buffer[]): void {
  kept = pieces
}

/**
 * Hashes a large file, and writes the very bytes that it hashed to `target`: the next piece is read and the last two
 * written by other threads meanwhile, so that hashing is what takes the time.
 */
export async function hashPieces(
  fd: number,
  size: number,
  target: PastCache | null,
  onBytes: (bytes: number) => void,
  update: (hash: Hash, piece: Uint8Array) => void = (hash, piece) => void hash.update(piece),
): Promise<string> {
  const hash = createHash('sha256')
  const buffers = takePieces()
  const writing: Promise<unknown>[] = []
  let next: Promise<Buffer> | null = null
  try {
    let at = 0
    next = readPiece(fd, buffers[0] as Buffer, 0)
    for (let turn = 0; ; turn++) {
      const piece = await next
      if (piece.length === 0) break
      // One is read into, one is hashed, two may still be on their way to the disk.
      if (writing.length === 2) await writing.shift()
      next = readPiece(fd, buffers[(turn + 1) % buffers.length] as Buffer, at + piece.length)
      next.catch(() => undefined)
      if (target !== null) {
        const write = target.write(piece, at)
        write.catch(() => undefined)
        writing.push(write)
      }
      update(hash, piece)
      at += piece.length
      onBytes(piece.length)
    }
    await Promise.all(writing)
    if (at !== size) throw new WorkRefused({ reason: 'changing' })
    return hash.digest('hex')
  } finally {
    // The descriptor is the caller's again, and the buffers the next file's: nothing may be under way in them.
    await Promise.allSettled([next, ...writing])
    givePieces(buffers)
  }
}

/** Fills the buffer unless the file ends. */
async function readPiece(fd: number, buffer: Buffer, at: number): Promise<Buffer> {
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await readAt(fd, buffer, length, buffer.length - length, at + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}
