import { decimate } from '../domain/decimate.ts'
import type { CurveRequest, MetricCurve } from '../domain/run.ts'
import type { MetricPoints } from './metric-series.ts'

/** Histories of one metric in some runs, each with no more points than a picture of that width can show. */
export function readCurves(
  find: (reference: string) => { readonly id: string; readonly points: MetricPoints },
  { runs, axis, buckets, from, to }: CurveRequest,
): readonly MetricCurve[] {
  return runs.map((reference) => {
    const { id, points } = find(reference)
    const xs = axis === 'time' ? toSeconds(points.times) : toPlaces(points.iterations)
    const few = decimate(inOrder(xs, points.values), buckets, from, to)
    return { run: id, points: points.values.length, xs: [...few.xs], ys: [...few.ys] }
  })
}

function toSeconds(times: Float64Array): Float64Array {
  const seconds = new Float64Array(times.length)
  const begin = times[0] ?? 0
  for (let at = 0; at < times.length; at++) seconds[at] = ((times[at] as number) - begin) / 1000
  return seconds
}

/** A point without an iteration stands where it was logged. */
function toPlaces(iterations: Float64Array): Float64Array {
  if (!hasNaN(iterations)) return iterations
  const places = new Float64Array(iterations.length)
  for (let at = 0; at < places.length; at++) {
    const iteration = iterations[at] as number
    places[at] = Number.isNaN(iteration) ? at : iteration
  }
  return places
}

function hasNaN(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at++) if (Number.isNaN(numbers[at])) return true
  return false
}

/** A step that starts its count again, or a clock that is set back, must not fold a curve over itself. */
function inOrder(xs: Float64Array, ys: Float64Array): { readonly xs: Float64Array; readonly ys: Float64Array } {
  let ordered = true
  for (let at = 1; at < xs.length && ordered; at++) ordered = (xs[at] as number) >= (xs[at - 1] as number)
  if (ordered) return { xs, ys }
  const order = Uint32Array.from(xs.keys()).sort((a, b) => (xs[a] as number) - (xs[b] as number) || a - b)
  return {
    xs: Float64Array.from(order, (at) => xs[at] as number),
    ys: Float64Array.from(order, (at) => ys[at] as number),
  }
}
