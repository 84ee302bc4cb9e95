import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'

/** Writes past the cache begin at, and are as long as, a multiple of this: what any disk takes. */
const alignment = 4096
const pageBytes = 64 * 1024
/** So often is what was written by way of the cache handed to the disk, so that little is left to wait for. */
const flushBytes = 96 * 1024 * 1024

/**
 * A new file that is written from the front, piece by piece. Where the system can, the bytes go from the buffer to the
 * disk without a copy in the system's own memory: a third of the processor time, and nothing is pushed out of the cache
 * that others read.
 */
export type PastCache = {
  /** `bytes` must begin a buffer of `alignedBuffer`, and fill it unless they are the last. Several may be under way. */
  write(bytes: Buffer, at: number): Promise<void>
  /** Durable when it resolves, unless the caller syncs the whole disk. */
  finish(sizeBytes: number, mode: number, sync: boolean): Promise<void>
  close(): Promise<void>
}

/** The types of Node know nothing of it as a value. */
declare const WebAssembly: { Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } }

/** Memory that begins with a page of the machine, as writes past the cache need it; only WebAssembly promises that. */
export function alignedBuffer(bytes: number): Buffer {
  return Buffer.from(new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) }).buffer, 0, bytes)
}

/** @throws as open does when `file` stands already */
export async function createPastCache(file: string): Promise<PastCache> {
  const direct = await openDirect(file)
  const handle = direct ?? (await open(file, 'wx', 0o600))
  let unflushed = 0
  let flushing: Promise<void> = Promise.resolve()

  return {
    async write(bytes, at) {
      await writeAt(handle, direct === null ? bytes : padded(bytes), at)
      unflushed += bytes.length
      if (direct !== null || unflushed < flushBytes) return
      unflushed = 0
      await flushing
      flushing = handle.datasync()
      flushing.catch(() => undefined)
    },
    async finish(sizeBytes, mode, sync) {
      await flushing
      await handle.truncate(sizeBytes)
      await handle.chmod(mode)
      if (sync) await handle.sync()
    },
    async close() {
      await Promise.allSettled([flushing])
      await handle.close()
    },
  }
}

/** Null where the system or the disk does not know of it; some disks refuse only when something is written. */
async function openDirect(file: string): Promise<FileHandle | null> {
  if (!constants.O_DIRECT) return null
  let handle: FileHandle | null = null
  try {
    handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DIRECT, 0o600)
    await writeAt(handle, alignedBuffer(alignment), 0)
    return handle
  } catch (error) {
    // Linux leaves the name behind when the disk refuses the flag.
    await handle?.close()
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error
    await rm(file, { force: true })
    return null
  }
}

/** The last piece is written longer than it is; `finish` cuts the file. */
function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % alignment
  if (rest === 0) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length + alignment - rest).fill(0, bytes.length)
}

async function writeAt(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten
  }
}
