import { lengthOf } from './patch-column.ts'
import { missing, type Ranks, rankRows } from './rank-rows.ts'
import type { RunColumn } from './run-columns.ts'

export type SortKey = {
  /** Null sorts nothing: no run has it. A changed column is another object: what is known of one is kept with it. */
  readonly column: RunColumn | null
  readonly descending: boolean
  /** The texts are JSON: numbers come before words and by their size. */
  readonly json: boolean
}

/** The rows by the keys, the first key above all; rows that lack it come last, equal ones stay as they stood. */
export function sortRows(rows: Uint32Array, keys: readonly SortKey[]): Uint32Array {
  let [from, to] = [rows.slice(), new Uint32Array(rows.length)]
  for (const { column, descending, json } of [...keys].reverse()) {
    if (column === null) continue
    spread(from, to, rankRows(column, json), descending)
    ;[from, to] = [to, from]
  }
  return from
}

type Orders = { ascending?: Uint32Array; descending?: Uint32Array }
const known = new WeakMap<RunColumn, Orders>()

/**
 * All rows of a column, from the last to the first, by that column alone. Kept with it, so that whatever was put in
 * order while nobody waited is there at once; not to be written to.
 */
export function sortAllRows({ column, descending, json }: SortKey & { readonly column: RunColumn }): Uint32Array {
  const orders = known.get(column) ?? {}
  known.set(column, orders)
  const which = descending ? 'descending' : 'ascending'
  const before = orders[which]
  if (before) return before
  const count = lengthOf(column)
  const rows = new Uint32Array(count)
  for (let at = 0; at < count; at++) rows[at] = count - 1 - at
  const order = sortRows(rows, [{ column, descending, json }])
  orders[which] = order
  return order
}

/** One pass: how many stand at each place, then each row where its place begins. */
function spread(from: Uint32Array, to: Uint32Array, { of, places }: Ranks, descending: boolean): void {
  const starts = new Uint32Array(places + 2)
  const last = places - 1
  for (let at = 0; at < from.length; at++) {
    const rank = of[from[at] as number] as number
    const place = rank === missing ? places : descending ? last - rank : rank
    ;(starts[place + 1] as number) += 1
  }
  for (let place = 1; place < starts.length; place++) (starts[place] as number) += starts[place - 1] as number
  for (let at = 0; at < from.length; at++) {
    const row = from[at] as number
    const rank = of[row] as number
    const place = rank === missing ? places : descending ? last - rank : rank
    to[starts[place] as number] = row
    ;(starts[place] as number) += 1
  }
}
