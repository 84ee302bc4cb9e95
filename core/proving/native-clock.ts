import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The variant that does without locks which a forked child could inherit closed comes first. */
const names = ['libfaketimeMT.so.1', 'libfaketime.so.1']
const roots = ['/usr/lib', '/usr/lib64', '/usr/local/lib']

/** libfaketime, which moves the clock for compiled code as well; null where it is not installed, and but on Linux. */
export function findNativeClock(): string | null {
  if (process.platform !== 'linux') return null
  const folders = roots.flatMap((root) => [root, ...foldersIn(root)]).map((folder) => join(folder, 'faketime'))
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null
}

/** Variables of a process whose whole clock runs `shiftSeconds` ahead. A stopped clock would stop its timers too. */
export function nativeShift(library: string, shiftSeconds: number): Readonly<Record<string, string>> {
  const seconds = Math.round(shiftSeconds)
  return { LD_PRELOAD: library, FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}` }
}

function foldersIn(root: string): readonly string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'))
      .map(({ name }) => join(root, name))
  } catch {
    return []
  }
}
