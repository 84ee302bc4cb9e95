import type { ColumnShape, ColumnSummary, TableColumn } from '../domain/table.ts'
import { isFloating, type Where } from './condition-queries.ts'
import type { Ask } from './duckdb-session.ts'
import { quoteName, source } from './source-queries.ts'

const bars = 20
const shownValues = 10
/** Up to here values are counted one by one; above, a text column has too many of them to tell anything. */
const mostCounted = 100_000
/** Numbers with as few values as these are classes rather than amounts. */
const fewValues = 8

/** What a column holds, over the rows of a view: one pass for the figures, one for their shape. */
export async function summariseColumn(
  ask: Ask,
  column: TableColumn,
  where: Where,
  ticket: string,
): Promise<ColumnSummary> {
  const name = quoteName(column.name)
  const finite = isFloating(column.type) ? `CASE WHEN isfinite(${name}) THEN ${name} END` : name
  const isNumber = column.kind === 'number'
  const isAmount = isNumber || isInstant(column)
  const isOrdered = column.kind !== 'nested' && column.kind !== 'bytes'
  const figures = await ask(
    `SELECT count(*), count(*) - count(${name}), count(${name}) - count(${finite}),
       ${isOrdered ? `approx_count_distinct(${name})` : '0'},
       ${isOrdered ? `left(CAST(min(${finite}) AS VARCHAR), 200), left(CAST(max(${finite}) AS VARCHAR), 200)` : 'NULL, NULL'},
       ${isNumber ? `avg(CAST(${finite} AS DOUBLE)), stddev_samp(CAST(${finite} AS DOUBLE))` : 'NULL, NULL'},
       ${isAmount ? [1, 2, 3].map((at) => `CAST((approx_quantile(${finite}, [0.25, 0.5, 0.75]))[${at}] AS VARCHAR)`).join(', ') : 'NULL, NULL, NULL'}
     FROM ${source} ${where.sql}`,
    where.values,
    ticket,
  )
  const [rows, nulls, notFinite, roughly, min, max, mean, deviation, low, middle, high] = figures.map(([one]) => one)
  const present = Number(rows) - Number(nulls)
  const summary = {
    column: column.name,
    rows: Number(rows),
    nulls: Number(nulls),
    notFinite: Number(notFinite),
    distinct: { count: Math.min(Number(roughly), present), isExact: false },
    min: (min ?? null) as string | null,
    max: (max ?? null) as string | null,
    mean: (mean ?? null) as number | null,
    deviation: (deviation ?? null) as number | null,
    quartiles: middle == null ? null : ([String(low), String(middle), String(high)] as const),
    shape: null,
  }
  if (present === 0 || !isOrdered) return { ...summary, distinct: { count: 0, isExact: present === 0 } }
  if (isAmount && Number(roughly) > fewValues) {
    return { ...summary, shape: await readHistogram(ask, column, finite, where, ticket) }
  }
  if (Number(roughly) > mostCounted) return summary
  const { shape, distinct } = await countValues(ask, name, present, where, ticket)
  return { ...summary, shape, distinct: { count: distinct, isExact: true } }
}

function isInstant({ type }: TableColumn): boolean {
  return type === 'DATE' || type.startsWith('TIMESTAMP')
}

/** Bars of equal width between the least and the greatest value. */
async function readHistogram(
  ask: Ask,
  column: TableColumn,
  finite: string,
  where: Where,
  ticket: string,
): Promise<ColumnShape | null> {
  const amount = isInstant(column) ? `CAST(epoch_ms(${finite}) AS DOUBLE)` : `CAST(${finite} AS DOUBLE)`
  const [[from] = [], [to] = []] = await ask(
    `SELECT min(${amount}), max(${amount}) FROM ${source} ${where.sql}`,
    where.values,
    ticket,
  )
  const [least, greatest] = [Number(from), Number(to)]
  const width = (greatest - least) / bars
  if (!(width > 0) || !Number.isFinite(width)) return null
  const at = where.values.length
  const [places = [], counts = []] = await ask(
    `SELECT least(${bars - 1}, greatest(0, CAST(floor((${amount} - $${at + 1}) / $${at + 2}) AS INTEGER))) AS bar, count(*)
     FROM ${source} ${where.sql === '' ? 'WHERE' : `${where.sql} AND`} ${finite} IS NOT NULL GROUP BY bar`,
    [...where.values, least, width],
    ticket,
  )
  const found = new Map(places.map((place, index) => [Number(place), Number(counts[index])]))
  const word = (value: number) => (isInstant(column) ? wordInstant(value, column.type) : String(value))
  return {
    kind: 'histogram',
    bars: Array.from({ length: bars }, (_, bar) => ({
      from: word(least + bar * width),
      to: word(bar === bars - 1 ? greatest : least + (bar + 1) * width),
      count: found.get(bar) ?? 0,
    })),
  }
}

async function countValues(ask: Ask, name: string, present: number, where: Where, ticket: string) {
  const [values = [], counts = [], totals = []] = await ask(
    `SELECT left(CAST(${name} AS VARCHAR), 200), count(*) AS often, count(*) OVER ()
     FROM ${source} ${where.sql === '' ? 'WHERE' : `${where.sql} AND`} ${name} IS NOT NULL
     GROUP BY ${name} ORDER BY often DESC, ${name} LIMIT ${shownValues}`,
    where.values,
    ticket,
  )
  const shown = values.map((value, index) => ({ value: String(value), count: Number(counts[index]) }))
  const others = present - shown.reduce((sum, { count }) => sum + count, 0)
  return { shape: { kind: 'values', values: shown, others } as ColumnShape, distinct: Number(totals[0] ?? 0) }
}

function wordInstant(epochMs: number, type: string): string {
  const date = new Date(epochMs)
  if (Number.isNaN(date.getTime())) return String(epochMs)
  const text = date.toISOString().replace(/\.\d+Z$/, '')
  return type === 'DATE' ? text.slice(0, text.indexOf('T')) : text.replace('T', ' ')
}
