import { existsSync, lstatSync, mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { constants, copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { DatasetFile } from '../domain/dataset.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { FileCall } from '../store/kept-files.ts'
import type { Store } from '../store/store.ts'

export type Restored = {
  readonly written: number
  readonly unchanged: number
  /** Files that held something else: where each was moved to, relative to the trash folder. */
  readonly trashed: readonly string[]
}

type Place = {
  readonly folder: string
  readonly trashFolder: string
  readonly store: Store
  readonly call: FileCall
}

/**
 * Puts the files of a version into a folder. What stands there and holds other bytes goes to the trash first; each file
 * appears whole or not at all, and at no moment is a name without the old bytes or the new.
 * @throws data/noRoom before anything is written
 */
export async function restoreFiles(files: readonly DatasetFile[], place: Place): Promise<Restored> {
  const { trashFolder, store, call } = place
  await mkdir(place.folder, { recursive: true })
  const root = realpathSync(place.folder)
  refuseTwins(files, root)
  const wanted: DatasetFile[] = []
  for (const file of files) {
    call.signal?.throwIfAborted()
    const target = join(root, ...file.path.split('/'))
    if (await naming(file.path, () => holds(target, file, root, store))) call.onBytes?.(file.sizeBytes)
    else wanted.push(file)
  }
  assertRoom(wanted, root)
  const trash = join(trashFolder, 'files', new Date().toISOString().replace(/[:.]/g, '-'))
  const trashed: string[] = []
  const folders = new Set<string>()
  for (const { path, digest, sizeBytes } of wanted) {
    call.signal?.throwIfAborted()
    const target = join(root, ...path.split('/'))
    await naming(path, async () => {
      await mkdir(dirname(target), { recursive: true })
      assertInside(dirname(target), root, path)
      const unfinished = join(dirname(target), `.${basename(target).slice(0, 60)}.slipway-restore`)
      await rm(unfinished, { force: true })
      try {
        await store.files.copyTo(digest, unfinished)
        await syncFile(unfinished)
        if (lstatSync(target, { throwIfNoEntry: false })) {
          await keepOld(target, join(trash, ...path.split('/')))
          trashed.push(path)
        }
        await rename(unfinished, target)
      } catch (error) {
        await rm(unfinished, { force: true })
        throw error
      }
      folders.add(dirname(target))
    })
    call.onBytes?.(sizeBytes)
  }
  for (const one of folders) await syncFile(one)
  return { written: wanted.length, unchanged: files.length - wanted.length, trashed }
}

/** What the disk refuses is told with the file's own path. */
async function naming<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (isFailure(error)) throw error
    throw fail('data/outUnwritable', { file: path, cause: (error as NodeJS.ErrnoException).code ?? String(error) })
  }
}

/** A folder that was replaced by a link to elsewhere is not followed. */
function assertInside(folder: string, root: string, path: string): void {
  if (!`${realpathSync(folder)}${sep}`.startsWith(root.endsWith(sep) ? root : root + sep))
    throw fail('data/fileRefused', { path, reason: 'a symbolic link in it leaves the folder' })
}

function assertRoom(wanted: readonly DatasetFile[], folder: string): void {
  const sizeBytes = wanted.reduce((sum, file) => sum + file.sizeBytes, 0)
  const disk = statfsSync(folder)
  const freeBytes = disk.bavail * disk.bsize
  if (sizeBytes > freeBytes) throw fail('data/noRoom', { folder, sizeBytes, freeBytes })
}

async function holds(
  target: string,
  { path, digest, sizeBytes }: DatasetFile,
  root: string,
  store: Store,
): Promise<boolean> {
  const status = lstatSync(target, { throwIfNoEntry: false })
  if (!status?.isFile() || status.size !== sizeBytes) return false
  assertInside(dirname(target), root, path)
  return (await store.files.hash([{ file: target, sizeBytes }]))[0]?.digest === digest
}

/** Gives what stands at `target` a name in the trash as well; it is replaced afterwards. */
async function keepOld(target: string, away: string): Promise<void> {
  await mkdir(dirname(away), { recursive: true, mode: 0o700 })
  const isFile = lstatSync(target).isFile()
  try {
    // A folder or a link has no second name: it moves.
    await (isFile ? link(target, away) : rename(target, away))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!isFile || !['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'].includes(code ?? '')) throw error
    await copyFile(target, away, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await syncFile(away)
  }
  await syncFile(dirname(away))
}

/** Some disks take two names of a version for one: then one would overwrite the other. */
function refuseTwins(files: readonly DatasetFile[], root: string): void {
  const byFold = new Map<string, string>()
  let folds: boolean | null = null
  for (const { path } of files) {
    const fold = path.normalize('NFC').toLowerCase()
    const twin = byFold.get(fold)
    if (twin === undefined) byFold.set(fold, path)
    else {
      folds ??= foldsNames(root)
      if (folds) throw fail('data/namesCollide', { first: twin, second: path })
    }
  }
}

function foldsNames(root: string): boolean {
  const probe = mkdtempSync(join(root, '.slipway-names-'))
  try {
    writeFileSync(join(probe, 'caf\u00e9'), '')
    return existsSync(join(probe, 'CAF\u00c9')) || existsSync(join(probe, 'cafe\u0301'))
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
