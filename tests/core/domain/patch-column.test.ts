import { expect, it } from 'vitest'
import { toNumbers, toTexts } from '../../../core/domain/columns-of-runs.ts'
import { patchColumn, valueIn } from '../../../core/domain/patch-column.ts'
import type { RunColumn } from '../../../core/domain/run-columns.ts'
import { sortRows } from '../../../core/domain/sort-rows.ts'

const rows = Uint32Array.from([0, 1, 2])
const sorted = (column: RunColumn | null) => [...sortRows(rows, [{ column, descending: false, json: false }])]

it.each([
  ['numbers', toNumbers([3, 2, 1]), 0.5],
  ['words that are known', toTexts(['c', 'b', 'a']), 'a'],
  ['words that are new', toTexts(['c', 'b', 'b']), 'a'],
] as const)('rows are put in order anew when a value among %s changes', (_, column, value) => {
  expect(sorted(column)).not.toEqual([0, 1, 2])
  const patched = patchColumn(column, 3, new Map([[0, value]])) as RunColumn
  expect(patched).not.toBe(column)
  expect(valueIn(patched, 0)).toBe(value)
  expect(sorted(patched)[0]).toBe(0)
})

it('a column to which nothing new is said stays the one it was, so that nothing is made anew', () => {
  for (const column of [toNumbers([3, null, Number.NaN]), toTexts(['c', null, 'a'])]) {
    const same = new Map([0, 1, 2].map((row) => [row, valueIn(column, row)]))
    expect(patchColumn(column, 3, same)).toBe(column)
  }
})
