import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Digest } from '../domain/digest.ts'

const settledMs = 2_000
const known = new Map<string, { readonly stamp: string; readonly digest: Digest }>()

/**
 * Of the program behind an environment's `python`, with the library that holds most of it in shared builds. One of
 * equal version may still be another: patched, rebuilt, or put in its place. Null when it is not there.
 */
export function interpreterDigest(python: string): Digest | null {
  if (!existsSync(python)) return null
  const files = programsOf(python)
  const stamp = files.map(stampOf).join(' ')
  const kept = known.get(python)
  if (kept?.stamp === stamp) return kept.digest
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  const digest = `sha256:${hash.digest('hex')}` as Digest
  known.set(python, { stamp, digest })
  return digest
}

/** Reading all of it takes longer than most commands: what a sync found of it is believed while its stamp holds. */
export function rememberInterpreter(python: string, found: { readonly stamp: string; readonly digest: Digest }): void {
  if (!known.has(python)) known.set(python, found)
}

/** What its files look like to the system; null when they changed so lately that a later change may look the same. */
export function interpreterStamp(python: string): string | null {
  const files = programsOf(python)
  const latestMs = Math.max(...files.map((file) => Math.max(statSync(file).mtimeMs, statSync(file).ctimeMs)))
  return Date.now() - latestMs > settledMs ? files.map(stampOf).join(' ') : null
}

/** The files that its digest is of, and the folder that may get more of them; none when it is not there. */
export function filesOfInterpreter(python: string): readonly string[] {
  if (!existsSync(python)) return []
  const files = programsOf(python)
  return [...files, libraryFolder(files[0] as string)]
}

function programsOf(python: string): readonly [string, ...string[]] {
  const program = realpathSync.native(python)
  return [program, ...sharedLibraries(libraryFolder(program))]
}

const libraryFolder = (program: string) => join(dirname(dirname(program)), 'lib')

function sharedLibraries(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^libpython\d.*\.(so\.[\d.]+|dylib)$/.test(name))
    return names.sort().map((name) => realpathSync.native(join(folder, name)))
  } catch {
    return []
  }
}

function stampOf(file: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
  return [file, dev, ino, size, mtimeNs, ctimeNs].join(' ')
}
