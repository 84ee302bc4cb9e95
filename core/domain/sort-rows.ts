import type { NumberColumn, RunColumn, TextColumn } from './run-columns.ts'

export type SortKey = {
  /** Null sorts nothing: no run has it. */
  readonly column: RunColumn | null
  readonly descending: boolean
  /** The texts are JSON: numbers come before words and by their size. */
  readonly json: boolean
}

const last = 0xffffffff

/** The rows by the keys, the first key above all; rows that lack it come last, equal ones stay as they stood. */
export function sortRows(rows: Uint32Array, keys: readonly SortKey[]): Uint32Array {
  let [from, to] = [rows.slice(), new Uint32Array(rows.length)]
  for (const { column, descending, json } of [...keys].reverse()) {
    if (column === null) continue
    for (const digits of column.kind === 'number'
      ? digitsOf(column, descending)
      : [ranksOf(column, descending, json)]) {
      for (const shift of [0, 16]) if (spread(from, to, digits, shift)) [from, to] = [to, from]
    }
  }
  return from
}

/** One pass by sixteen bits of what each row has; false when all are the same and nothing had to move. */
function spread(from: Uint32Array, to: Uint32Array, digits: Uint32Array, shift: number): boolean {
  const starts = new Uint32Array(65_537)
  for (let at = 0; at < from.length; at++) {
    const digit = ((digits[from[at] as number] as number) >>> shift) & 0xffff
    ;(starts[digit + 1] as number) += 1
  }
  if (from.length === 0) return false
  const first = ((digits[from[0] as number] as number) >>> shift) & 0xffff
  if (starts[first + 1] === from.length) return false
  for (let digit = 1; digit < starts.length; digit++) (starts[digit] as number) += starts[digit - 1] as number
  for (let at = 0; at < from.length; at++) {
    const row = from[at] as number
    const digit = ((digits[row] as number) >>> shift) & 0xffff
    to[starts[digit] as number] = row
    ;(starts[digit] as number) += 1
  }
  return true
}

/** The halves of each double as whole numbers that sort as the doubles do: the low one, then the high one. */
function digitsOf({ values, has }: NumberColumn, descending: boolean): readonly [Uint32Array, Uint32Array] {
  const count = values.length
  const [low, high] = [new Uint32Array(count), new Uint32Array(count)]
  const double = new Float64Array(1)
  const halves = new Uint32Array(double.buffer)
  const flip = descending ? last : 0
  for (let row = 0; row < count; row++) {
    const value = values[row] as number
    if (has[row] === 0 || Number.isNaN(value)) {
      low[row] = last
      high[row] = last
      continue
    }
    double[0] = value + 0
    const top = halves[1] as number
    const isNegative = top >>> 31 === 1
    low[row] = (isNegative ? ~(halves[0] as number) : (halves[0] as number)) ^ flip
    high[row] = (isNegative ? ~top : top | 0x80000000) ^ flip
  }
  return [low, high]
}

function ranksOf(column: TextColumn, descending: boolean, json: boolean): Uint32Array {
  const ranks = ranksOfDictionary(column, json)
  const most = column.dictionary.length
  const out = new Uint32Array(column.codes.length)
  for (let row = 0; row < out.length; row++) {
    const code = column.codes[row] as number
    const rank = code === 0 ? last : (ranks[code - 1] as number)
    out[row] = rank === last ? last : descending ? most - rank : rank
  }
  return out
}

const known = new WeakMap<readonly string[], Uint32Array>()

/** Where each word comes among all of them; equal things share a place. Kept: it is the dear part. */
function ranksOfDictionary({ dictionary }: TextColumn, json: boolean): Uint32Array {
  const before = known.get(dictionary)
  if (before) return before
  const values = json ? dictionary.map((text) => toSortable(JSON.parse(text))) : dictionary
  const order = Array.from(dictionary.keys()).sort((a, b) => compare(values[a] ?? null, values[b] ?? null))
  const ranks = new Uint32Array(dictionary.length)
  let rank = 0
  for (const [at, index] of order.entries()) {
    const value = values[index] ?? null
    if (at > 0 && compare(values[order[at - 1] as number] ?? null, value) !== 0) rank = at
    ranks[index] = value === null ? last : rank
  }
  known.set(dictionary, ranks)
  return ranks
}

function toSortable(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  return typeof value === 'boolean' ? Number(value) : JSON.stringify(value)
}

/** As SQLite compares: numbers, then texts letter by letter; nothing comes last. */
function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : 1
}
