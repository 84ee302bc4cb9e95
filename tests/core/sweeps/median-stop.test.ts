import { describe, expect, it } from 'vitest'
import { shouldStop, toCurve } from '../../../core/sweeps/median-stop.ts'

const curve = (...values: readonly number[]) => values.map((value, iteration) => ({ iteration, value }))
const rule = { rule: 'median', warmUpTrials: 3, warmUpIterations: 1 } as const
const finished = [curve(1, 5, 9), curve(1, 6, 8), curve(1, 4, 7)]

describe('stopping by the median', () => {
  it('stops what is worse at the same iteration than the median of the finished ones', () => {
    expect(shouldStop(curve(1, 4.9), finished, 'max', rule)).toEqual({ iteration: 1, value: 4.9, median: 5 })
    expect(shouldStop(curve(1, 5), finished, 'max', rule)).toBeNull()
    expect(shouldStop(curve(1, 5.1), finished, 'min', rule)).toBeNull()
    expect(
      shouldStop(
        [
          { iteration: 0, value: 9 },
          { iteration: 1, value: 8 },
        ],
        finished,
        'min',
        rule,
      ),
    ).toEqual({
      iteration: 1,
      value: 8,
      median: 5,
    })
  })

  it('judges a trial by its best until now', () => {
    expect(shouldStop(curve(1, 7, 2), finished, 'max', rule)).toEqual({ iteration: 2, value: 7, median: 8 })
    expect(shouldStop(curve(1, 9, 2), finished, 'max', rule)).toBeNull()
  })

  it('waits for the warm-up of trials and of iterations', () => {
    expect(shouldStop(curve(1, 0), finished.slice(0, 2), 'max', rule)).toBeNull()
    expect(shouldStop(curve(0), finished, 'max', rule)).toBeNull()
    expect(shouldStop(curve(0, 0), finished, 'max', { ...rule, warmUpIterations: 2 })).toBeNull()
    expect(shouldStop([], finished, 'max', rule)).toBeNull()
  })

  it('takes what others had reached by then when they logged at other iterations, and the middle of two', () => {
    const sparse = [
      [{ iteration: 0, value: 3 }],
      [{ iteration: 1, value: 5 }],
      [{ iteration: 9, value: 9 }],
      [{ iteration: 1, value: 7 }],
    ]
    expect(shouldStop(curve(0, 0), sparse, 'max', rule)).toEqual({ iteration: 1, value: 0, median: 5 })
    expect(shouldStop(curve(0, 0), [...sparse, curve(8, 8)], 'max', rule)).toMatchObject({ median: 6 })
  })

  it('leaves out what has no iteration or is no finite number, and takes the last word on an iteration', () => {
    expect(
      toCurve([
        { iteration: 1, value: 1 },
        { iteration: null, value: 2 },
        { iteration: 0, value: 'NaN' },
        { iteration: 0, value: 3 },
        { iteration: 1, value: 4 },
      ]),
    ).toEqual([
      { iteration: 0, value: 3 },
      { iteration: 1, value: 4 },
    ])
  })
})
