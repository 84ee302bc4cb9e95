import type { RunColumn, RunColumnKind } from '../domain/run-columns.ts'
import type { Cell, Value } from './run-columns-queries.ts'

export type ColumnBuilder = { add(cells: readonly Cell[]): void; finish(): RunColumn | null }

/** Puts cells into their rows, in whatever order they come; those that `rowOf` knows no row for are left out. */
export function createColumnBuilder(
  kind: RunColumnKind,
  count: number,
  rowOf: (run: number) => number | undefined,
): ColumnBuilder {
  const [values, has] = [new Float64Array(count), new Uint8Array(count)]
  const texts: (string | undefined)[] = []
  let filled = 0
  let hasWords = false

  function put(row: number, value: Exclude<Value, null>): void {
    filled += 1
    if (typeof value === 'string') {
      hasWords = true
      texts[row] = value
    } else {
      values[row] = value
      has[row] = 1
    }
  }

  return {
    add(cells) {
      for (const [run, stored] of cells) {
        const row = rowOf(run)
        const value = toValue(kind, stored)
        if (row !== undefined && value !== null) put(row, value)
      }
    },
    finish() {
      if (filled === 0) return null
      if (!hasWords) return { kind: 'number', values, has }
      // Some are no numbers: then all are words.
      for (let row = 0; row < count; row++) if (has[row] === 1) texts[row] = String(values[row])
      return toTexts(texts, count)
    },
  }
}

/** A param is stored as JSON; a number among them is one. The NaN of a metric is stored as nothing. */
export function toValue(kind: RunColumnKind, stored: Value): Value {
  if (kind === 'metric') return stored ?? Number.NaN
  if (kind === 'param') return /^-?\d/.test(stored as string) ? Number(stored) : stored
  return stored
}

/** Words get their codes in the order of the runs. */
function toTexts(texts: readonly (string | undefined)[], count: number): RunColumn {
  const known = new Map<string, number>()
  const codes = new Uint32Array(count)
  for (let row = 0; row < count; row++) {
    const text = texts[row]
    if (text === undefined) continue
    const code = known.get(text) ?? known.size + 1
    if (code > known.size) known.set(text, code)
    codes[row] = code
  }
  return { kind: 'text', codes, dictionary: [...known.keys()] }
}

export function isEmpty(column: RunColumn): boolean {
  const marks = column.kind === 'number' ? column.has : column.codes
  return !marks.some((mark) => mark !== 0)
}
