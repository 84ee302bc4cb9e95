import { describe, expect, it } from 'vitest'
import type { ParamSpace, SweepDetail, Trial } from '../../../core/domain/sweep.ts'
import { influenceOf } from '../../../renderer/views/sweeps/param-influence.ts'

const values: ParamSpace = { kind: 'values', values: [] }

function detailOf(trials: readonly (readonly [params: Trial['params'], value: number | null])[]): SweepDetail {
  const space = Object.keys(trials[0]?.[0] ?? {}).map((key) => ({ key, space: values }))
  return {
    sweep: { plan: { space } } as unknown as SweepDetail['sweep'],
    trials: trials.map(([params, value], at) => ({
      number: at + 1,
      state: value === null ? 'failed' : 'completed',
      params,
      runId: `run${at}`,
      value,
      failure: null,
      startedAt: null,
      endedAt: null,
    })),
  }
}

/** A full grid of a × b × c, each at four levels. */
function grid(metric: (a: number, b: number, c: string) => number | null) {
  const levels = [0, 1, 2, 3]
  return detailOf(
    levels.flatMap((a) =>
      levels.flatMap((b) => ['w', 'x', 'y', 'z'].map((c) => [{ a, b, c }, metric(a, b, c)] as const)),
    ),
  )
}

const shares = (detail: SweepDetail) => Object.fromEntries(influenceOf(detail).map(({ key, share }) => [key, share]))

describe('the influence of a param', () => {
  it('is all of the spread where it alone decides, and none for the others', () => {
    expect(shares(grid((a) => a * a))).toEqual({ a: 1, b: 0, c: 0 })
    expect(shares(grid((_, __, c) => (c === 'y' ? 5 : 1)))).toEqual({ a: 0, b: 0, c: 1 })
  })

  it('is shared as the variances are, the largest first', () => {
    // Variances of 3a and b are as 9 to 1.
    const found = influenceOf(grid((a, b) => 3 * a + b))
    expect(found.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(found[0]?.share).toBeCloseTo(0.9, 1)
    expect(found[1]?.share).toBeCloseTo(0.1, 1)
    expect(found[2]?.share).toBe(0)
  })

  it('is little for what params do only together, and for numbers of chance', () => {
    const together = shares(grid((a, b) => ((a + b) % 2 === 0 ? 1 : 0)))
    expect(together).toEqual({ a: 0, b: 0, c: 0 })
    let state = 7
    const drawn = Array.from({ length: 200 }, () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    })
    const chance = detailOf(drawn.slice(0, 100).map((x, at) => [{ x, y: 1 }, drawn[100 + at] as number]))
    expect(shares(chance).x).toBeLessThan(0.1)
    const line = detailOf(drawn.slice(0, 100).map((x) => [{ x, y: 1 }, x]))
    expect(shares(line).x).toBeGreaterThan(0.9)
    expect(shares(line).y).toBe(0)
  })

  it('takes completed trials alone, and says nothing from a few, or where all are equal', () => {
    expect(influenceOf(grid((a, b, c) => (a === 0 && b === 0 && c !== 'z' ? a : null)))).toEqual([])
    expect(shares(grid(() => 4))).toEqual({ a: 0, b: 0, c: 0 })
  })
})
