import type { Database } from '../database/database.ts'
import { isFailure } from '../domain/failure.ts'
import type { MetricSeries } from './metric-series.ts'
import type { LatestMetric, MetricStore } from './metric-store.ts'
import type { RunRow } from './run-rows.ts'
import type { RunStore } from './run-store.ts'

type Waiting = {
  readonly runId: string
  readonly series: readonly MetricSeries[]
  done(): void
  refuse(error: unknown): void
}

export type MetricQueue = {
  /** @returns when it is durable @throws whatever it could not be written for */
  add(runId: string, series: readonly MetricSeries[]): Promise<void>
  /** Writes what waits, now. */
  flush(): void
}

/** Each commit waits for the disk: one for all runs, as often as people can look. */
const delayMs = 100
const mostWaiting = 16_384

/** One commit for the metrics of many steps. A run that takes none any more does not hinder the others. */
export function createMetricQueue({
  database,
  runs,
  metrics,
  announce,
}: {
  readonly database: Database
  readonly runs: Pick<RunStore, 'openRun'>
  readonly metrics: Pick<MetricStore, 'append'>
  announce(runId: string, latest: readonly LatestMetric[]): void
}): MetricQueue {
  let waiting: Waiting[] = []
  let points = 0
  let timer: NodeJS.Timeout | null = null

  function openRun(runId: string): RunRow | { readonly refusal: unknown } {
    try {
      return runs.openRun(runId, 'running')
    } catch (error) {
      if (isFailure(error, 'tracking/wrongState') || isFailure(error, 'tracking/runNotFound')) return { refusal: error }
      throw error
    }
  }

  /** @returns what the run's metrics stand at, or why it takes none */
  function write(runId: string, own: readonly Waiting[]) {
    const run = openRun(runId)
    if ('refusal' in run) return run
    return {
      latest: metrics.append(
        run.number,
        own.flatMap(({ series }) => series),
      ),
    }
  }

  function flush(): void {
    if (timer) clearTimeout(timer)
    timer = null
    const byRun = [...Map.groupBy(waiting, ({ runId }) => runId)]
    waiting = []
    points = 0
    if (byRun.length === 0) return
    for (const end of commit(byRun)) {
      if ('latest' in end) announce(end.runId, end.latest)
      for (const one of end.own) 'refusal' in end ? one.refuse(end.refusal) : one.done()
    }
  }

  function commit(byRun: readonly (readonly [runId: string, own: readonly Waiting[]])[]) {
    try {
      return database.transaction(() => byRun.map(([runId, own]) => ({ runId, own, ...write(runId, own) })))
    } catch (refusal) {
      return byRun.map(([runId, own]) => ({ runId, own, refusal }))
    }
  }

  return {
    add(runId, series) {
      return new Promise((done, refuse) => {
        waiting.push({ runId, series, done, refuse })
        points += series.reduce((sum, { values }) => sum + values.length, 0)
        if (points >= mostWaiting) flush()
        else timer ??= setTimeout(flush, delayMs)
      })
    },
    flush,
  }
}
