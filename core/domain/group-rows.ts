import { missing, rankRows } from './rank-rows.ts'
import type { RunColumn } from './run-columns.ts'
import { sortRows } from './sort-rows.ts'

export type RunGroup = {
  /** What its rows have in common; null for those that lack it. */
  readonly value: number | string | null
  /** In the order in which they were given. */
  readonly rows: Uint32Array
}

export const aggregates = ['mean', 'min', 'max', 'count'] as const
export type Aggregate = (typeof aggregates)[number]

/**
 * Rows that have the same in a column, together; groups by that, what lacks it last. A null column is one that no
 * run has. Rows keep their order within a group.
 */
export function groupRows(rows: Uint32Array, column: RunColumn | null, json: boolean): readonly RunGroup[] {
  if (rows.length === 0) return []
  if (column === null) return [{ value: null, rows }]
  const sorted = sortRows(rows, [{ column, descending: false, json }])
  const ranks = rankRows(column, json).of
  const groups: RunGroup[] = []
  for (let from = 0, end = 0; from < sorted.length; from = end) {
    const rank = ranks[sorted[from] as number] as number
    for (end = from + 1; end < sorted.length && ranks[sorted[end] as number] === rank; ) end++
    groups.push({
      value: rank === missing ? null : valueAt(column, sorted[from] as number),
      rows: sorted.subarray(from, end),
    })
  }
  return groups
}

/** Of the finite numbers in some rows of a column; the count is of rows that have a value. Null without any. */
export function aggregate(column: RunColumn | null, rows: Uint32Array, how: Aggregate): number | null {
  if (how === 'count') return countOf(column, rows)
  if (column?.kind !== 'number') return null
  let [count, sum, low, high] = [0, 0, Infinity, -Infinity]
  for (const row of rows) {
    const value = column.values[row] as number
    if (column.has[row] === 0 || !Number.isFinite(value)) continue
    count++
    sum += value
    if (value < low) low = value
    if (value > high) high = value
  }
  if (count === 0) return null
  return { mean: sum / count, min: low, max: high }[how]
}

function countOf(column: RunColumn | null, rows: Uint32Array): number {
  if (column === null) return 0
  const has = column.kind === 'number' ? column.has : column.codes
  let count = 0
  for (const row of rows) if (has[row] !== 0) count++
  return count
}

function valueAt(column: RunColumn, row: number): number | string {
  if (column.kind === 'number') return column.values[row] as number
  return column.dictionary[(column.codes[row] as number) - 1] as string
}
