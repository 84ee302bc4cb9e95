import { chmodSync, statSync } from 'node:fs'
import { lstat, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import type { PathKind } from '../domain/observation.ts'
import { hashFile } from '../store/hash-file.ts'
import { folderNames } from './folder-names.ts'

/** Tells one state of a file from another without reading it. */
type Stamp = { readonly key: string; readonly changedAtMs: number }

/** Digests of files as they are on disk; a file whose stamp did not change is not read again. */
export type FileDigests = {
  /** Null when there is no regular file at that absolute path. */
  digestOf(file: string): Promise<Digest | null>
  /** Null for a path that leads out of the project, too. */
  digestInProject(path: string): Promise<Digest | null>
  /** Of a regular file of the project; null when there is none. */
  sizeOf(path: string): Promise<number | null>
  /** What a folder of the project holds, sorted; null when there is none, or it is not the project's. */
  namesIn(path: string): Promise<readonly string[] | null>
  /** What a path leads to, links followed; null for nothing. */
  kindOf(path: string): Promise<PathKind | null>
  /** When the file was last changed, by the clock that programs cannot set; null when it is not there. */
  changedAtMs(path: string): Promise<number | null>
}

/** A stamp this young may still be that of a change to come: clocks of file systems tick coarsely. */
const settledMs = 2_000
const mostKept = 200_000

/** What time it is by the clock that stamps changed files, whatever this process is told. `folder` is our own. */
export function fileClockMs(folder: string): number {
  chmodSync(folder, 0o700)
  return statSync(folder).ctimeMs
}

export function createFileDigests(projectFolder: string): FileDigests {
  const known = new Map<string, { readonly key: string; readonly digest: Digest }>()

  async function digestOf(file: string): Promise<Digest | null> {
    const before = await stampOf(file)
    if (before === null) return null
    const kept = known.get(file)
    if (kept?.key === before.key) return kept.digest
    const { digest } = await hashFile(file)
    const after = await stampOf(file)
    if (known.size > mostKept) known.clear()
    if (after?.key === before.key && Date.now() - before.changedAtMs > settledMs)
      known.set(file, { key: before.key, digest })
    return digest
  }

  return {
    digestOf,
    async digestInProject(path) {
      const file = join(projectFolder, path)
      return isInside(projectFolder, file) ? digestOf(file) : null
    },
    async sizeOf(path) {
      const facts = await stat(join(projectFolder, path)).catch(() => null)
      return facts?.isFile() ? facts.size : null
    },
    namesIn: (path) => folderNames(projectFolder, path),
    async kindOf(path) {
      const facts = await stat(join(projectFolder, path)).catch(() => null)
      return facts === null ? null : facts.isDirectory() ? 'folder' : 'file'
    },
    async changedAtMs(path) {
      return (await stampOf(join(projectFolder, path)))?.changedAtMs ?? null
    },
  }
}

/** A link is followed to its end: what counts is the bytes that a step would read. */
async function stampOf(file: string): Promise<Stamp | null> {
  try {
    const real = await realpath(file)
    const facts = await lstat(real, { bigint: true })
    if (!facts.isFile()) return null
    return {
      key: [real, facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(' '),
      changedAtMs: Number(facts.ctimeMs),
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EACCES') return null
    throw error
  }
}

/** Data is often linked in from a larger disk, so only the name has to lie inside, not where it leads. */
function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
