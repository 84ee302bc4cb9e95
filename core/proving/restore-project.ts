import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { PathKind } from '../domain/observation.ts'
import { createFileDigests } from '../execution/file-digests.ts'
import type { Store } from '../store/store.ts'
import type { StepToProve } from './plan-proof.ts'

/**
 * Puts the modules and the files that a step was seen to read into an empty folder, each by its digest. A file whose
 * bytes were not kept is taken from the project while it still holds them.
 * @throws proving/fileNotKept, store/blobHurt
 */
export async function restoreProject(
  { step, candidate, sources }: StepToProve,
  folder: string,
  use: { readonly store: Store; readonly projectFolder: string },
): Promise<void> {
  const { store, projectFolder } = use
  const files = createFileDigests(projectFolder)
  const { filesRead, filesWritten } = candidate.observed
  const written = new Set(filesWritten.map(({ path }) => path))
  // It may write into folders that were there already.
  for (const path of written) await mkdir(dirname(placeOf(path)), { recursive: true })
  for (const { path, digest } of sources) await fromStore(digest, placeOf(path))
  const modules = new Set(sources.map(({ path }) => path))
  for (const { path, digest, unseen } of filesRead) {
    if (digest === null || path.startsWith('package:') || written.has(path) || modules.has(path)) continue
    if (store.files.has(digest)) await fromStore(digest, placeOf(path))
    else await fromProject(path, digest, unseen === true)
  }
  for (const { path, names } of candidate.observed.foldersListed ?? []) await completeFolder(path, names)
  for (const { path, found } of candidate.observed.pathsTested ?? []) await standIn(path, found)

  function placeOf(path: string): string {
    const place = join(folder, path)
    if (!place.startsWith(folder + sep)) throw fail('project/pathRefused', { path, reason: 'it leaves the project' })
    return place
  }

  async function fromStore(digest: Digest, target: string): Promise<void> {
    await mkdir(dirname(target), { recursive: true })
    await store.files.copyTo(digest, target)
  }

  async function fromProject(path: string, digest: Digest, isUnseen: boolean): Promise<void> {
    const found = await files.digestInProject(path)
    // Nobody saw it read: if it was, the proof will differ, and its notes say why that may be.
    if (found !== digest && isUnseen) return
    if (found !== digest) throw fail('proving/fileNotKept', { step, path, recorded: digest, found })
    await mkdir(dirname(placeOf(path)), { recursive: true })
    await copyFile(join(projectFolder, path), placeOf(path), constants.COPYFILE_FICLONE)
  }

  /** It asked only whether something is there, so an empty one will do. */
  async function standIn(path: string, found: PathKind | null): Promise<void> {
    const place = path === '' ? folder : placeOf(path)
    if (found === null || existsSync(place)) return
    await mkdir(found === 'folder' ? place : dirname(place), { recursive: true })
    if (found === 'file') await writeFile(place, '')
  }

  /** Names that it asked for and never opened stand for themselves: empty files. */
  async function completeFolder(path: string, names: readonly string[]): Promise<void> {
    const listed = path === '.' ? folder : placeOf(path)
    await mkdir(listed, { recursive: true })
    for (const name of names) {
      const place = placeOf(path === '.' ? name : `${path}/${name}`)
      if (!existsSync(place)) await writeFile(place, '')
    }
  }
}
