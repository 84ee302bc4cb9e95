import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { LocatedTable } from './tables.ts'

const prefix = 'tables-'

/**
 * A folder for the sessions of this core. What a core that died left behind goes; a project that cannot be written
 * gets a folder of the system's.
 */
export function sweepSessions(temporaryFolder: string): string {
  try {
    mkdirSync(temporaryFolder, { recursive: true })
    for (const name of readdirSync(temporaryFolder)) {
      if (name.startsWith(prefix)) rmSync(join(temporaryFolder, name), { recursive: true, force: true })
    }
    return mkdtempSync(join(temporaryFolder, prefix))
  } catch {
    return mkdtempSync(join(tmpdir(), `slipway-${prefix}`))
  }
}

export function makeSessionFolder(sessionsFolder: string): string {
  return mkdtempSync(join(sessionsFolder, 'session-'))
}

/**
 * The name under which a session opens the table: a link in its own folder, since the engine takes `*`, `?` and `[` in
 * a path for patterns. Windows lets few make links; there the path itself has to do.
 */
export function linkTable({ file, path }: LocatedTable, folder: string): string {
  if (process.platform === 'win32') return file
  const ends = /(\.[a-z]+)?\.(gz|zst)$/i.exec(path)?.[0] ?? ''
  const name = `table${ends}`
  symlinkSync(file, join(folder, name))
  return name
}

/** Tells one state of a file from the next; begins with its size. @throws tables/missing */
export function versionOf({ file, path }: LocatedTable): string {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true })
  if (!stat?.isFile()) throw fail('tables/missing', { path })
  return `${stat.size}:${stat.mtimeNs}:${stat.ino}`
}
