import type { Database, SqlValue } from '../database/database.ts'
import { keyOf, kindOf, type RunColumnName, type RunField, runFields } from '../domain/run-columns.ts'

export type Value = number | string | null
/** The number of a run, and what it has: a number or JSON of a param, NULL for the NaN of a metric. */
export type Cell = readonly [run: number, value: Value]

export type RunColumnQueries = {
  /** Everything that a run can be asked for: its fields, then each metric, param and tag that any run has. */
  names(): readonly RunColumnName[]
  /** The numbers of runs beyond this one, in the order in which they were recorded. */
  runsAfter(run: number): readonly number[]
  /** Some thousands at a time: between two of them others may have their turn. */
  cells(name: RunColumnName): Generator<readonly Cell[]>
  cellsOf(name: RunColumnName, runs: readonly number[]): readonly Cell[]
}

const sliceRows = 4_096

const fields: Record<RunField, string> = {
  id: 'id',
  state: 'state',
  experiment: 'experiment',
  startedAt: 'started_at',
  durationMs: 'duration_ms',
  cachedSteps: `(SELECT coalesce(sum(state = 'cached'), 0) FROM step_run WHERE step_run.run = run.number)`,
  totalSteps: '(SELECT count(*) FROM step_run WHERE step_run.run = run.number)',
}
const keyedTables = { param: 'run_param', tag: 'run_tag' } as const

/** Leaps from key to key in the index: as quick with millions of rows as with few. */
function keysIn(table: 'run_param' | 'run_tag'): string {
  return `WITH RECURSIVE each(key) AS (
      SELECT min(key) FROM ${table}
      UNION ALL SELECT (SELECT min(key) FROM ${table} WHERE key > each.key) FROM each WHERE each.key IS NOT NULL
    ) SELECT key FROM each WHERE key IS NOT NULL`
}

/** Runs column by column, for tables of very many of them. */
export function createRunColumnQueries(database: Database): RunColumnQueries {
  const prepare = database.prepare.bind(database)
  const runsAfter = prepare<never>('SELECT number FROM run WHERE number > ? AND deleted_at IS NULL ORDER BY number')
  const metricKey = prepare<{ number: number }>('SELECT number FROM metric_key WHERE name = ?')
  const metricKeys = prepare<{ key: string }>(
    `SELECT name AS key FROM metric_key
     WHERE EXISTS (SELECT 1 FROM metric_latest WHERE metric_latest.key = metric_key.number) ORDER BY name`,
  )
  const paramKeys = prepare<{ key: string }>(keysIn('run_param'))
  const tagKeys = prepare<{ key: string }>(keysIn('run_tag'))
  const metricSlice = prepare<never>(
    'SELECT run, value FROM metric_latest WHERE key = ? AND run > ? ORDER BY run LIMIT ?',
  )
  const metricsOf = prepare<never>(
    'SELECT run, value FROM metric_latest WHERE key = ? AND run IN (SELECT value FROM json_each(?))',
  )

  function* slices(read: (last: Cell | undefined) => SqlValue[][]): Generator<readonly Cell[]> {
    for (let last: Cell | undefined; ; ) {
      const slice = read(last) as unknown as readonly Cell[]
      last = slice.at(-1)
      yield slice
      if (slice.length < sliceRows) return
    }
  }

  return {
    names: () => [
      ...runFields,
      ...metricKeys.all().map(({ key }) => `metric.${key}` as const),
      ...paramKeys.all().map(({ key }) => `param.${key}` as const),
      ...tagKeys.all().map(({ key }) => `tag.${key}` as const),
    ],
    runsAfter: (run) => runsAfter.values([run]).map(([number]) => number as number),

    cells(name) {
      const [kind, key] = [kindOf(name), keyOf(name)]
      if (kind === 'field') {
        const statement = prepare<never>(
          `SELECT number, ${fields[name as RunField]} FROM run WHERE number > ? ORDER BY number LIMIT ?`,
        )
        return slices((last) => statement.values([last?.[0] ?? -1, sliceRows]))
      }
      if (kind === 'metric') {
        const number = metricKey.get([key])?.number ?? -1
        return slices((last) => metricSlice.values([number, last?.[0] ?? -1, sliceRows]))
      }
      // In the order of the index that holds them.
      const statement = prepare<never>(
        `SELECT run, value FROM ${keyedTables[kind]} WHERE key = ? AND (value, run) > (?, ?) ORDER BY value, run LIMIT ?`,
      )
      return slices((last) => statement.values([key, last?.[1] ?? '', last?.[0] ?? -1, sliceRows]))
    },

    cellsOf(name, runs) {
      const [kind, key, numbers] = [kindOf(name), keyOf(name), JSON.stringify(runs)]
      const within = 'IN (SELECT value FROM json_each(?))'
      if (kind === 'metric') {
        const number = metricKey.get([key])?.number ?? -1
        return metricsOf.values([number, numbers]) as unknown as readonly Cell[]
      }
      const statement =
        kind === 'field'
          ? prepare<never>(`SELECT number, ${fields[name as RunField]} FROM run WHERE number ${within}`)
          : prepare<never>(`SELECT run, value FROM ${keyedTables[kind]} WHERE run ${within} AND key = ?`)
      return statement.values(kind === 'field' ? [numbers] : [numbers, key]) as unknown as readonly Cell[]
    },
  }
}
