import type { TableColumn, TableExportFormat, TableView } from '../domain/table.ts'
import { toWhere } from './condition-queries.ts'
import type { Ask } from './duckdb-session.ts'
import { orderBy } from './page-queries.ts'
import { quoteName, source } from './source-queries.ts'

export type WantedExport = {
  readonly view: TableView
  readonly columns: readonly TableColumn[]
  readonly format: TableExportFormat
  /** A name in the session's own folder. */
  readonly file: string
}

/** Spreadsheets run a cell that begins like this; a quote before it makes it the text that it is. */
const formulaStart = '^[=+\\-@\\t\\r]'

/** Writes a view beside the session, whole, in its order. */
export async function exportView(
  ask: Ask,
  { view, columns, format, file }: WantedExport,
  all: readonly TableColumn[],
  ticket: string,
): Promise<number> {
  const where = await toWhere(ask, view.condition, all)
  const list = columns.map((column) => (format === 'csv' ? selectForCsv(column) : quoteName(column.name)))
  const options = format === 'csv' ? 'FORMAT csv, HEADER true' : 'FORMAT parquet, COMPRESSION zstd'
  const [[rows] = []] = await ask(
    `COPY (SELECT ${list.join(', ')} FROM ${source} ${where.sql} ${orderBy(view.sort, all)}) TO '${file}' (${options})`,
    where.values,
    ticket,
  )
  return Number(rows)
}

function selectForCsv({ name, kind }: TableColumn): string {
  const own = quoteName(name)
  if (kind !== 'text' && kind !== 'nested') return own
  const text = `CAST(${own} AS VARCHAR)`
  return `CASE WHEN regexp_matches(${text}, '${formulaStart}') THEN '''' || ${text} ELSE ${text} END AS ${own}`
}
