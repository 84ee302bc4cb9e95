import { expect, it } from 'vitest'
import { moveInGrid } from '../../../renderer/components/table-keys.ts'

const size = { rows: 100, columns: 5 }
const press = (key: string, far = false) => ({ key, ctrlKey: far, metaKey: false })

it.each([
  ['ArrowDown', false, { row: 11, column: 2 }],
  ['ArrowUp', false, { row: 9, column: 2 }],
  ['ArrowRight', false, { row: 10, column: 3 }],
  ['PageDown', false, { row: 30, column: 2 }],
  ['Home', false, { row: 10, column: 0 }],
  ['End', false, { row: 10, column: 4 }],
  ['Home', true, { row: 0, column: 0 }],
  ['End', true, { row: 99, column: 4 }],
])('%s (with Control: %s) leads to %o', (key, far, to) => {
  expect(moveInGrid(press(key, far), { row: 10, column: 2 }, size, 20)).toEqual(to)
})

it('stops at the edges and leaves other keys alone', () => {
  expect(moveInGrid(press('ArrowUp'), { row: 0, column: 0 }, size, 20)).toEqual({ row: 0, column: 0 })
  expect(moveInGrid(press('PageDown'), { row: 95, column: 0 }, size, 20)).toEqual({ row: 99, column: 0 })
  expect(moveInGrid(press('c'), { row: 0, column: 0 }, size, 20)).toBeNull()
})
