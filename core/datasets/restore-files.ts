import { existsSync, lstatSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { DatasetFile } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { FileCall } from '../store/kept-files.ts'
import type { Store } from '../store/store.ts'

export type Restored = {
  readonly written: number
  readonly unchanged: number
  /** Files that held something else: where each was moved to, relative to the trash folder. */
  readonly trashed: readonly string[]
}

/**
 * Puts the files of a version into a folder. What stands there and holds other bytes goes to the trash first; each file
 * appears whole or not at all.
 */
export async function restoreFiles(
  files: readonly DatasetFile[],
  {
    folder,
    trashFolder,
    store,
    call,
  }: {
    readonly folder: string
    readonly trashFolder: string
    readonly store: Store
    readonly call: FileCall
  },
): Promise<Restored> {
  await mkdir(folder, { recursive: true })
  const root = realpathSync(folder)
  refuseTwins(files, root)
  const trash = join(trashFolder, 'files', new Date().toISOString().replace(/[:.]/g, '-'))
  const trashed: string[] = []
  let written = 0
  let unchanged = 0
  const folders = new Set<string>()
  for (const { path, digest, sizeBytes } of files) {
    call.signal?.throwIfAborted()
    const target = join(root, ...path.split('/'))
    try {
      await mkdir(dirname(target), { recursive: true })
      // A folder that was replaced by a link to elsewhere is not followed.
      if (!`${realpathSync(dirname(target))}${sep}`.startsWith(root + sep))
        throw fail('data/fileRefused', { path, reason: 'a symbolic link in it leaves the folder' })
      if (await holds(target, digest, sizeBytes, store)) {
        unchanged++
        continue
      }
      const unfinished = join(dirname(target), `.${basename(target).slice(0, 200)}.slipway-restore`)
      await rm(unfinished, { force: true })
      await store.files.copyTo(digest, unfinished)
      await syncFile(unfinished)
      if (lstatSync(target, { throwIfNoEntry: false })) {
        const away = join(trash, ...path.split('/'))
        await mkdir(dirname(away), { recursive: true, mode: 0o700 })
        await moveAway(target, away)
        trashed.push(path)
      }
      await rename(unfinished, target)
      folders.add(dirname(target))
      written++
      call.onBytes?.(sizeBytes)
    } catch (error) {
      if (isFailure(error)) throw error
      throw fail('data/outUnwritable', { file: path, cause: (error as NodeJS.ErrnoException).code ?? String(error) })
    }
  }
  for (const one of folders) await syncFile(one)
  return { written, unchanged, trashed }
}

async function holds(target: string, digest: Digest, sizeBytes: number, store: Store): Promise<boolean> {
  const status = lstatSync(target, { throwIfNoEntry: false })
  if (!status?.isFile() || status.size !== sizeBytes) return false
  return (await store.files.hash([{ file: target, sizeBytes }]))[0]?.digest === digest
}

/** Onto another disk nothing can be renamed; a second name first, so that it is never without one. */
async function moveAway(target: string, away: string): Promise<void> {
  try {
    await rename(target, away)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const beside = `${target}.before-restore-${Date.now()}`
    await link(target, beside)
    await rm(target)
  }
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
