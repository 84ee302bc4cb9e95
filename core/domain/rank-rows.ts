import type { NumberColumn, RunColumn, TextColumn } from './run-columns.ts'

/** Where each row comes in a column: equal ones share a place, `missing` comes after all. */
export type Ranks = {
  readonly of: Uint32Array
  /** One more than the last place. */
  readonly places: number
}

export const missing = 0xffffffff

const known = new WeakMap<RunColumn, Ranks>()

/** Kept with the column, since ranking is the dear part of sorting: whatever was shown once is sorted in one pass. */
export function rankRows(column: RunColumn, json: boolean): Ranks {
  const before = known.get(column)
  if (before) return before
  const ranks = column.kind === 'number' ? rankNumbers(column) : rankTexts(column, json)
  known.set(column, ranks)
  return ranks
}

function rankNumbers({ values, has }: NumberColumn): Ranks {
  const count = values.length
  const present = new Uint32Array(count)
  let size = 0
  for (let row = 0; row < count; row++) if (has[row] === 1 && !Number.isNaN(values[row])) present[size++] = row
  const order = orderByDigits(present.subarray(0, size), halvesOf(values))
  const of = new Uint32Array(count).fill(missing)
  let places = 0
  for (let at = 0; at < size; at++) {
    const row = order[at] as number
    if (at > 0 && values[order[at - 1] as number] !== values[row]) places++
    of[row] = places
  }
  return { of, places: size === 0 ? 0 : places + 1 }
}

/** By two whole numbers of each row, the first being the lower one: sixteen bits at a time. */
function orderByDigits(rows: Uint32Array, halves: readonly [Uint32Array, Uint32Array]): Uint32Array {
  let [from, to] = [rows.slice(), new Uint32Array(rows.length)]
  for (const digits of halves) {
    for (const shift of [0, 16]) if (spread(from, to, digits, shift)) [from, to] = [to, from]
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
function halvesOf(values: Float64Array): readonly [Uint32Array, Uint32Array] {
  const count = values.length
  const [low, high] = [new Uint32Array(count), new Uint32Array(count)]
  const double = new Float64Array(1)
  const halves = new Uint32Array(double.buffer)
  for (let row = 0; row < count; row++) {
    double[0] = (values[row] as number) + 0
    const [bottom, top] = [halves[0] as number, halves[1] as number]
    const isNegative = top >>> 31 === 1
    low[row] = isNegative ? ~bottom : bottom
    high[row] = isNegative ? ~top : top | 0x80000000
  }
  return [low, high]
}

function rankTexts(column: TextColumn, json: boolean): Ranks {
  const { ranks, places } = rankWords(column.dictionary, json)
  const of = new Uint32Array(column.codes.length)
  for (let row = 0; row < of.length; row++) {
    const code = column.codes[row] as number
    of[row] = code === 0 ? missing : (ranks[code - 1] as number)
  }
  return { of, places }
}

type WordRanks = { readonly ranks: Uint32Array; readonly places: number }
const knownWords = new WeakMap<readonly string[], WordRanks>()

/** Of each word its place among all of them. */
function rankWords(dictionary: readonly string[], json: boolean): WordRanks {
  const before = knownWords.get(dictionary)
  if (before) return before
  const made = json ? rankJson(dictionary) : rankTextsOf(dictionary)
  knownWords.set(dictionary, made)
  return made
}

/** Words are each there once. Times and ids that count up come in order already: then nothing is to be done. */
function rankTextsOf(dictionary: readonly string[]): WordRanks {
  const ranks = new Uint32Array(dictionary.length)
  const places = dictionary.length
  let isInOrder = true
  for (let at = 1; at < places && isInOrder; at++) {
    isInOrder = (dictionary[at - 1] as string) < (dictionary[at] as string)
  }
  if (isInOrder) for (let at = 0; at < places; at++) ranks[at] = at
  else for (const [rank, index] of orderWords(dictionary).entries()) ranks[index] = rank
  return { ranks, places }
}

/** By the four letters after what all begin with, then letter by letter where those are the same. */
function orderWords(words: readonly string[]): Uint32Array {
  const skipped = commonStart(words)
  const [low, high] = [new Uint32Array(words.length), new Uint32Array(words.length)]
  for (const [index, word] of words.entries()) {
    // A word that has ended comes before one that goes on with any letter; the last two of all letters share a
    // sign, so that what follows them must not tell words apart here.
    let isClear = true
    const letter = (at: number): number => {
      if (!isClear || at >= word.length) return 0
      const sign = Math.min(0xffff, word.charCodeAt(at) + 1)
      isClear = sign < 0xffff
      return sign
    }
    high[index] = (letter(skipped) << 16) | letter(skipped + 1)
    low[index] = (letter(skipped + 2) << 16) | letter(skipped + 3)
  }
  const order = orderByDigits(Uint32Array.from(words.keys()), [low, high])
  const isSame = (a: number, b: number) => low[a] === low[b] && high[a] === high[b]
  for (let from = 0, end = 0; from < order.length; from = end) {
    for (end = from + 1; end < order.length && isSame(order[from] as number, order[end] as number); ) end++
    if (end > from + 1) {
      order.subarray(from, end).sort((a, b) => ((words[a] as string) < (words[b] as string) ? -1 : 1))
    }
  }
  return order
}

function commonStart(words: readonly string[]): number {
  const [first = ''] = words
  let length = first.length
  for (const word of words) {
    let same = 0
    while (same < length && word.charCodeAt(same) === first.charCodeAt(same)) same++
    length = same
  }
  return length
}

function rankJson(dictionary: readonly string[]): WordRanks {
  const values = dictionary.map((text) => toSortable(JSON.parse(text)))
  const order = Array.from(dictionary.keys()).sort((a, b) => compare(values[a] ?? null, values[b] ?? null))
  const ranks = new Uint32Array(dictionary.length)
  let places = 0
  for (const [at, index] of order.entries()) {
    const value = values[index] ?? null
    if (value === null) ranks[index] = missing
    else {
      if (at > 0 && compare(values[order[at - 1] as number] ?? null, value) !== 0) places++
      ranks[index] = places
    }
  }
  return { ranks, places: places + 1 }
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
