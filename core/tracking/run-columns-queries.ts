import type { Database } from '../database/database.ts'
import {
  keyOf,
  kindOf,
  type RunColumn,
  type RunColumnKind,
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

/** Leaps from key to key in the index: as quick with millions of rows as with few. */
function keysIn(table: 'run_param' | 'run_tag'): string {
  return `WITH RECURSIVE each(key) AS (
      SELECT min(key) FROM ${table}
      UNION ALL SELECT (SELECT min(key) FROM ${table} WHERE key > each.key) FROM each WHERE each.key IS NOT NULL
    ) SELECT key FROM each WHERE key IS NOT NULL`
}

/** Runs column by column, for tables of very many of them. */
export function createRunColumnQueries(database: Database): RunColumnQueries {
  const numbers = database.prepare<{ number: number }>('SELECT number FROM run ORDER BY number')
  const metricKeys = database.prepare<{ key: string }>(
    `SELECT name AS key FROM metric_key
     WHERE EXISTS (SELECT 1 FROM metric_latest WHERE metric_latest.key = metric_key.number) ORDER BY name`,
  )
  const paramKeys = database.prepare<{ key: string }>(keysIn('run_param'))
  const tagKeys = database.prepare<{ key: string }>(keysIn('run_tag'))
  // What has no value here is NaN: infinities are values. So the index alone is read.
  const metrics = database.prepare<Cell>(
    'SELECT run, value FROM metric_latest WHERE key = (SELECT number FROM metric_key WHERE name = ?)',
  )
  const params = database.prepare<Cell>('SELECT run, value FROM run_param WHERE key = ?')
  const tags = database.prepare<Cell>('SELECT run, value FROM run_tag WHERE key = ?')

  function cellsOf(name: RunColumnName): readonly Cell[] {
    const key = keyOf(name)
    switch (kindOf(name)) {
      case 'metric':
        return metrics.all([key])
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
      const rows = createRows(numbers.all().map(({ number }) => number))
      const columns = names.map((name) => {
        const column = toColumn(kindOf(name), cellsOf(name), rows)
        return column && packColumn(column)
      })
      return { count: rows.count, columns }
    },
  }
}

type Rows = { readonly count: number; of(run: number): number }

/** Where each run stands. Nothing is ever taken out of the middle, so that mostly its number says it. */
function createRows(numbers: readonly number[]): Rows {
  const [first = 0] = numbers
  if (numbers.at(-1) === first + numbers.length - 1) return { count: numbers.length, of: (run) => run - first }
  const rows = new Map(numbers.map((number, row) => [number, row]))
  return { count: numbers.length, of: (run) => rows.get(run) as number }
}

function toColumn(kind: RunColumnKind, cells: readonly Cell[], rows: Rows): RunColumn | null {
  if (kind === 'metric') return cells.length === 0 ? null : toNumbers(cells, rows, Number.NaN)
  const filled = cells.filter(({ value }) => value !== null)
  if (filled.length === 0) return null
  // A param is stored as JSON; when all of them are numbers they are read as such.
  const isNumber =
    kind === 'param' ? (text: Value) => /^-?\d/.test(text as string) : (value: Value) => typeof value === 'number'
  return filled.every(({ value }) => isNumber(value)) ? toNumbers(filled, rows, 0) : toTexts(filled, rows)
}

function toNumbers(cells: readonly Cell[], rows: Rows, missing: number): RunColumn {
  const [values, has] = [new Float64Array(rows.count), new Uint8Array(rows.count)]
  for (const { run, value } of cells) {
    const row = rows.of(run)
    values[row] = value === null ? missing : Number(value)
    has[row] = 1
  }
  return { kind: 'number', values, has }
}

/** Words get their codes in the order of the runs. */
function toTexts(cells: readonly Cell[], rows: Rows): RunColumn {
  const texts: (string | undefined)[] = Array(rows.count)
  for (const { run, value } of cells) texts[rows.of(run)] = String(value)
  const known = new Map<string, number>()
  const codes = new Uint32Array(rows.count)
  for (const [row, text] of texts.entries()) {
    if (text === undefined) continue
    const code = known.get(text) ?? known.size + 1
    if (code > known.size) known.set(text, code)
    codes[row] = code
  }
  return { kind: 'text', codes, dictionary: [...known.keys()] }
}
