import type { SweepDetail } from '../domain/sweep.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import { toCurve } from './median-stop.ts'

/** So many completed trials without an iteration show that none will come. */
const looked = 3

/** Stopping early that cannot stop anything: the metric comes without iterations, so trials cannot be compared on the way. */
export function noteStops({ sweep, trials }: SweepDetail, queries: Pick<RunQueries, 'history'>): readonly string[] {
  const { stopEarly, metric } = sweep.plan
  const completed = trials.filter(({ state, runId }) => state === 'completed' && runId !== null).slice(0, looked)
  if (stopEarly === null || completed.length === 0) return []
  if (completed.some(({ runId }) => toCurve(queries.history(runId as string, metric)).length > 0)) return []
  return [
    `No trial can be stopped early: ${metric} is not logged with an iteration. Log it as it grows, with log_metric(..., iteration=...).`,
  ]
}
