import type { DatasetDiff, DatasetFileChange, DatasetVersion } from '../../../core/domain/dataset.ts'
import { isGlob } from '../../../core/domain/dataset-path.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { Dataset } from '../../../core/domain/project.ts'
import { formatOfTable } from '../../../core/domain/table.ts'

export const changeWords: Record<DatasetFileChange, string> = {
  changed: 'Changed',
  added: 'New',
  removed: 'Gone',
  unsure: 'Perhaps changed',
  same: 'The same',
}

export const schemaWords: Record<DatasetDiff['schema'][number]['kind'], string> = {
  added: 'Added',
  removed: 'Removed',
  retyped: 'Other type',
  moved: 'Moved',
}

const decimals = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 })
const longestText = 60

/** A value of a column as a person reads it in a table. */
export function wordFigure(value: JsonValue): string {
  if (value === null) return '–'
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? value.toLocaleString('en') : decimals.format(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}

/** A dataset of one table opens as that table; null for folders, globs, packages and other files. */
export function tableOf({ path }: Pick<Dataset, 'path'>): string | null {
  return isGlob(path) || path.startsWith('package:') || formatOfTable(path) === null ? null : path
}

const termKeys = ['path', 'origin', 'licence', 'purpose', 'expires', 'personal', 'contact'] as const

/** True when slipway.toml says other terms today than the version was recorded under. */
export function termsDiffer(dataset: Dataset, version: DatasetVersion): boolean {
  return termKeys.some((key) => JSON.stringify(dataset[key]) !== JSON.stringify(version[key]))
}

/** A name for the dataset of a path, not taken yet: `data/wine 2.csv` → `wine-2`. */
export function nameForPath(path: string, taken: ReadonlySet<string>): string {
  const parts = path.split('/').filter((part) => part !== '' && !isGlob(part))
  const stem = (parts.at(-1) ?? '').replace(/^package:/, '').replace(/(\.[A-Za-z0-9]+){1,2}$/, '')
  const name = stem.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '') || 'data'
  for (let count = 1; ; count++) {
    const numbered = count === 1 ? name : `${name}-${count}`
    if (!taken.has(numbered)) return numbered
  }
}

/** Why a text cannot name a dataset; null when it can. */
export function nameProblem(name: string, taken: ReadonlySet<string>): string | null {
  if (name === '') return 'Give it a name.'
  if (!/^[\p{L}\p{N}._-]+$/u.test(name)) return 'Use letters, digits, dots, dashes and underscores.'
  return taken.has(name) ? 'Another dataset has this name.' : null
}
