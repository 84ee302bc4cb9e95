import { expect, it } from 'vitest'
import { toNumbers, toTexts } from '../../../core/domain/columns-of-runs.ts'
import { aggregate, groupRows } from '../../../core/domain/group-rows.ts'

const rows = Uint32Array.from([5, 4, 3, 2, 1, 0])
const plain = (groups: ReturnType<typeof groupRows>) => groups.map(({ value, rows: some }) => [value, [...some]])

it('rows with the same value stand together in the order they came, and those without one at the end', () => {
  const words = toTexts(['b', 'a', null, 'b', 'a', 'b'])
  expect(plain(groupRows(rows, words, false))).toEqual([
    ['a', [4, 1]],
    ['b', [5, 3, 0]],
    [null, [2]],
  ])
  const numbers = toNumbers([10, 9, Number.NaN, 10, -0, 0])
  expect(plain(groupRows(rows, numbers, false))).toEqual([
    [0, [5, 4]],
    [9, [1]],
    [10, [3, 0]],
    [null, [2]],
  ])
})

it('params group as what they are, numbers by size before words', () => {
  const params = toTexts(['"rbf"', '10', '9', 'null', '10', '"linear"'])
  expect(plain(groupRows(rows, params, true)).map(([value]) => value)).toEqual(['9', '10', '"linear"', '"rbf"', null])
})

it('nothing has no groups, and a column that no run has makes one of all', () => {
  expect(groupRows(new Uint32Array(), toNumbers([]), false)).toEqual([])
  expect(plain(groupRows(rows, null, false))).toEqual([[null, [...rows]]])
})

it('numbers are summed up without what is missing or no finite number', () => {
  const column = toNumbers([1, null, Number.NaN, Infinity, 3, -7])
  const some = Uint32Array.from([0, 1, 2, 3, 4])
  expect(aggregate(column, some, 'mean')).toBe(2)
  expect(aggregate(column, some, 'min')).toBe(1)
  expect(aggregate(column, some, 'max')).toBe(3)
  expect(aggregate(column, some, 'count')).toBe(4)
  expect(aggregate(column, Uint32Array.from([1, 2]), 'mean')).toBeNull()
  expect(aggregate(toTexts(['x', null]), Uint32Array.from([0, 1]), 'max')).toBeNull()
  expect(aggregate(toTexts(['x', null]), Uint32Array.from([0, 1]), 'count')).toBe(1)
})
