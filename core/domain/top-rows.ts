import { missing, rankRows } from './rank-rows.ts'
import type { RunColumn } from './run-columns.ts'
import { type SortKey, sortRows } from './sort-rows.ts'

/**
 * The first `limit` rows of those that `holds` marks, and how many it marks. Sorted as `sortRows` does, newest first
 * where the key says nothing. When few are wanted of many, one look at each row is enough.
 */
export function topRows(
  holds: Uint8Array,
  key: SortKey,
  limit: number,
): { readonly rows: Uint32Array; readonly total: number } {
  const total = countOf(holds)
  if (key.column === null) return { rows: newestOf(holds, Math.min(limit, total)), total }
  if (limit * 8 > total) return { rows: sortRows(newestOf(holds, total), [key]).subarray(0, limit), total }
  const sortable = toSortable(key.column, key.json)
  const found = select(holds, sortable, key.descending, limit)
  return { rows: Uint32Array.from([...found, ...newestWithout(holds, sortable, limit - found.length)]), total }
}

function countOf(holds: Uint8Array): number {
  let total = 0
  for (let row = 0; row < holds.length; row++) total += holds[row] as number
  return total
}

function newestOf(holds: Uint8Array, count: number): Uint32Array {
  const rows = new Uint32Array(count)
  let found = 0
  for (let row = holds.length - 1; found < count; row--) if (holds[row] === 1) rows[found++] = row
  return rows
}

type Sortable = { readonly values: ArrayLike<number>; isMissing(row: number): boolean }

function toSortable(column: RunColumn, json: boolean): Sortable {
  if (column.kind === 'text') {
    const { of } = rankRows(column, json)
    return { values: of, isMissing: (row) => of[row] === missing }
  }
  const { values, has } = column
  return { values, isMissing: (row) => has[row] === 0 || Number.isNaN(values[row]) }
}

/** Runs that lack the key come last. */
function newestWithout(holds: Uint8Array, { isMissing }: Sortable, count: number): readonly number[] {
  const rows: number[] = []
  for (let row = holds.length - 1; row >= 0 && rows.length < count; row--)
    if (holds[row] === 1 && isMissing(row)) rows.push(row)
  return rows
}

/** Keeps up to twice as many as are wanted; what is behind the last of them is passed over. */
function select(
  holds: Uint8Array,
  { values, isMissing }: Sortable,
  descending: boolean,
  limit: number,
): readonly number[] {
  const before = descending
    ? (a: number, b: number) => (values[b] as number) - (values[a] as number) || b - a
    : (a: number, b: number) => (values[a] as number) - (values[b] as number) || b - a
  let kept: number[] = []
  let worst = 0
  let full = false
  const cut = (): void => {
    kept = kept.sort(before).slice(0, limit)
    full = kept.length === limit
    if (full) worst = values[kept[limit - 1] as number] as number
  }
  for (let row = holds.length - 1; row >= 0; row--) {
    if (holds[row] === 0) continue
    const value = values[row] as number
    // Of equals the newer one was here first.
    if (full && (descending ? value <= worst : value >= worst)) continue
    if (isMissing(row)) continue
    kept.push(row)
    if (kept.length >= limit * 2) cut()
  }
  cut()
  return kept
}
