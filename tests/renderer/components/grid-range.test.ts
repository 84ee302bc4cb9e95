import { expect, it } from 'vitest'
import { rangeOf } from '../../../renderer/components/grid-range.ts'

it.each([
  ['alone', { row: 4, column: 2 }, null, [4, 4], [2, 2]],
  ['down and to the right', { row: 9, column: 5 }, { row: 4, column: 2 }, [4, 9], [2, 5]],
  ['up and to the left', { row: 1, column: 0 }, { row: 4, column: 2 }, [1, 4], [0, 2]],
  ['from the header', { row: -1, column: 3 }, null, [0, 0], [3, 3]],
] as const)('a range of cells, %s', (_, active, anchor, rows, columns) => {
  expect(rangeOf(active, anchor)).toEqual({ rows, columns })
})
