import { hash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  rmSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { Staging, Taken, WorkFile } from './file-work.ts'
import {
  hashPieces,
  openSource,
  readWhole,
  refuseChanged,
  smallBuffer,
  smallBytes,
  stampOf,
  WorkRefused,
  writeWholly,
} from './read-hashed.ts'
import { createPastCache } from './write-past-cache.ts'

export const blobMode = 0o444
/** Disks (by device) that cannot share blocks between files: asked once. */
const withoutReflink = new Set<number>()
let staged = 0

/** Hashes a file; with `staging` it leaves a copy there whose bytes are those that were hashed. */
export async function takeFile(
  wanted: WorkFile,
  staging: Staging | null,
  onBytes: (bytes: number) => void,
): Promise<Taken> {
  const { fd, status: found } = openSource(wanted)
  try {
    const status = staging?.link ? makeReadOnly(fd, found) : found
    if (staging === null) {
      const hex = await hashOpen(fd, status, onBytes)
      refuseChanged(fd, status)
      return { hex, stamp: stampOf(status), staged: null, how: 'hashed' }
    }
    if (staging.link) {
      const linked = await stageLink(fd, status, wanted.file, staging, onBytes)
      if (linked) return linked
    }
    const done =
      status.size <= smallBytes
        ? stageSmall(fd, status, staging)
        : ((await stageReflink(status, wanted.file, staging, onBytes)) ??
          (await stageCopy(fd, status, staging, onBytes)))
    refuseChanged(fd, status)
    if (status.size <= smallBytes) onBytes(status.size)
    return done
  } finally {
    closeSync(fd)
  }
}

async function hashOpen(fd: number, status: Stats, onBytes: (bytes: number) => void): Promise<string> {
  if (status.size > smallBytes) return hashPieces(fd, status.size, null, onBytes)
  onBytes(status.size)
  return hash('sha256', readWhole(fd, status.size, smallBuffer), 'hex')
}

function stageSmall(fd: number, status: Stats, staging: Staging): Taken {
  const bytes = readWhole(fd, status.size, smallBuffer)
  const hex = hash('sha256', bytes, 'hex')
  const stamp = stampOf(status)
  if (isPresent(staging, hex, status.size)) return { hex, stamp, staged: null, how: 'present' }
  const file = stagedName(staging)
  writing(() => {
    const target = openSync(file, 'wx', blobMode)
    try {
      writeWholly(target, bytes)
      if (staging.sync) fsyncSync(target)
    } finally {
      closeSync(target)
    }
  }, file)
  return { hex, stamp, staged: file, how: 'copy' }
}

/** A clone shares the blocks until one of the two is written: it costs nothing and cannot be hurt through the file. */
async function stageReflink(
  status: Stats,
  source: string,
  staging: Staging,
  onBytes: (bytes: number) => void,
): Promise<Taken | null> {
  if (withoutReflink.has(status.dev)) return null
  const file = stagedName(staging)
  try {
    copyFileSync(source, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
  } catch {
    rmSync(file, { force: true })
    withoutReflink.add(status.dev)
    return null
  }
  const clone = openSync(file, 'r')
  try {
    return await finishWhole(file, clone, status, staging, 'reflink', onBytes)
  } finally {
    closeSync(clone)
  }
}

async function stageCopy(
  fd: number,
  status: Stats,
  staging: Staging,
  onBytes: (bytes: number) => void,
): Promise<Taken> {
  const file = stagedName(staging)
  try {
    const target = await createPastCache(file)
    try {
      const hex = await hashPieces(fd, status.size, target, onBytes)
      const stamp = stampOf(status)
      if (isPresent(staging, hex, status.size)) {
        rmSync(file, { force: true })
        return { hex, stamp, staged: null, how: 'present' }
      }
      await target.finish(status.size, blobMode, true)
      return { hex, stamp, staged: file, how: 'copy' }
    } finally {
      await target.close()
    }
  } catch (error) {
    rmSync(file, { force: true })
    throw explainStore(error)
  }
}

/** The name in the store is a second name of the user's own file, which nobody may write any more. */
async function stageLink(
  fd: number,
  status: Stats,
  source: string,
  staging: Staging,
  onBytes: (bytes: number) => void,
): Promise<Taken | null> {
  if ((status.mode & 0o222) !== 0) return null
  const file = stagedName(staging)
  try {
    linkSync(source, file)
  } catch (error) {
    // Another disk, or one that knows no links: a copy does as well.
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw explainStore(error)
  }
  if (lstatSync(file).ino !== status.ino) {
    rmSync(file, { force: true })
    throw new WorkRefused({ reason: 'changing' })
  }
  return finishWhole(file, fd, status, staging, 'link', onBytes)
}

async function finishWhole(
  file: string,
  fd: number,
  status: Stats,
  staging: Staging,
  how: 'reflink' | 'link',
  onBytes: (bytes: number) => void,
): Promise<Taken> {
  try {
    const hex = await hashOpen(fd, status, onBytes)
    if (how === 'link') refuseChanged(fd, status)
    // Linking itself changes the time of the last change: the stamp to remember is the one after it.
    const stamp = stampOf(how === 'link' ? fstatSync(fd) : status)
    if (isPresent(staging, hex, status.size)) {
      rmSync(file, { force: true })
      return { hex, stamp, staged: null, how: 'present' }
    }
    if (how === 'reflink') chmodSync(file, blobMode)
    syncFile(file, staging)
    return { hex, stamp, staged: file, how }
  } catch (error) {
    rmSync(file, { force: true })
    throw explainStore(error)
  }
}

function syncFile(file: string, staging: Staging): void {
  if (!staging.sync) return
  const fd = openSync(file, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** @returns the file as it is then; as it was where it is somebody else's: that is copied instead */
function makeReadOnly(fd: number, status: Stats): Stats {
  if ((status.mode & 0o222) === 0) return status
  try {
    fchmodSync(fd, status.mode & 0o555)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EPERM' && code !== 'EROFS' && code !== 'EACCES') throw error
    return status
  }
  return fstatSync(fd)
}

function isPresent(staging: Staging, hex: string, size: number): boolean {
  const place = join(staging.blobs, hex)
  return existsSync(place) && lstatSync(place).size === size
}

export function stagedName(staging: Staging): string {
  return join(staging.folder, `${threadId}-${staged++}`)
}

function writing(work: () => void, file: string): void {
  try {
    work()
  } catch (error) {
    rmSync(file, { force: true })
    throw explainStore(error)
  }
}

export function explainStore(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (error instanceof WorkRefused || code === undefined) return error
  return new WorkRefused({ reason: 'disk', code, where: 'store' })
}
