import type { Database } from '../database/database.ts'
import type { MetricPoint, MetricValue } from './run-records.ts'

export type MetricRow = {
  readonly value: number | null
  readonly special: 'NaN' | 'Infinity' | '-Infinity' | null
  readonly iteration: number | null
  readonly at: string
}

export type MetricStore = {
  /** Appends to the history of each key; the last point of a key is its latest. */
  append(run: number, points: readonly MetricPoint[]): void
  /** Gives a run every point that another has under `PREFIX.…`, unless it has that key already. */
  copy(fromRun: number, toRun: number, prefixes: readonly string[]): void
}

export function createMetricStore(database: Database): MetricStore {
  const findKey = database.prepare<{ number: number }>('SELECT number FROM metric_key WHERE name = ?')
  const insertKey = database.prepare<never>('INSERT INTO metric_key (name) VALUES (?)')
  const lastSequence = database.prepare<{ last: number | null }>(
    'SELECT max(sequence) AS last FROM metric_point WHERE run = ? AND key = ?',
  )
  const insertPoint = database.prepare<never>(
    'INSERT INTO metric_point (run, key, sequence, value, special, iteration, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const upsertLatest = database.prepare<never>(
    `INSERT INTO metric_latest (run, key, value, special, iteration, at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, key) DO UPDATE SET
       value = excluded.value, special = excluded.special, iteration = excluded.iteration, at = excluded.at`,
  )

  // A prefix ends at its dot: `substr` compares it whole, whatever characters it holds.
  const keysUnder = `SELECT key.number FROM metric_key AS key JOIN json_each(:prefixes) AS prefix
    ON substr(key.name, 1, length(prefix.value) + 1) = prefix.value || '.'
    WHERE key.number NOT IN (SELECT key FROM metric_latest WHERE run = :toRun)`
  const copyPoints = database.prepare<never>(
    `INSERT INTO metric_point (run, key, sequence, value, special, iteration, at)
     SELECT :toRun, key, sequence, value, special, iteration, at FROM metric_point
     WHERE run = :fromRun AND key IN (${keysUnder})`,
  )
  const copyLatest = database.prepare<never>(
    `INSERT INTO metric_latest (run, key, value, special, iteration, at)
     SELECT :toRun, key, value, special, iteration, at FROM metric_latest
     WHERE run = :fromRun AND key IN (${keysUnder})`,
  )

  function keyNumber(name: string): number {
    return findKey.get([name])?.number ?? insertKey.run([name]).lastId
  }

  return {
    append(run, points) {
      const ofKey = Map.groupBy(points, (point) => point.key)
      for (const [name, series] of ofKey) {
        const key = keyNumber(name)
        let sequence = lastSequence.get([run, key])?.last ?? -1
        for (const { value, iteration, at } of series) {
          sequence += 1
          insertPoint.run([run, key, sequence, ...toColumns(value), iteration, at])
        }
        const last = series.at(-1) as MetricPoint
        upsertLatest.run([run, key, ...toColumns(last.value), last.iteration, last.at])
      }
    },
    copy(fromRun, toRun, prefixes) {
      const params = { fromRun, toRun, prefixes: JSON.stringify([...new Set(prefixes)]) }
      copyPoints.run(params)
      copyLatest.run(params)
    },
  }
}

/** SQLite holds infinities as numbers, and so they sort; NaN it does not. */
function toColumns(value: MetricValue): [number | null, string | null] {
  if (value === 'NaN' || Number.isNaN(value)) return [null, 'NaN']
  const number = Number(value)
  return [number, Number.isFinite(number) ? null : String(number)]
}

export function toMetricValue(row: Pick<MetricRow, 'value' | 'special'>): MetricValue {
  return row.special ?? (row.value as number)
}
