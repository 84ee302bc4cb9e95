import type { CodeLanguage, TableColumn, TableReading, TableView } from '../domain/table.ts'
import { writeCondition } from './condition-queries.ts'
import { createFrameWords, pandasWords, polarsWords, python } from './frame-words.ts'
import { quoteName } from './source-queries.ts'
import type { LocatedTable } from './tables.ts'

export type WantedCode = {
  readonly located: LocatedTable
  readonly reading: TableReading
  readonly view: TableView
  readonly columns: readonly string[]
  /** Of the whole table. */
  readonly all: readonly TableColumn[]
  readonly language: CodeLanguage
}

/** The view on show as a few lines that give the same rows outside: to go on from in a step or a notebook. */
export function writeViewCode(wanted: WantedCode): string {
  switch (wanted.language) {
    case 'pandas':
      return writePandas(wanted)
    case 'polars':
      return writePolars(wanted)
    case 'sql':
      return writeSql(wanted)
  }
}

const isSome = (wanted: WantedCode) => wanted.columns.length < wanted.all.length
const named = (names: readonly string[]) => `[${names.map(python).join(', ')}]`
const flags = (wanted: WantedCode, isSet: (descending: boolean) => boolean) =>
  `[${wanted.view.sort.map(({ descending }) => (isSet(descending) ? 'True' : 'False')).join(', ')}]`

function writePandas(wanted: WantedCode): string {
  const { located, reading, view, all } = wanted
  const { path, format } = located
  const call = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_json' }[format]
  const options = format === 'jsonl' ? ['lines=True'] : format === 'csv' ? pandasReading(path, reading) : []
  const lines = ['import pandas as pd', '', `table = pd.${call}(${[python(path), ...options].join(', ')})`]
  if (view.condition) lines.push(`table = table[${createFrameWords(pandasWords, all).write(view.condition)}]`)
  if (view.sort.length > 0) {
    const keys = named(view.sort.map(({ column }) => column))
    const ascending = flags(wanted, (descending) => !descending)
    lines.push(`table = table.sort_values(${keys}, ascending=${ascending}, kind="stable")`)
  }
  if (isSome(wanted)) lines.push(`table = table[${named(wanted.columns)}]`)
  return `${lines.join('\n')}\n`
}

function pandasReading(path: string, reading: TableReading): string[] {
  const delimiter = reading.delimiter ?? (/\.(tsv|tab)\b/i.test(path) ? '\t' : undefined)
  return [
    delimiter !== undefined && `sep=${python(delimiter)}`,
    reading.quote && `quotechar=${python(reading.quote)}`,
    reading.header === false && 'header=None',
    reading.encoding && reading.encoding !== 'utf-8' && `encoding=${python(reading.encoding)}`,
    reading.skipLines && `skiprows=${reading.skipLines}`,
    reading.nullText !== undefined && `na_values=[${python(reading.nullText)}]`,
    reading.decimalComma && 'decimal=","',
    reading.allText && 'dtype=str',
    reading.skipBadLines && 'on_bad_lines="skip"',
  ].filter((option) => typeof option === 'string' && option !== '') as string[]
}

function writePolars(wanted: WantedCode): string {
  const { located, reading, view, all } = wanted
  const { path, format } = located
  const call = { parquet: 'scan_parquet', csv: 'scan_csv', jsonl: 'scan_ndjson' }[format]
  const options = format === 'csv' ? polarsReading(path, reading) : []
  const lines = ['import polars as pl', '', 'table = (', `    pl.${call}(${[python(path), ...options].join(', ')})`]
  if (view.condition) lines.push(`    .filter(${createFrameWords(polarsWords, all).write(view.condition)})`)
  if (view.sort.length > 0) {
    const keys = named(view.sort.map(({ column }) => column))
    const descending = flags(wanted, (isDescending) => isDescending)
    lines.push(`    .sort(${keys}, descending=${descending}, nulls_last=True, maintain_order=True)`)
  }
  if (isSome(wanted)) lines.push(`    .select(${named(wanted.columns)})`)
  return `${[...lines, '    .collect()', ')'].join('\n')}\n`
}

function polarsReading(path: string, reading: TableReading): string[] {
  const delimiter = reading.delimiter ?? (/\.(tsv|tab)\b/i.test(path) ? '\t' : undefined)
  return [
    delimiter !== undefined && `separator=${python(delimiter)}`,
    reading.quote && `quote_char=${python(reading.quote)}`,
    reading.header === false && 'has_header=False',
    reading.skipLines && `skip_rows=${reading.skipLines}`,
    reading.nullText !== undefined && `null_values=[${python(reading.nullText)}]`,
    reading.decimalComma && 'decimal_comma=True',
    reading.allText && 'infer_schema=False',
    reading.skipBadLines && 'ignore_errors=True',
  ].filter((option) => typeof option === 'string' && option !== '') as string[]
}

function writeSql(wanted: WantedCode): string {
  const { located, view, columns, all } = wanted
  const call = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_ndjson' }[located.format]
  const list = isSome(wanted) ? columns.map(quoteName).join(', ') : '*'
  const keys = view.sort.map(
    ({ column, descending }) => `${quoteName(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`,
  )
  const lines = [
    `SELECT ${list}`,
    `FROM ${call}('${located.path.replaceAll("'", "''")}')`,
    view.condition && `WHERE ${writeCondition(view.condition, all)}`,
    keys.length > 0 && `ORDER BY ${keys.join(', ')}`,
  ]
  return `${lines.filter(Boolean).join('\n')};\n`
}
