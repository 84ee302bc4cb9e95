import { type EarlyStop, isBetter, type SweepGoal } from '../domain/sweep.ts'

/** What a trial logged of the metric: the last value at each iteration, in ascending order of these. */
export type MetricCurve = readonly { readonly iteration: number; readonly value: number }[]

export type StopReason = { readonly iteration: number; readonly value: number; readonly median: number }

/**
 * Whether a trial should be stopped: its best until now is worse than the median of what the finished ones had
 * reached at the same iteration.
 */
export function shouldStop(
  curve: MetricCurve,
  finished: readonly MetricCurve[],
  goal: SweepGoal,
  rule: EarlyStop,
): StopReason | null {
  const last = curve.at(-1)
  if (last === undefined || curve.length <= rule.warmUpIterations) return null
  const reached = finished.flatMap(
    (other) => other.findLast(({ iteration }) => iteration <= last.iteration)?.value ?? [],
  )
  if (reached.length < Math.max(rule.warmUpTrials, 1)) return null
  const value = bestOf(curve, goal)
  const median = medianOf(reached)
  return isBetter(goal, median, value) ? { iteration: last.iteration, value, median } : null
}

/** Points as they were logged, as a curve: without those that have no iteration or are no finite number. */
export function toCurve(
  points: readonly { readonly iteration: number | null; readonly value: number | string }[],
): MetricCurve {
  const last = new Map<number, number>()
  for (const { iteration, value } of points)
    if (iteration !== null && typeof value === 'number' && Number.isFinite(value)) last.set(iteration, value)
  return [...last].sort(([a], [b]) => a - b).map(([iteration, value]) => ({ iteration, value }))
}

function bestOf(curve: MetricCurve, goal: SweepGoal): number {
  return curve.map(({ value }) => value).reduce((best, value) => (isBetter(goal, value, best) ? value : best))
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}
