import { expect, it } from 'vitest'
import { toNumbers, toTexts } from '../../../core/domain/columns-of-runs.ts'
import { sortAllRows, sortRows } from '../../../core/domain/sort-rows.ts'

const count = 5_000
const rows = Uint32Array.from({ length: count }, (_, row) => row)

/** The same numbers at every start: a linear congruence. */
function createDice(): () => number {
  let state = 20_260_731
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const dice = createDice()
const odd = [Number.NaN, Infinity, -Infinity, 0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -1, 1, 1 + Number.EPSILON]
const numbers = Array.from({ length: count }, () => {
  const throwOne = dice()
  if (throwOne < 0.1) return null
  if (throwOne < 0.3) return odd[Math.floor(dice() * odd.length)] as number
  return (dice() - 0.5) * 10 ** Math.floor(dice() * 40 - 20)
})
const words = Array.from({ length: count }, () => (dice() < 0.1 ? null : `word ${Math.floor(dice() * 300)}`))
const missing = (value: number | string | null) => value === null || Number.isNaN(value)

function expected(
  by: (a: number, b: number) => number,
  values: readonly (number | string | null)[],
): readonly number[] {
  return [...rows].sort((a, b) => {
    const [left, right] = [missing(values[a] ?? null), missing(values[b] ?? null)]
    return left || right ? Number(left) - Number(right) : by(a, b)
  })
}

it.each([false, true])(
  'doubles of every size come in order, and what is missing last (descending: %s)',
  (descending) => {
    const sorted = sortRows(rows, [{ column: toNumbers(numbers), descending, json: false }])
    const sign = descending ? -1 : 1
    const order = expected(
      (a, b) =>
        sign *
        ((numbers[a] as number) < (numbers[b] as number)
          ? -1
          : Number((numbers[a] as number) > (numbers[b] as number))),
      numbers,
    )
    expect([...sorted]).toEqual(order)
  },
)

it('the first key is above the second, and equal rows stay as they stood', () => {
  const sorted = sortRows(rows, [
    { column: toTexts(words), descending: true, json: false },
    { column: toNumbers(numbers), descending: false, json: false },
    { column: null, descending: false, json: false },
  ])
  const byNumber = expected(
    (a, b) =>
      (numbers[a] as number) < (numbers[b] as number) ? -1 : Number((numbers[a] as number) > (numbers[b] as number)),
    numbers,
  )
  const place = new Map(byNumber.map((row, index) => [row, index]))
  const order = [...byNumber].sort((a, b) => {
    const [left, right] = [words[a] ?? null, words[b] ?? null]
    const tie = (place.get(a) as number) - (place.get(b) as number)
    if (left === null || right === null) return Number(left === null) - Number(right === null) || tie
    return left < right ? 1 : left > right ? -1 : tie
  })
  expect([...sorted]).toEqual(order)
})

it('words come letter by letter, whatever they begin with and however long they are alike', () => {
  const starts = ['', 'm', 'run-', 'run-2025-01-01T00:00:0', 'run-é', 'run-\uffff', 'run-\ufffe', 'run-😀']
  const ends = ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abd', 'b', '\u0000', '0']
  const mixed = starts.flatMap((start) => ends.map((end) => start + end)).sort(() => dice() - 0.5)
  for (const some of [mixed, mixed.filter((word) => word.startsWith('run-')), [...mixed].sort()]) {
    const column = toTexts(some)
    const all = Uint32Array.from(some.keys())
    const words = (sorted: Uint32Array) => [...sorted].map((row) => some[row])
    const unique = [...new Set(some)].sort()
    const up = words(sortRows(all, [{ column, descending: false, json: false }]))
    expect([...new Set(up)]).toEqual(unique)
    expect([...new Set(words(sortRows(all, [{ column, descending: true, json: false }])))]).toEqual(unique.reverse())
  }
})

it('numbers in JSON come before words and by their size; null comes last', () => {
  const params = toTexts(['"b"', '10', 'null', '9', '"a"', 'true', '[1]', null])
  const sorted = sortRows(Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7]), [
    { column: params, descending: false, json: true },
  ])
  expect([...sorted]).toEqual([5, 3, 1, 6, 4, 0, 2, 7])
})

it('only the rows that are given are sorted', () => {
  const column = toNumbers([3, 1, 2, 0])
  expect([...sortRows(Uint32Array.from([0, 2, 1]), [{ column, descending: false, json: false }])]).toEqual([1, 2, 0])
  expect([...sortRows(new Uint32Array(), [{ column, descending: false, json: false }])]).toEqual([])
})

it('all rows of a column are put in order once for each direction, as sorting from the last to the first would', () => {
  const column = toNumbers(numbers)
  const backwards = rows.toReversed()
  for (const descending of [true, false]) {
    const order = sortAllRows({ column, descending, json: false })
    expect(order).toEqual(sortRows(backwards, [{ column, descending, json: false }]))
    expect(sortAllRows({ column, descending, json: false })).toBe(order)
  }
  const changed = toNumbers(numbers.with(17, 1e300))
  expect(sortAllRows({ column: changed, descending: true, json: false })).not.toEqual(
    sortAllRows({ column, descending: true, json: false }),
  )
})
