import { decimate } from '../../core/domain/decimate.ts'
import type { CurveRequest, MetricCurve, Run, RunComparison } from '../../core/domain/run.ts'
import { compareRuns } from '../../core/tracking/compare-runs.ts'

/** Core's own comparison, of runs that had neither code nor packages. */
export function compareFixtures(runs: readonly Run[]): Promise<RunComparison> {
  return compareRuns(
    runs.map((run) => ({ run, steps: [], environment: null })),
    async () => '',
  )
}

/** Losses that fall, each a little otherwise. */
export function curvesOfFixtures({ runs, axis, buckets, from, to }: CurveRequest): readonly MetricCurve[] {
  return runs.map((run, index) => {
    const points = 400 - (index % 3) * 60
    const xs = Float64Array.from({ length: points }, (_, at) => (axis === 'time' ? at * (1 + index / 10) : at))
    const ys = Float64Array.from(xs.keys(), (at) => {
      const jitter = (Math.imul(at * 13 + index * 7 + 1, 2_654_435_761) >>> 0) / 2 ** 32
      return (1.6 + index / 8) / (1 + at / (18 + index * 2)) + jitter * 0.08
    })
    const few = decimate({ xs, ys }, buckets, from, to)
    return { run, points, xs: [...few.xs], ys: [...few.ys] }
  })
}
