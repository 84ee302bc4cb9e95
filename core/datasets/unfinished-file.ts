import { existsSync, mkdirSync, statfsSync } from 'node:fs'
import { chmod, constants, copyFile, type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail, isFailure } from '../domain/failure.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'
import { locateProjectFile, parseProjectPath } from '../project/project-paths.ts'
import { syncFolder } from '../store/publish.ts'

/** A file on its way into the project: beside its place, under a hidden name, until it is whole. */
export type UnfinishedFile = {
  /** Path in the project. */
  readonly to: string
  readonly sizeBytes: number
  /** How many bytes are there. */
  readonly written: () => number
  write(bytes: Uint8Array): Promise<void>
  /** Gives it its name, in no other file's place. @throws data/outExists, data/outUnwritable, project/diskFull */
  finish(): Promise<void>
  /** Leaves nothing of it. Does nothing once it has ended. */
  drop(): Promise<void>
}

/**
 * @param folder the project's real path
 * @param from a file whose blocks it may share where the disk can, so that nothing is left to write
 * @throws project/pathRefused, data/outExists, project/diskFull, data/outUnwritable
 */
export async function openUnfinishedFile(
  folder: string,
  to: string,
  sizeBytes: number,
  from: string | null = null,
): Promise<UnfinishedFile> {
  refuseOwnRecords(to)
  const target = locateProjectFile(folder, to)
  if (existsSync(target)) throw fail('data/outExists', { file: to })
  const file = hiddenBeside(target)
  let handle: FileHandle
  let written = 0
  try {
    mkdirSync(dirname(target), { recursive: true })
    // Asked again, now that the folders are there: one of them may have been made a link meanwhile.
    locateProjectFile(folder, to)
    assertRoom(dirname(target), sizeBytes, to)
    await rm(file, { force: true })
    const isShared = from !== null && (await shareBlocks(from, file))
    handle = await open(file, isShared ? 'r+' : 'wx', 0o644)
    if (isShared) written = (await handle.stat()).size
  } catch (error) {
    throw explainWrite(error, to)
  }
  let hasEnded = false
  const drop = async () => {
    if (hasEnded) return
    hasEnded = true
    await handle.close().catch(() => undefined)
    await rm(file, { force: true })
  }
  return {
    to,
    sizeBytes,
    written: () => written,
    async write(bytes) {
      try {
        await writeAll(handle, bytes, written)
        written += bytes.length
      } catch (error) {
        throw explainWrite(error, to)
      }
    },
    async finish() {
      try {
        await handle.sync()
        await publish(file, target, to)
        await syncFolder(dirname(target))
      } catch (error) {
        throw explainWrite(error, to)
      } finally {
        await drop()
      }
    },
    drop,
  }
}

/** @throws project/pathRefused */
export function refuseOwnRecords(to: string): void {
  if (parseProjectPath(to)[0] === '.slipway')
    throw fail('project/pathRefused', { path: to, reason: 'Slipway keeps its own records there' })
}

/** Where something lies until it is whole: beside its place, so that it only has to be given its name. */
export function hiddenBeside(target: string): string {
  return join(dirname(target), `.${basename(target).slice(0, 60)}.slipway-unfinished`)
}

/** @throws project/diskFull */
export function assertRoom(folder: string, sizeBytes: number, to: string): void {
  const disk = statfsSync(folder)
  if (sizeBytes > disk.bavail * disk.bsize) throw fail('project/diskFull', { path: to })
}

export async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/** A clone costs nothing: both files share their blocks until one of them is written. False leaves no file. */
export async function shareBlocks(from: string, file: string): Promise<boolean> {
  try {
    await copyFile(from, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
  } catch {
    await rm(file, { force: true })
    return false
  }
  await chmod(file, 0o644)
  return true
}

/** A second name is never given in the place of another file; some disks know no second names. */
async function publish(file: string, target: string, to: string): Promise<void> {
  try {
    await link(file, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (existsSync(target)) throw fail('data/outExists', { file: to })
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(code))) throw error
    await rename(file, target)
  }
}

export function explainWrite(error: unknown, path: string): unknown {
  if (isFailure(error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (isOutOfSpace(error)) return fail('project/diskFull', { path })
  return fail('data/outUnwritable', { file: path, cause: code ?? String(error) })
}
