import { chmodSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import type { PathKind } from '../domain/observation.ts'
import { type FileState, fileState, settledMs } from '../store/file-stamps.ts'
import { hashFile } from '../store/hash-file.ts'
import { folderNames } from './folder-names.ts'
import { outsideFile, outsidePathOf, toOutsidePath } from './outside-path.ts'

/**
 * Digests of files as they are on disk; a file whose stamp did not change is not read again. Where a path of the
 * project is asked for, a name of `outsideKey` leads to that file outside of it.
 */
export type FileDigests = {
  /** Null when there is no regular file at that absolute path. */
  digestOf(file: string): Promise<Digest | null>
  /** Null for a path that leads out of the project, too. */
  digestInProject(path: string): Promise<Digest | null>
  /** The same from one look at the file; undefined when it would have to be read. */
  knownInProject(path: string): Digest | null | undefined
  /** Of a regular file of the project; null when there is none. */
  sizeOf(path: string): number | null
  /** What a folder of the project holds, sorted; null when there is none, or it is not the project's. */
  namesIn(path: string): Promise<readonly string[] | null>
  /** What a path leads to, links followed; null for nothing. */
  kindOf(path: string): PathKind | null
  /** How a file outside the project, given by its absolute path, is recorded. */
  outsidePath(file: string): string
  /** When the file was last changed, by the clock that programs cannot set; null when it is not there. */
  changedAtMs(path: string): Promise<number | null>
}

const mostKept = 200_000

/** What time it is by the clock that stamps changed files, whatever this process is told. `folder` is our own. */
export function fileClockMs(folder: string): number {
  chmodSync(folder, 0o700)
  return statSync(folder).ctimeMs
}

/** A link is followed to its end: what counts is the bytes that a step would read. */
export function createFileDigests(projectFolder: string): FileDigests {
  const known = new Map<string, { readonly stamp: string; readonly digest: Digest }>()
  const knownNames = new Map<string, { readonly stamp: string; readonly names: readonly string[] | null }>()

  const isSettled = ({ changedAtMs }: FileState) => Date.now() - changedAtMs > settledMs

  function knownDigest(file: string): Digest | null | undefined {
    const state = regularFile(file)
    if (state === null) return null
    const kept = known.get(file)
    return kept?.stamp === state.stamp ? kept.digest : undefined
  }

  async function digestOf(file: string): Promise<Digest | null> {
    const kept = knownDigest(file)
    if (kept !== undefined) return kept
    const before = regularFile(file)
    if (before === null) return null
    const { digest } = await hashFile(file)
    if (known.size > mostKept) known.clear()
    if (regularFile(file)?.stamp === before.stamp && isSettled(before)) known.set(file, { stamp: before.stamp, digest })
    return digest
  }

  const inProject = (path: string) => {
    const outside = outsidePathOf(path)
    if (outside !== null) return outsideFile(outside, projectFolder)
    const file = join(projectFolder, path)
    return isInside(projectFolder, file) ? file : null
  }

  return {
    digestOf,
    async digestInProject(path) {
      const file = inProject(path)
      return file === null ? null : digestOf(file)
    },
    knownInProject(path) {
      const file = inProject(path)
      return file === null ? null : knownDigest(file)
    },
    outsidePath: (file) => toOutsidePath(file, projectFolder),
    sizeOf: (path) => regularFile(inProject(path))?.sizeBytes ?? null,
    async namesIn(path) {
      const folder = join(projectFolder, path)
      const before = fileState(folder)
      const kept = knownNames.get(path)
      if (before !== null && kept?.stamp === before.stamp) return kept.names
      const names = await folderNames(projectFolder, path)
      if (knownNames.size > mostKept) knownNames.clear()
      if (before !== null && fileState(folder)?.stamp === before.stamp && isSettled(before))
        knownNames.set(path, { stamp: before.stamp, names })
      return names
    },
    kindOf(path) {
      const state = fileState(join(projectFolder, path))
      return state === null ? null : state.isFolder ? 'folder' : 'file'
    },
    changedAtMs: async (path) => regularFile(inProject(path))?.changedAtMs ?? null,
  }
}

function regularFile(file: string | null): FileState | null {
  const state = file === null ? null : fileState(file)
  return state?.isFile ? state : null
}

/** Data is often linked in from a larger disk, so only the name has to lie inside, not where it leads. */
function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
