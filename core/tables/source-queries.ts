import type { TableColumn, TableColumnKind, TableFormat, TableReading } from '../domain/table.ts'
import type { Ask } from './duckdb-session.ts'

/** Names in the engine: a look into a text file, and the whole table, of which every row knows its place. */
export const sample = 'sample'
export const source = 'source'
export const rowNumber = 'file_row_number'

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/**
 * Parquet needs no copy: row groups are read where they lie. `hasOwnNumber` says that a column is called like the
 * row's place, which the engine refuses: then nothing is made, and the table has to be copied.
 */
export async function viewParquet(ask: Ask, file: string): Promise<{ columns: TableColumn[]; hasOwnNumber: boolean }> {
  const columns = await describe(ask, callParquet(file))
  if (columns.some(isLikeRowNumber)) return { columns, hasOwnNumber: true }
  await ask(
    `CREATE OR REPLACE VIEW ${source} AS SELECT * FROM read_parquet(${quoteText(file)}, file_row_number = true)`,
  )
  return { columns, hasOwnNumber: false }
}

const isLikeRowNumber = ({ name }: TableColumn) => name.toLowerCase() === rowNumber

export function callParquet(file: string): string {
  return `read_parquet(${quoteText(file)})`
}

export async function readParquetFacts(ask: Ask, file: string) {
  const [rows, groups, writers] = await ask(
    `SELECT num_rows, num_row_groups, created_by FROM parquet_file_metadata(${quoteText(file)})`,
  )
  return {
    rows: Number(rows?.[0]),
    rowGroups: Number(groups?.[0]),
    writtenBy: (writers?.[0] as string | undefined) ?? null,
  }
}

export type TextGuess = 'quick' | 'thorough' | 'text'

/** Makes the text file readable as `sample`. A quick guess looks at its beginning, a thorough one at every line. */
export async function viewText(
  ask: Ask,
  file: string,
  format: TableFormat,
  reading: TableReading,
  guess: TextGuess,
): Promise<TableColumn[]> {
  const call = format === 'jsonl' ? callJson(file, reading, guess) : callCsv(file, reading, guess)
  await ask(`CREATE OR REPLACE VIEW ${sample} AS SELECT * FROM ${call}`)
  return describe(ask, sample)
}

function callCsv(file: string, reading: TableReading, guess: TextGuess): string {
  const options = [
    reading.delimiter !== undefined && `delim = ${quoteText(reading.delimiter)}`,
    reading.quote !== undefined && `quote = ${quoteText(reading.quote)}`,
    reading.header !== undefined && `header = ${reading.header}`,
    reading.encoding !== undefined && `encoding = ${quoteText(reading.encoding)}`,
    reading.skipLines !== undefined && `skip = ${Math.trunc(reading.skipLines)}`,
    reading.nullText !== undefined && `nullstr = ${quoteText(reading.nullText)}`,
    reading.decimalComma && `decimal_separator = ','`,
    (reading.allText || guess === 'text') && 'all_varchar = true',
    reading.skipBadLines && 'ignore_errors = true, null_padding = true',
    guess === 'thorough' && 'sample_size = -1',
  ].filter(Boolean)
  return `read_csv(${[quoteText(file), ...options].join(', ')})`
}

function callJson(file: string, reading: TableReading, guess: TextGuess): string {
  const options = [
    reading.skipBadLines && 'ignore_errors = true',
    // A key that first comes late would be left out without a word.
    guess !== 'quick' && 'sample_size = -1',
  ].filter(Boolean)
  return `read_ndjson(${[quoteText(file), ...options].join(', ')})`
}

/** Copies `from` into a Parquet file of our own, in its order. */
export async function copyWhole(
  ask: Ask,
  from: string,
  columns: readonly TableColumn[],
  ticket: string,
): Promise<string> {
  const own = 'whole.parquet'
  const list = columns.map(
    (column) => `${copied(column)} AS ${quoteName(isLikeRowNumber(column) ? `${column.name}_` : column.name)}`,
  )
  await ask(`COPY (SELECT ${list.join(', ')} FROM ${from}) TO ${quoteText(own)} (FORMAT parquet)`, [], ticket)
  return own
}

/** 128-bit numbers have no exact place in Parquet but as decimals. */
function copied({ name, type }: TableColumn): string {
  return /^U?HUGEINT$/.test(type) ? `CAST(${quoteName(name)} AS DECIMAL(38, 0))` : quoteName(name)
}

async function describe(ask: Ask, from: string): Promise<TableColumn[]> {
  const [names = [], types = []] = await ask(`DESCRIBE SELECT * FROM ${from}`)
  return names.map((name, index) => {
    const type = String(types[index])
    return { name: String(name), type, kind: kindOfType(type) }
  })
}

export function kindOfType(type: string): TableColumnKind {
  if (/\]$/.test(type) || /^(STRUCT|MAP|UNION|JSON|VARIANT)\b/.test(type)) return 'nested'
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL|BIGNUM)/.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'boolean'
  if (/^(DATE|TIME|INTERVAL)/.test(type)) return 'time'
  if (/^(BLOB|BIT)$/.test(type)) return 'bytes'
  return 'text'
}
