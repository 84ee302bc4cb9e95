import type { Database } from '../database/database.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Run } from '../domain/run.ts'
import { toMetricValue } from './metric-store.ts'
import type { MetricValue } from './run-records.ts'
import { fromJson, type RunRow, toRun } from './run-rows.ts'

const within = 'IN (SELECT value FROM json_each(?))'

/** Fills in what hangs on runs, for a whole page of them in four statements. */
export function createRunLoader(database: Database): (rows: readonly RunRow[]) => readonly Run[] {
  const params = database.prepare<never>(`SELECT run, key, value FROM run_param WHERE run ${within} ORDER BY run, key`)
  const metrics = database.prepare<never>(
    `SELECT latest.run, metric_key.name, latest.value, latest.special
     FROM metric_latest AS latest JOIN metric_key ON metric_key.number = latest.key
     WHERE latest.run ${within} ORDER BY latest.run, metric_key.name`,
  )
  const tags = database.prepare<never>(`SELECT run, key, value FROM run_tag WHERE run ${within} ORDER BY run, key`)
  const counts = database.prepare<never>(
    `SELECT run, count(*), sum(state = 'cached') FROM step_run WHERE run ${within} GROUP BY run`,
  )

  return (rows) => {
    const numbers = [JSON.stringify(rows.map((row) => row.number))]
    const keyed = new Map(rows.map((row) => [row.number, emptyKeyed()]))
    for (const [run, key, value] of params.values(numbers) as [number, string, string][])
      put(keyed.get(run)?.params, key, fromJson(value))
    for (const [run, key, value, special] of metrics.values(numbers) as [number, string, number, null][])
      put(keyed.get(run)?.metrics, key, toMetricValue({ value, special }))
    for (const [run, key, value] of tags.values(numbers) as [number, string, string][])
      put(keyed.get(run)?.tags, key, value)
    for (const [run, totalSteps, cachedSteps] of counts.values(numbers) as [number, number, number][])
      Object.assign(keyed.get(run) ?? {}, { totalSteps, cachedSteps })
    return rows.map((row) => toRun(row, keyed.get(row.number) ?? emptyKeyed()))
  }
}

function emptyKeyed() {
  return {
    params: {} as Record<string, JsonValue>,
    metrics: {} as Record<string, MetricValue>,
    tags: {} as Record<string, string>,
    cachedSteps: 0,
    totalSteps: 0,
  }
}

/** `__proto__` is a name like any other. */
function put<Value>(record: Record<string, Value> | undefined, key: string, value: Value): void {
  if (record === undefined) return
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
  else record[key] = value
}
