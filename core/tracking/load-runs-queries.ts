import type { Database } from '../database/database.ts'
import type { Run } from '../domain/run.ts'
import { type MetricRow, toMetricValue } from './metric-store.ts'
import { fromJson, type RunRow, toRun } from './run-rows.ts'

/** Fills in what hangs on runs, for a whole page of them in four statements. */
export function createRunLoader(database: Database): (rows: readonly RunRow[]) => readonly Run[] {
  const params = database.prepare<{ run: number; key: string; value: string }>(
    `SELECT run, key, value FROM run_param WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key`,
  )
  const metrics = database.prepare<MetricRow & { run: number; key: string }>(
    `SELECT latest.run, metric_key.name AS key, latest.value, latest.special
     FROM metric_latest AS latest JOIN metric_key ON metric_key.number = latest.key
     WHERE latest.run IN (SELECT value FROM json_each(?)) ORDER BY latest.run, key`,
  )
  const tags = database.prepare<{ run: number; key: string; value: string }>(
    `SELECT run, key, value FROM run_tag WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key`,
  )
  const counts = database.prepare<{ run: number; total: number; cached: number }>(
    `SELECT run, count(*) AS total, sum(state = 'cached') AS cached FROM step_run
     WHERE run IN (SELECT value FROM json_each(?)) GROUP BY run`,
  )

  return (rows) => {
    const numbers = [JSON.stringify(rows.map((row) => row.number))]
    const paramsOf = Map.groupBy(params.all(numbers), (row) => row.run)
    const metricsOf = Map.groupBy(metrics.all(numbers), (row) => row.run)
    const tagsOf = Map.groupBy(tags.all(numbers), (row) => row.run)
    const countsOf = new Map(counts.all(numbers).map((row) => [row.run, row]))
    return rows.map((row) =>
      toRun(row, {
        params: Object.fromEntries((paramsOf.get(row.number) ?? []).map(({ key, value }) => [key, fromJson(value)])),
        metrics: Object.fromEntries(
          (metricsOf.get(row.number) ?? []).map((metric) => [metric.key, toMetricValue(metric)]),
        ),
        tags: Object.fromEntries((tagsOf.get(row.number) ?? []).map(({ key, value }) => [key, value])),
        cachedSteps: countsOf.get(row.number)?.cached ?? 0,
        totalSteps: countsOf.get(row.number)?.total ?? 0,
      }),
    )
  }
}
