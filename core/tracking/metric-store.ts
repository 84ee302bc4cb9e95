import type { Database } from '../database/database.ts'
import { createMetricFolder } from './fold-metrics-store.ts'
import { joinPoints, latestOf, type MetricSeries, spellValue } from './metric-series.ts'
import { packBatch } from './pack-points.ts'
import type { MetricValue } from './run-records.ts'

export type MetricRow = {
  readonly value: number | null
  readonly special: 'NaN' | 'Infinity' | '-Infinity' | null
  readonly iteration: number | null
  readonly at: string
}

/** What a metric of a run stands at. */
export type LatestMetric = { readonly key: string; readonly value: MetricValue; readonly iteration: number | null }

export type MetricStore = {
  /** Adds to the history of each key. @returns where these keys stand now */
  append(run: number, series: readonly MetricSeries[]): readonly LatestMetric[]
  /** Gives a run every point that another has under `PREFIX.…`, unless it has that key already. */
  copy(fromRun: number, toRun: number, prefixes: readonly string[]): void
  /** To do when nothing more is to come for a while: its history is read faster then. */
  fold(run: number): void
}

/**
 * The batches of a run that wait to be folded; told by the last row when it is not known. Numbers only ever grow, so
 * that a transaction that is undone leaves a gap and nothing worse.
 */
type Waiting = { readonly next: number; readonly batches: number; readonly points: number }
const waitingIn = new WeakMap<Database, Map<number, Waiting>>()
const mostKnown = 10_000
const nothing: Waiting = { next: 0, batches: 0, points: 0 }

/** What a run logged is folded when it is this much: until then a reader goes through all of it. */
const mostBatches = 1_000
const mostWaiting = 65_536

/** The statements that change metrics. Who calls holds the transaction. */
export function createMetricStore(database: Database): MetricStore {
  const fold = createMetricFolder(database)
  const known = waitingIn.get(database) ?? new Map<number, Waiting>()
  waitingIn.set(database, known)
  const findKey = database.prepare<{ number: number }>('SELECT number FROM metric_key WHERE name = ?')
  const insertKey = database.prepare<never>('INSERT INTO metric_key (name) VALUES (?)')
  const lastBatch = database.prepare<{ number: number; total: number }>(
    'SELECT number, total FROM metric_batch WHERE run = ? ORDER BY number DESC LIMIT 1',
  )
  const insertBatch = database.prepare<never>('INSERT INTO metric_batch (run, number, total, data) VALUES (?, ?, ?, ?)')
  const findLatest = database.prepare<MetricRow>(
    'SELECT value, special, iteration, at FROM metric_latest WHERE run = ? AND key = ?',
  )
  // The order of `latestOf`.
  const upsertLatest = database.prepare<never>(
    `INSERT INTO metric_latest (run, key, value, special, iteration, at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, key) DO UPDATE SET
       value = excluded.value, special = excluded.special, iteration = excluded.iteration, at = excluded.at
     WHERE (coalesce(excluded.iteration, 0), excluded.at) >= (coalesce(metric_latest.iteration, 0), metric_latest.at)`,
  )

  // A prefix ends at its dot: `substr` compares it whole, whatever characters it holds.
  const keysUnder = `SELECT key.number FROM metric_latest AS latest JOIN metric_key AS key ON key.number = latest.key
    JOIN json_each(:prefixes) AS prefix ON substr(key.name, 1, length(prefix.value) + 1) = prefix.value || '.'
    WHERE latest.run = :fromRun AND key.number NOT IN (SELECT key FROM metric_latest WHERE run = :toRun)`
  const copies = [
    ['metric_point', 'key, sequence, value, special, iteration, at'],
    ['metric_chunk', 'key, sequence, points, data'],
    // The last: that a run has a key is told by it.
    ['metric_latest', 'key, value, special, iteration, at'],
  ].map(([table, columns]) =>
    database.prepare<never>(
      `INSERT INTO ${table} (run, ${columns}) SELECT :toRun, ${columns} FROM ${table}
       WHERE run = :fromRun AND key IN (${keysUnder})`,
    ),
  )

  function keyNumber(name: string): number {
    return findKey.get([name])?.number ?? insertKey.run([name]).lastId
  }

  function waitingOf(run: number): Waiting {
    const waiting = known.get(run)
    if (waiting) return waiting
    if (known.size >= mostKnown) known.clear()
    const last = lastBatch.get([run])
    return last ? { next: last.number + 1, batches: last.number + 1, points: last.total } : nothing
  }

  function foldAll(run: number): void {
    fold(run)
    const waiting = known.get(run)
    if (waiting) known.set(run, { ...waiting, batches: 0, points: 0 })
  }

  function advance(run: number, key: number, series: MetricSeries): LatestMetric {
    const at = latestOf(series)
    const value = series.values[at] as number
    const iteration = Number.isNaN(series.iterations[at]) ? null : (series.iterations[at] as number)
    const time = new Date(series.times[at] as number).toISOString()
    const isAhead = upsertLatest.run([run, key, ...toColumns(value), iteration, time]).changes > 0
    const known = isAhead ? undefined : findLatest.get([run, key])
    return known
      ? { key: series.key, value: toMetricValue(known), iteration: known.iteration }
      : { key: series.key, value: spellValue(value), iteration }
  }

  return {
    append(run, series) {
      if (series.length === 0) return []
      const keyed = [...Map.groupBy(series, ({ key }) => key)].map(([name, parts]) => {
        return { name, key: keyNumber(name), ...joinPoints(parts.map(({ key: _, ...points }) => points)) }
      })
      const { next, batches, points } = waitingOf(run)
      const total = series.reduce((sum, { values }) => sum + values.length, points)
      insertBatch.run([run, next, total, packBatch(keyed)])
      known.set(run, { next: next + 1, batches: batches + 1, points: total })
      const latest = keyed.map((one) => advance(run, one.key, { ...one, key: one.name }))
      if (total >= mostWaiting || batches + 2 >= mostBatches) foldAll(run)
      return latest
    },
    copy(fromRun, toRun, prefixes) {
      foldAll(fromRun)
      const params = { fromRun, toRun, prefixes: JSON.stringify([...new Set(prefixes)]) }
      for (const copy of copies) copy.run(params)
    },
    fold: foldAll,
  }
}

/** SQLite holds infinities as numbers, and so they sort; NaN it does not. */
function toColumns(value: number): [number | null, string | null] {
  if (Number.isNaN(value)) return [null, 'NaN']
  return [value, Number.isFinite(value) ? null : String(value)]
}

export function toMetricValue(row: Pick<MetricRow, 'value' | 'special'>): MetricValue {
  return row.special ?? (row.value as number)
}
