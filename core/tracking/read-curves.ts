import { decimate } from '../domain/decimate.ts'
import type { CurveRequest, MetricCurve } from '../domain/run.ts'
import type { RunQueries } from './run-reader.ts'

/** Histories of one metric in some runs, each with no more points than a picture of that width can show. */
export function readCurves(
  runs: Pick<RunQueries, 'history' | 'run'>,
  { runs: references, key, axis, buckets, from, to }: CurveRequest,
): readonly MetricCurve[] {
  return references.map((reference) => {
    const { id, metrics } = runs.run(reference)
    const points = Object.hasOwn(metrics, key) ? runs.history(reference, key) : []
    const begin = Date.parse(points[0]?.at ?? '')
    const xs = Float64Array.from(points, ({ iteration, at }, index) =>
      axis === 'time' ? (Date.parse(at) - begin) / 1000 : (iteration ?? index),
    )
    const ys = Float64Array.from(points, ({ value }) => Number(value))
    const few = decimate(inOrder(xs, ys), buckets, from, to)
    return { run: id, points: points.length, xs: [...few.xs], ys: [...few.ys] }
  })
}

/** A step that starts its count again, or a clock that is set back, must not fold a curve over itself. */
function inOrder(xs: Float64Array, ys: Float64Array): { readonly xs: Float64Array; readonly ys: Float64Array } {
  if (xs.every((x, at) => at === 0 || x >= (xs[at - 1] as number))) return { xs, ys }
  const order = Uint32Array.from(xs.keys()).sort((a, b) => (xs[a] as number) - (xs[b] as number) || a - b)
  return {
    xs: Float64Array.from(order, (at) => xs[at] as number),
    ys: Float64Array.from(order, (at) => ys[at] as number),
  }
}
