import type { Database } from '../database/database.ts'
import type { MetricWithHistory } from '../domain/run.ts'
import { joinPoints, type MetricPoints } from './metric-series.ts'
import type { MetricRow } from './metric-store.ts'
import { unpackBatch, unpackPoints } from './pack-points.ts'

export type MetricHistoryQueries = {
  /** Every point in the order of logging; none when the run has no such metric. */
  points(run: number, key: string): MetricPoints
  /** Keys that some of these runs have more than one point of. */
  withHistory(runs: readonly number[]): readonly MetricWithHistory[]
}

/** Histories from the three places where they may stand (migrations/0006-metric-chunks.sql). */
export function createMetricHistoryQueries(database: Database): MetricHistoryQueries {
  const findKey = database.prepare<{ number: number }>('SELECT number FROM metric_key WHERE name = ?')
  const keyNames = database.prepare<{ number: number; name: string }>('SELECT number, name FROM metric_key')
  const rows = database.prepare<MetricRow>(
    'SELECT value, special, iteration, at FROM metric_point WHERE run = ? AND key = ? ORDER BY sequence',
  )
  const chunks = database.prepare<{ data: Uint8Array }>(
    'SELECT data FROM metric_chunk WHERE run = ? AND key = ? ORDER BY sequence',
  )
  const batches = database.prepare<{ data: Uint8Array }>('SELECT data FROM metric_batch WHERE run = ? ORDER BY number')
  const counts = database.prepare<{ key: number; points: number }>(
    `SELECT key, sum(points) AS points FROM (
       SELECT key, max(sequence) + 1 AS points FROM metric_point WHERE run = :run GROUP BY key
       UNION ALL SELECT key, points FROM metric_chunk WHERE run = :run) GROUP BY key`,
  )

  const waiting = (run: number) => batches.all([run]).flatMap(({ data }) => unpackBatch(data))

  return {
    points(run, key) {
      const number = findKey.get([key])?.number
      if (number === undefined) return joinPoints([])
      const old = rows.all([run, number])
      return joinPoints([
        ...(old.length > 0 ? [fromRows(old)] : []),
        ...chunks.all([run, number]).map(({ data }) => unpackPoints(data)),
        ...waiting(run).filter((part) => part.key === number),
      ])
    },
    withHistory(runs) {
      const most = new Map<number, number>()
      for (const run of runs) {
        const own = new Map(counts.all({ run }).map(({ key, points }) => [key, points]))
        for (const { key, values } of waiting(run)) own.set(key, (own.get(key) ?? 0) + values.length)
        for (const [key, points] of own) most.set(key, Math.max(points, most.get(key) ?? 0))
      }
      return keyNames
        .all()
        .flatMap(({ number, name }) =>
          (most.get(number) ?? 0) > 1 ? [{ key: name, points: most.get(number) as number }] : [],
        )
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    },
  }
}

function fromRows(rows: readonly MetricRow[]): MetricPoints {
  return {
    values: Float64Array.from(rows, ({ value, special }) => (special === null ? (value as number) : Number(special))),
    iterations: Float64Array.from(rows, ({ iteration }) => iteration ?? Number.NaN),
    times: Float64Array.from(rows, ({ at }) => Date.parse(at)),
  }
}
