import { expect, it } from 'vitest'
import { moveBrush } from '../../../renderer/charts/move-brush.ts'

const number = { extent: [0, 10], words: null } as const
const word = { extent: [-0.5, 2.5], words: ['linear', 'poly', 'rbf'] } as const

it('an end of a range goes a twentieth of its axis at a time, and never past the other end or the axis', () => {
  expect(moveBrush(number, undefined, 'lower', 1)).toEqual([0.5, 10])
  expect(moveBrush(number, [0.5, 10], 'upper', -1)).toEqual([0.5, 9.5])
  expect(moveBrush(number, [9.4, 9.5], 'lower', 1)).toEqual([9.5, 9.5])
  expect(moveBrush(number, [9.5, 9.5], 'upper', -1)).toEqual([9.5, 9.5])
  expect(moveBrush(number, [2, 9.9], 'upper', 1)).toEqual([2, 10])
})

it('a range that holds its whole axis again is none', () => {
  expect(moveBrush(number, undefined, 'lower', -1)).toBeNull()
  expect(moveBrush(number, [0.5, 10], 'lower', -1)).toBeNull()
})

it('of words the range takes one in or leaves one out', () => {
  expect(moveBrush(word, undefined, 'lower', 1)).toEqual([0.5, 2.5])
  expect(moveBrush(word, [0.5, 2.5], 'upper', -1)).toEqual([0.5, 1.5])
})
