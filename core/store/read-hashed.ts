import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats, writeSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { FileStamp, WorkFile, WorkRefusal } from './file-work.ts'

/** Read whole by calls that wait: for a small file a promise costs more than its bytes. */
export const smallBytes = 1024 * 1024
const pieceBytes = 4 * 1024 * 1024
const readAt = promisify(read)
/** So often is what was written handed to the disk, so that little is left to wait for at the end. */
const flushBytes = 96 * 1024 * 1024

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

/**
 * Hashes a large file, and writes the very bytes that it hashed to `target`: the next piece is read and the last one
 * written by other threads meanwhile, so that hashing is what takes the time.
 */
export async function hashPieces(
  fd: number,
  size: number,
  target: FileHandle | null,
  onBytes: (bytes: number) => void,
  onPiece: (piece: Uint8Array) => void = () => undefined,
): Promise<string> {
  const hash = createHash('sha256')
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(Math.min(pieceBytes, Math.max(1, size))))
  let writing: Promise<unknown> = Promise.resolve()
  let flushing: Promise<unknown> = Promise.resolve()
  let unflushed = 0
  let next: Promise<Buffer> | null = null
  try {
    const readPiece = (turn: number, at: number) => {
      const buffer = buffers[turn % buffers.length] as Buffer
      return readAt(fd, buffer, 0, buffer.length, at).then(({ bytesRead }) => buffer.subarray(0, bytesRead))
    }
    let at = 0
    next = readPiece(0, 0)
    for (let turn = 0; ; turn++) {
      const piece = await (next as Promise<Buffer>)
      if (piece.length === 0) break
      // Three buffers: one is read into, one is hashed, one may still be on its way to the disk.
      await writing
      next = readPiece(turn + 1, at + piece.length)
      next.catch(() => undefined)
      if (target !== null) {
        const place = at
        writing = writeAt(target, piece, place)
        writing.catch(() => undefined)
        unflushed += piece.length
        if (unflushed >= flushBytes) {
          unflushed = 0
          await flushing
          flushing = target.datasync()
          flushing.catch(() => undefined)
        }
      }
      hash.update(piece)
      onPiece(piece)
      at += piece.length
      onBytes(piece.length)
    }
    await writing
    await flushing
    if (at !== size) throw new WorkRefused({ reason: 'changing' })
    return hash.digest('hex')
  } finally {
    // The descriptor and the buffers are the caller's again: nothing may be under way in them.
    await Promise.allSettled([next, writing, flushing])
  }
}

async function writeAt(target: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await target.write(bytes, written, bytes.length - written, at + written)
    written += bytesWritten
  }
}
