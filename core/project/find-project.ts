import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fail } from '../domain/failure.ts'

export const settingsFileName = 'slipway.toml'

/** The nearest folder, from this one upwards, that holds a slipway.toml. @throws project/notFound */
export function findProjectFolder(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, settingsFileName))) return realpathSync(folder)
    if (folder === dirname(folder)) throw fail('project/notFound', { folder: resolve(from) })
  }
}
