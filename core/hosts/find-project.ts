import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'

/** The real path of the nearest folder, from `start` upwards, that holds a slipway.toml; null when there is none. */
export function findProjectFolder(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'slipway.toml'))) return realpathSync(folder)
    if (dirname(folder) === folder) return null
  }
}

/** @throws project/notFound */
export function requireProjectFolder(start: string): string {
  const folder = findProjectFolder(start)
  if (folder === null) throw fail('project/notFound', { folder: start })
  return folder
}
