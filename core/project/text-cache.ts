import { statSync } from 'node:fs'
import { isFailure } from '../domain/failure.ts'
import { findProjectText } from './project-files.ts'
import { locateProjectFile } from './project-paths.ts'

type Known = { readonly identity: string; readonly text: string | null }

/** A file written this shortly before it was read may change again without its times showing it. */
const settlingMs = 2_000

/** Reads the text of project files, and reads again only what changed on disk. Null where there is no text. */
export function createTextCache(realFolder: string): (path: string) => string | null {
  const known = new Map<string, Known>()
  return (path) => {
    const identity = identityOf(realFolder, path)
    if (identity === null) return null
    const before = known.get(path)
    if (before?.identity === identity.text) return before.text
    const text = findProjectText(realFolder, path)
    if (Date.now() - identity.changedAtMs > settlingMs) known.set(path, { identity: identity.text, text })
    else known.delete(path)
    return text
  }
}

function identityOf(realFolder: string, path: string): { text: string; changedAtMs: number } | null {
  try {
    const stat = statSync(locateProjectFile(realFolder, path), { bigint: true, throwIfNoEntry: false })
    if (!stat) return null
    const changedAtMs = Number(stat.mtimeNs > stat.ctimeNs ? stat.mtimeNs : stat.ctimeNs) / 1e6
    return { text: `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`, changedAtMs }
  } catch (error) {
    if (isFailure(error) || ['ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
