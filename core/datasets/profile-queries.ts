import type { ColumnStatistics, DatasetColumn } from '../domain/dataset.ts'
import type { JsonValue } from '../domain/json.ts'
import type { TableColumn } from '../domain/table.ts'
import type { Ask } from '../tables/duckdb-session.ts'
import { kindOfType, quoteName } from '../tables/source-queries.ts'
import type { TableInput, TableProfile } from './table-profile.ts'

/** Up to so many rows different values are counted, beyond they are estimated. */
const mostCountedRows = 1_000_000
const columnsAtOnce = 100
const longestText = 200

/** Makes the files readable under `name`, as one table. Text is read once and kept by the engine. */
export async function openInput(ask: Ask, name: string, input: TableInput): Promise<readonly TableColumn[]> {
  const list = `[${input.files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')}]`
  if (input.format === 'parquet') {
    await ask(`CREATE VIEW ${name} AS SELECT * FROM read_parquet(${list}, union_by_name = true)`)
  } else {
    const call = input.format === 'csv' ? 'read_csv' : 'read_ndjson'
    await ask(`CREATE TABLE ${name} AS SELECT * FROM ${call}(${list}, union_by_name = true, sample_size = -1)`)
  }
  const [names = [], types = []] = await ask(`DESCRIBE SELECT * FROM ${name}`)
  return names.map((column, index) => {
    const type = String(types[index])
    return { name: String(column), type, kind: kindOfType(type) }
  })
}

export async function profileInput(
  ask: Ask,
  name: string,
  input: TableInput,
  columns: readonly TableColumn[],
): Promise<TableProfile> {
  const [[count] = []] = await ask(`SELECT count(*) FROM ${name}`)
  const rows = Number(count)
  const schema: DatasetColumn[] = []
  for (let from = 0; from < columns.length; from += columnsAtOnce) {
    const some = columns.slice(from, from + columnsAtOnce)
    const figures = await ask(
      `SELECT ${some.flatMap((column) => figuresOf(column, rows <= mostCountedRows)).join(', ')} FROM ${name}`,
    )
    for (const [index, column] of some.entries()) {
      const [nulls, distinct, min, max, mean, deviation] = figures.slice(index * 6, index * 6 + 6).map(([one]) => one)
      const statistics: ColumnStatistics = {
        nulls: Number(nulls),
        distinct: distinct == null ? null : Number(distinct),
        distinctIsExact: rows <= mostCountedRows,
        min: toJson(min ?? null),
        max: toJson(max ?? null),
        mean: round(mean),
        deviation: round(deviation),
      }
      schema.push({ name: column.name, type: wordType(column.type), nullable: statistics.nulls > 0, statistics })
    }
  }
  return { format: input.format, rows, schema, note: null }
}

function figuresOf({ name, type, kind }: TableColumn, exactly: boolean): readonly string[] {
  const column = quoteName(name)
  const isFloating = type === 'DOUBLE' || type === 'FLOAT'
  const finite = isFloating ? `CASE WHEN isfinite(${column}) THEN ${column} END` : column
  const isOrdered = kind !== 'nested' && kind !== 'bytes'
  const shown = (value: string) => (isPlainNumber(type) ? value : `left(CAST(${value} AS VARCHAR), ${longestText})`)
  return [
    `count(*) - count(${column})`,
    isOrdered ? (exactly ? `count(DISTINCT ${column})` : `approx_count_distinct(${column})`) : 'NULL',
    isOrdered ? shown(`min(${finite})`) : 'NULL',
    isOrdered ? shown(`max(${finite})`) : 'NULL',
    kind === 'number' ? `avg(CAST(${finite} AS DOUBLE))` : 'NULL',
    kind === 'number' ? `stddev_samp(CAST(${finite} AS DOUBLE))` : 'NULL',
  ]
}

/** Numbers that arrive as numbers; decimals and 128 bits come as text, so that no digit is lost. */
export function isPlainNumber(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE)$/.test(type)
}

export function toJson(value: unknown): JsonValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean') return value
  return String(value)
}

/** Sums depend on the order in which threads add: twelve digits do not. */
function round(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(12)) : null
}

const typeWords: Readonly<Record<string, string>> = {
  TINYINT: 'int8',
  SMALLINT: 'int16',
  INTEGER: 'int32',
  BIGINT: 'int64',
  HUGEINT: 'int128',
  UTINYINT: 'uint8',
  USMALLINT: 'uint16',
  UINTEGER: 'uint32',
  UBIGINT: 'uint64',
  FLOAT: 'float32',
  DOUBLE: 'float64',
  BOOLEAN: 'bool',
  VARCHAR: 'string',
  BLOB: 'binary',
  'TIMESTAMP WITH TIME ZONE': 'timestamp[UTC]',
}

function wordType(type: string): string {
  return typeWords[type] ?? (/^(ENUM)/.test(type) ? 'category' : type.toLowerCase())
}
