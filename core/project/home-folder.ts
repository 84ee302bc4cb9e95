import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where settings, trust and known projects live: SLIPWAY_HOME, else the system's folder for application data. */
export function homeFolder(variables: Readonly<Record<string, string | undefined>> = process.env): string {
  if (variables.SLIPWAY_HOME) return resolve(variables.SLIPWAY_HOME)
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Slipway')
  if (process.platform === 'win32') return join(variables.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Slipway')
  return join(variables.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'slipway')
}

/** A JSON file of the home folder; the fallback when it is not there, or is hurt (then it is kept as `.bad`). */
export function readHomeFile<Content>(
  folder: string,
  name: string,
  isValid: (value: unknown) => value is Content,
  fallback: Content,
): Content {
  const file = join(folder, name)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return fallback
    throw error
  }
  const value = parseJson(text)
  if (isValid(value)) return value
  renameSync(file, `${file}.bad`)
  return fallback
}

/** Replaces a JSON file of the home folder in one move; only its owner may read it. */
export function writeHomeFile(folder: string, name: string, content: unknown): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, name)
  writeFileSync(`${file}.${process.pid}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.${process.pid}.new`, file)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
