import { expect, it } from 'vitest'
import { decimate } from '../../../core/domain/decimate.ts'

const xs = Float64Array.from({ length: 100_000 }, (_, at) => at)
const ys = Float64Array.from(xs, (x) => Math.sin(x / 900))

it('keeps the ends, every spike and the order, in few points', () => {
  const spiked = ys.slice()
  spiked[77_777] = 40
  spiked[12_345] = -40
  const few = decimate({ xs, ys: spiked }, 500)
  expect(few.xs.length).toBeLessThanOrEqual(2_000)
  expect([few.xs[0], few.xs.at(-1)]).toEqual([0, 99_999])
  expect([Math.max(...few.ys), Math.min(...few.ys)]).toEqual([40, -40])
  expect([...few.xs]).toEqual([...few.xs].sort((a, b) => a - b))
  for (const [at, x] of few.xs.entries()) expect(few.ys[at]).toBe(spiked[x])
})

it('leaves few points as they are, and out what is no number', () => {
  const few = { xs: Float64Array.from([0, 1, 1, 5]), ys: Float64Array.from([1, Number.NaN, Infinity, 2]) }
  expect(decimate(few, 100)).toEqual({ xs: Float64Array.from([0, 5]), ys: Float64Array.from([1, 2]) })
  expect(decimate({ xs: new Float64Array(), ys: new Float64Array() }, 10).xs.length).toBe(0)
  const still = { xs: Float64Array.from([3, 3, 3]), ys: Float64Array.from([1, 9, 2]) }
  expect([...decimate(still, 10).ys]).toEqual([1, 9, 2])
})

it('looks closer at a part', () => {
  const part = decimate({ xs, ys }, 200, 5_000, 5_100)
  expect([part.xs[0], part.xs.at(-1), part.xs.length]).toEqual([5_000, 5_100, 101])
})
