import type { Database } from '../database/database.ts'
import { toNumbers, toTexts } from '../domain/columns-of-runs.ts'
import {
  keyOf,
  kindOf,
  type RunColumn,
  type RunColumnName,
  type RunColumnsAnswer,
  type RunField,
  runFields,
} from '../domain/run-columns.ts'
import { packColumn } from './pack-column.ts'

type Value = number | string | null
/** `run` is the number of the run. */
type Cell = { readonly run: number; readonly value: Value }

export type RunColumnQueries = {
  /** Everything that a run can be asked for: its fields, then each metric, param and tag that any run has. */
  names(): readonly RunColumnName[]
  read(names: readonly RunColumnName[]): RunColumnsAnswer
}

const steps = (count: string) => `SELECT run.number AS run,
  (SELECT ${count} FROM step_run WHERE step_run.run = run.number) AS value FROM run`
const fields: Record<RunField, string> = {
  id: 'SELECT number AS run, id AS value FROM run',
  state: 'SELECT number AS run, state AS value FROM run',
  experiment: 'SELECT number AS run, experiment AS value FROM run',
  startedAt: 'SELECT number AS run, started_at AS value FROM run',
  durationMs: 'SELECT number AS run, duration_ms AS value FROM run',
  cachedSteps: steps(`coalesce(sum(state = 'cached'), 0)`),
  totalSteps: steps('count(*)'),
}

/** Runs column by column, for tables of very many of them. */
export function createRunColumnQueries(database: Database): RunColumnQueries {
  const numbers = database.prepare<{ number: number }>('SELECT number FROM run ORDER BY number')
  const metricKeys = database.prepare<{ key: string }>(
    `SELECT name AS key FROM metric_key
     WHERE EXISTS (SELECT 1 FROM metric_latest WHERE metric_latest.key = metric_key.number) ORDER BY name`,
  )
  const paramKeys = database.prepare<{ key: string }>('SELECT DISTINCT key FROM run_param ORDER BY key')
  const tagKeys = database.prepare<{ key: string }>('SELECT DISTINCT key FROM run_tag ORDER BY key')
  const metrics = database.prepare<Cell & { special: string | null }>(
    'SELECT run, value, special FROM metric_latest WHERE key = (SELECT number FROM metric_key WHERE name = ?)',
  )
  const params = database.prepare<Cell>('SELECT run, value FROM run_param WHERE key = ?')
  const tags = database.prepare<Cell>('SELECT run, value FROM run_tag WHERE key = ?')

  function cellsOf(name: RunColumnName): readonly Cell[] {
    const key = keyOf(name)
    switch (kindOf(name)) {
      case 'metric':
        return metrics
          .all([key])
          .map(({ run, value, special }) => ({ run, value: special === 'NaN' ? Number.NaN : value }))
      case 'param':
        return params.all([key])
      case 'tag':
        return tags.all([key])
      case 'field':
        return database.prepare<Cell>(fields[name as RunField]).all()
    }
  }

  return {
    names: () => [
      ...runFields,
      ...metricKeys.all().map(({ key }) => `metric.${key}` as const),
      ...paramKeys.all().map(({ key }) => `param.${key}` as const),
      ...tagKeys.all().map(({ key }) => `tag.${key}` as const),
    ],
    read(names) {
      const rows = new Map(numbers.all().map(({ number }, row) => [number, row]))
      const columns = names.map((name) => {
        const values: Value[] = Array(rows.size).fill(null)
        for (const { run, value } of cellsOf(name)) values[rows.get(run) as number] = value
        const column = toColumn(name, values)
        return column && packColumn(column)
      })
      return { count: rows.size, columns }
    },
  }
}

function toColumn(name: RunColumnName, values: readonly Value[]): RunColumn | null {
  if (values.every((value) => value === null)) return null
  if (kindOf(name) !== 'param')
    return values.some((value) => typeof value === 'string') ? toTexts(values) : toNumbers(values)
  // A param is stored as JSON; when all of them are numbers they are read as such.
  const isNumber = values.every((value) => value === null || /^-?\d/.test(String(value)))
  return isNumber ? toNumbers(values) : toTexts(values)
}
