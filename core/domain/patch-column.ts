import { toNumbers, toTexts } from './columns-of-runs.ts'
import type { RunColumn, TextColumn } from './run-columns.ts'

type Value = number | string | null

/** The same column for another number of runs; the new ones lack it. */
export function resizeColumn(column: RunColumn, count: number): RunColumn {
  if (column.kind === 'text') {
    if (column.codes.length === count) return column
    const codes = new Uint32Array(count)
    codes.set(column.codes.subarray(0, count))
    return { ...column, codes }
  }
  if (column.values.length === count) return column
  const [values, has] = [new Float64Array(count), new Uint8Array(count)]
  values.set(column.values.subarray(0, count))
  has.set(column.has.subarray(0, count))
  return { kind: 'number', values, has }
}

/**
 * The column with other values in some rows. What it was made of is used again: the old one is no longer to be read.
 * The answer is another object whenever a value has changed, so that what is kept about a column is made anew.
 */
export function patchColumn(
  column: RunColumn | null,
  count: number,
  changes: ReadonlyMap<number, Value>,
): RunColumn | null {
  const news = [...changes.values()]
  if (column === null && news.every((value) => value === null)) return null
  const hasWords = news.some((value) => typeof value === 'string')
  const start = column ?? (hasWords ? toTexts(Array(count).fill(null)) : toNumbers(Array(count).fill(null)))
  const sized = resizeColumn(start, count)
  if (sized.kind === 'text') return patchTexts(sized, changes)
  if (hasWords) return patchTexts(toWords(sized), changes)
  if (!changesAny(sized, changes)) return sized
  for (const [row, value] of changes) {
    sized.values[row] = value === null ? 0 : Number(value)
    sized.has[row] = value === null ? 0 : 1
  }
  return { ...sized }
}

function changesAny(column: RunColumn, changes: ReadonlyMap<number, Value>): boolean {
  for (const [row, value] of changes) {
    const now = valueIn(column, row)
    if (!Object.is(now, typeof now === 'string' && value !== null ? String(value) : value)) return true
  }
  return false
}

/** Params of which one turned out to be no number. */
function toWords(column: RunColumn): TextColumn {
  return toTexts(Array.from({ length: lengthOf(column) }, (_, row) => valueIn(column, row))) as TextColumn
}

function patchTexts(column: TextColumn, changes: ReadonlyMap<number, Value>): TextColumn {
  if (!changesAny(column, changes)) return column
  const known = codesOf(column.dictionary)
  const added: string[] = []
  for (const [row, value] of changes) {
    const text = value === null ? null : String(value)
    const code = text === null ? 0 : known.get(text)
    if (code !== undefined) column.codes[row] = code
    else {
      added.push(text as string)
      known.set(text as string, column.dictionary.length + added.length)
      column.codes[row] = column.dictionary.length + added.length
    }
  }
  if (added.length === 0) return { ...column }
  const dictionary = [...column.dictionary, ...added]
  kept.delete(column.dictionary)
  kept.set(dictionary, known)
  return { ...column, dictionary }
}

const kept = new WeakMap<readonly string[], Map<string, number>>()

/** The code of each word, made when a first change needs it. */
export function codesOf(dictionary: readonly string[]): Map<string, number> {
  const known = kept.get(dictionary) ?? new Map(dictionary.map((word, index) => [word, index + 1]))
  kept.set(dictionary, known)
  return known
}

export function lengthOf(column: RunColumn): number {
  return column.kind === 'number' ? column.values.length : column.codes.length
}

export function valueIn(column: RunColumn, row: number): Value {
  if (column.kind === 'number') return column.has[row] === 1 ? (column.values[row] as number) : null
  const code = column.codes[row] ?? 0
  return code === 0 ? null : (column.dictionary[code - 1] as string)
}
