import { type DescribedFailure, describeFailure, fail, isFailure } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { Run } from '../domain/run.ts'
import type { Sweep, SweepPlan, Trial } from '../domain/sweep.ts'
import type { Execution } from '../execution/run-project.ts'
import type { Recorder } from '../tracking/recorder.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import { type MetricCurve, shouldStop, toCurve } from './median-stop.ts'
import type { Search } from './search.ts'
import type { SweepStore, TrialEnd } from './sweep-store.ts'

export type SweepRunner = {
  readonly store: SweepStore
  readonly execution: Pick<Execution, 'start'>
  readonly recorder: Pick<Recorder, 'watch'>
  readonly queries: Pick<RunQueries, 'history'>
}

/** The runs of its trials that go right now, so that one of them can be cancelled. */
export type RunningTrials = Map<string, AbortController>

/**
 * Runs what waits, so many at once as the plan says, until all trials have ended, too many failed in a row, or
 * `signal` fires. Nothing runs any more when it returns.
 */
export async function runSweep(
  id: string,
  search: Search | null,
  use: SweepRunner,
  runningTrials: RunningTrials,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Sweep> {
  const { store, execution, recorder, queries } = use
  const { sweep, trials } = store.get(id)
  const { plan } = sweep
  const waiting = trials.filter(({ state }) => state === 'queued')
  let asked = trials.length
  const curves = new Map<number, MetricCurve>()
  for (const trial of trials) if (trial.state === 'completed') keepCurve(trial.number, trial.runId)
  const active = new Set<Promise<void>>()
  // What is said to the search is recorded in the order in which it was said.
  let conversation: Promise<unknown> = Promise.resolve()
  let failuresInRow = 0
  let lastFailure: DescribedFailure | null = null
  let defect: { readonly error: unknown } | null = null

  const say = <Result>(words: () => Promise<Result>): Promise<Result> => {
    const said = conversation.then(words)
    conversation = said.catch(() => undefined)
    return said
  }

  function keepCurve(number: number, runId: string | null): void {
    if (plan.stopEarly === null || runId === null) return
    curves.set(number, toCurve(queries.history(runId, plan.metric)))
  }

  async function nextTrial(): Promise<Trial | null> {
    const next = waiting.shift()
    if (next !== undefined || search === null) return next ?? null
    if (asked >= plan.trials) return null
    const number = asked + 1
    return say(async () => {
      store.addTrial(id, number, await search.ask(number))
      asked = number
      return store.trial(id, number)
    })
  }

  async function runTrial(trial: Trial): Promise<void> {
    const { number } = trial
    const stop = new AbortController()
    const request = {
      steps: plan.steps,
      params: { ...plan.fixed, ...trial.params },
      tags: { sweep: id, trial: String(number) },
      experiment: plan.experiment ?? undefined,
    }
    const started = await execution.start(request, {
      report: () => undefined,
      signal: AbortSignal.any([signal, stop.signal]),
      together: plan.parallel > 1,
    })
    const { runId } = started
    store.startTrial(id, number, runId)
    runningTrials.set(runId, stop)
    announce()
    let curve: MetricCurve = []
    const leave = recorder.watch((event) => {
      if (event.kind !== 'metric' || event.runId !== runId || event.key !== plan.metric || plan.stopEarly === null)
        return
      if (stop.signal.aborted) return
      curve = toCurve(queries.history(runId, plan.metric))
      const reason = shouldStop(curve, [...curves.values()], plan.goal, plan.stopEarly)
      if (reason !== null) stop.abort(fail('sweeps/stoppedEarly', { metric: plan.metric, ...reason }))
    })
    const run = await started.done.finally(() => {
      leave()
      runningTrials.delete(runId)
    })
    const end = toTrialEnd(run, plan, stop.signal.reason, curve)
    await say(async () => {
      store.endTrial(id, number, end)
      if (end.state !== 'canceled') await search?.tell(number, end)
    })
    if (end.state === 'completed') keepCurve(number, runId)
    if (end.state === 'failed') lastFailure = end.failure
    failuresInRow = end.state === 'failed' ? failuresInRow + 1 : end.state === 'canceled' ? failuresInRow : 0
  }

  function announce(): void {
    const { counts, best } = store.sweep(id)
    const done = counts.completed + counts.failed + counts.stopped + counts.canceled
    const words = best ? `best ${plan.metric} ${best.value} (trial ${best.trial})` : `${counts.running} running`
    report({ phase: sweepPhases[1], done, total: plan.trials, unit: null, fact: words })
  }

  const goesOn = () => !signal.aborted && defect === null && failuresInRow < plan.maxFailures
  announce()
  while (goesOn()) {
    const trial = active.size < plan.parallel ? await nextTrial().catch(keepDefect) : null
    if (trial && goesOn()) {
      const run = runTrial(trial).catch(keepDefect).then(announce)
      const settled: Promise<void> = run.finally(() => active.delete(settled))
      active.add(settled)
    } else if (active.size > 0) await Promise.race(active)
    else break
  }
  await Promise.all(active)
  return store.end(id, ...describeEnd())

  function keepDefect(error: unknown): null {
    defect ??= { error }
    return null
  }

  function describeEnd(): Parameters<SweepStore['end']> extends [string, ...infer End] ? End : never {
    if (signal.aborted) return ['canceled', describeFailure(fail('execution/canceled', { what: `Sweep ${id}` }))]
    if (defect !== null) return ['failed', describeFailure((defect as { error: unknown }).error)]
    const last = (lastFailure as DescribedFailure | null)?.message ?? null
    if (failuresInRow >= plan.maxFailures)
      return ['failed', describeFailure(fail('sweeps/tooManyFailures', { count: failuresInRow, last: last ?? '' }))]
    if (store.sweep(id).best === null) return ['failed', describeFailure(fail('sweeps/noneCompleted', { last }))]
    return ['completed', null]
  }
}

export const sweepPhases = ['Prepare', 'Trials'] as const

function toTrialEnd(run: Run, plan: SweepPlan, stopReason: unknown, curve: MetricCurve): TrialEnd {
  const { metric } = plan
  if (run.state === 'completed') {
    const value = run.metrics[metric]
    if (typeof value === 'number') return { state: 'completed', value, iteration: null, failure: null }
    const metrics = Object.keys(run.metrics)
    const nearest = metrics.includes(metric) ? null : nearestName(metric, metrics)
    const failure = describeFailure(fail('sweeps/metricMissing', { metric, metrics, nearest }))
    return { state: 'failed', value: null, iteration: null, failure }
  }
  const last = curve.at(-1)
  if (run.state === 'canceled' && isFailure(stopReason, 'sweeps/stoppedEarly') && last !== undefined)
    return { state: 'stopped', ...last, failure: run.failure }
  return { state: run.state === 'canceled' ? 'canceled' : 'failed', value: null, iteration: null, failure: run.failure }
}
