import { fail } from '../domain/failure.ts'
import type { TableColumn, TablePage, TableSort, TableValue } from '../domain/table.ts'
import type { Where } from './condition-queries.ts'
import type { Ask, SqlColumns } from './duckdb-session.ts'
import { quoteName, rowNumber, sample, source } from './source-queries.ts'

/** A cell shows this many characters; a copied one more; one that is looked at alone all of these. */
const shownCharacters = 1_000
const copiedCharacters = 100_000
const inspectedCharacters = 4_000_000

export type CellLength = 'shown' | 'copied'
type Span = { readonly offset: number; readonly limit: number }

const textKinds: readonly TableColumn['kind'][] = ['text', 'nested', 'bytes']

/** Everything leaves the engine as the text it prints: no number is rounded on its way. */
function selectCells(columns: readonly TableColumn[], length: CellLength): string {
  const most = length === 'shown' ? shownCharacters : copiedCharacters
  return columns
    .flatMap(({ name, kind }) => {
      const text = `CAST(${quoteName(name)} AS VARCHAR)`
      return textKinds.includes(kind) ? [`left(${text}, ${most})`, `length(${text}) > ${most}`] : [text]
    })
    .join(', ')
}

/** Rows of the source by their place: only the row groups that hold them are read. */
export async function readRange(
  ask: Ask,
  columns: readonly TableColumn[],
  span: Span,
  length: CellLength,
  ticket: string,
): Promise<TablePage> {
  const { offset, limit } = span
  const list = [rowNumber, selectCells(columns, length)].filter(Boolean).join(', ')
  const found = await ask(
    `SELECT ${list} FROM ${source} WHERE ${rowNumber} >= $1 AND ${rowNumber} < $2 ORDER BY ${rowNumber}`,
    [offset, offset + limit],
    ticket,
  )
  return toPage(offset, (found[0] ?? []).map(Number), found.slice(1), columns)
}

/** The beginning of a text file, before the whole of it was read. */
export async function readStart(
  ask: Ask,
  columns: readonly TableColumn[],
  { offset, limit }: Span,
  length: CellLength,
  ticket: string,
): Promise<TablePage> {
  const list = ['1', selectCells(columns, length)].filter(Boolean).join(', ')
  const found = await ask(`SELECT ${list} FROM ${sample} LIMIT $1 OFFSET $2`, [limit, offset], ticket)
  return toPage(
    offset,
    (found[0] ?? []).map((_, row) => offset + row),
    found.slice(1),
    columns,
  )
}

/** Given rows in the order given. */
export async function readRows(
  ask: Ask,
  columns: readonly TableColumn[],
  offset: number,
  rows: readonly number[],
  length: CellLength,
  ticket: string,
): Promise<TablePage> {
  if (rows.length === 0)
    return toPage(
      offset,
      [],
      columns.flatMap(() => [[], []]),
      columns,
    )
  const places = rows.filter((row) => Number.isSafeInteger(row)).join(', ')
  const list = [rowNumber, selectCells(columns, length)].filter(Boolean).join(', ')
  const found = await ask(`SELECT ${list} FROM ${source} WHERE ${rowNumber} IN (${places})`, [], ticket)
  const at = new Map((found[0] ?? []).map((row, index) => [Number(row), index]))
  const order = rows.map((row) => at.get(row)).filter((index) => index !== undefined)
  return toPage(
    offset,
    [...rows],
    found.slice(1).map((column) => order.map((index) => column[index] ?? null)),
    columns,
  )
}

export function orderBy(sort: readonly TableSort[], columns: readonly TableColumn[]): string {
  if (sort.length === 0) return ''
  const known = new Set(columns.map(({ name }) => name))
  const keys = sort.map(({ column, descending }) => {
    if (!known.has(column)) throw fail('tables/columnNotFound', { column })
    return `${quoteName(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`
  })
  return `ORDER BY ${[...keys, rowNumber].join(', ')}`
}

/** Which rows a stretch of a view holds: the engine keeps the best few, or stops when it has enough. */
export async function findRows(
  ask: Ask,
  where: Where,
  order: string,
  { offset, limit }: Span,
  ticket: string,
): Promise<number[]> {
  const [rows = []] = await ask(
    `SELECT ${rowNumber} FROM ${source} ${where.sql} ${order} LIMIT ${limit} OFFSET ${offset}`,
    where.values,
    ticket,
  )
  return rows.map(Number)
}

/** The whole of a view as row numbers in its order, so that any stretch of it is at hand. Spills to disk when large. */
export async function buildIndex(ask: Ask, name: string, where: Where, order: string, ticket: string): Promise<number> {
  await ask(
    `CREATE TABLE ${name} AS SELECT ${rowNumber} AS place FROM ${source} ${where.sql} ${order}`,
    where.values,
    ticket,
  )
  const [[count] = []] = await ask(`SELECT count(*) FROM ${name}`)
  return Number(count)
}

export async function readIndex(ask: Ask, name: string, { offset, limit }: Span, ticket: string): Promise<number[]> {
  const [rows = []] = await ask(
    `SELECT place FROM ${name} WHERE rowid >= $1 AND rowid < $2 ORDER BY rowid`,
    [offset, offset + limit],
    ticket,
  )
  return rows.map(Number)
}

export async function dropIndex(ask: Ask, name: string): Promise<void> {
  await ask(`DROP TABLE IF EXISTS ${name}`)
}

export async function countRows(ask: Ask, where: Where, ticket: string): Promise<number> {
  const [[count] = []] = await ask(`SELECT count(*) FROM ${source} ${where.sql}`, where.values, ticket)
  return Number(count)
}

/** One value, whole; lists and records as JSON beside the engine's own words. */
export async function readValue(ask: Ask, column: TableColumn, row: number): Promise<TableValue> {
  const name = quoteName(column.name)
  const text = `CAST(${name} AS VARCHAR)`
  const json = column.kind === 'nested' ? `left(CAST(to_json(${name}) AS VARCHAR), ${inspectedCharacters})` : 'NULL'
  const length = column.type === 'BLOB' ? `octet_length(${name})` : `length(${text})`
  const found = await ask(
    `SELECT left(${text}, ${inspectedCharacters}), length(${text}) > ${inspectedCharacters}, ${length}, ${json}
     FROM ${source} WHERE ${rowNumber} = $1`,
    [row],
  )
  const [value, isCut, size, nested] = found.map((column) => column[0] ?? null)
  return {
    text: value as string | null,
    isCut: isCut === true,
    length: Number(size ?? 0),
    json: isCut === true ? null : (nested as string | null),
  }
}

function toPage(offset: number, rowNumbers: number[], found: SqlColumns, columns: readonly TableColumn[]): TablePage {
  const cut: [number, number][] = []
  let next = 0
  const cells = columns.map(({ kind }, column) => {
    const values = (found[next++] ?? []) as (string | null)[]
    if (textKinds.includes(kind)) {
      const flags = found[next++] ?? []
      for (const [row, isCut] of flags.entries()) if (isCut === true) cut.push([column, row])
    }
    return values
  })
  return { offset, rowNumbers, cells, cut }
}
