import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type Compressors, type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import type { ArtifactPreview } from '../domain/artifact.ts'
import type { JsonValue } from '../domain/json.ts'

const mostRows = 200
const mostColumns = 100

/** Bytes of a file by range: what hyparquet calls an asynchronous buffer. */
export type RangeReader = {
  readonly byteLength: number
  slice(start: number, end?: number): Promise<ArrayBuffer>
}

/** The first rows and columns of a Parquet file; only the pages that hold them are read. */
export async function previewParquet(file: RangeReader): Promise<Extract<ArtifactPreview, { kind: 'table' }>> {
  const metadata = await parquetMetadataAsync(file)
  const columns = toColumns(metadata).slice(0, mostColumns)
  const totalRows = Number(metadata.num_rows)
  const rows = await parquetReadObjects({
    file,
    metadata,
    compressors,
    utf8: false,
    columns: columns.map(({ name }) => name),
    rowStart: 0,
    rowEnd: Math.min(mostRows, totalRows),
  })
  return { kind: 'table', columns, rows: rows.map((row) => columns.map(({ name }) => toJson(row[name]))), totalRows }
}

const compressors: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
  ZSTD: (bytes) => zstdDecompressSync(bytes),
}

/** What pandas notes of a column beside the table. */
type PandasColumn = {
  readonly field_name?: string
  readonly pandas_type?: string
  readonly numpy_type?: string
  readonly metadata?: { readonly timezone?: string } | null
}

/** Types by the words of the program that wrote the table, where it left them; else by Parquet's own. */
function toColumns(metadata: FileMetaData): { name: string; type: string }[] {
  const pandas = metadata.key_value_metadata?.find(({ key }) => key === 'pandas')?.value
  const { columns = [] } = pandas ? (JSON.parse(pandas) as { columns?: readonly PandasColumn[] }) : {}
  const known = new Map(columns.map((column) => [column.field_name, nameType(column)]))
  return parquetSchema(metadata).children.map(({ element }) => {
    const own = element.logical_type?.type ?? element.converted_type ?? element.type ?? 'group'
    return { name: element.name, type: known.get(element.name) ?? own.toLowerCase() }
  })
}

function nameType({ pandas_type, numpy_type, metadata }: PandasColumn): string | undefined {
  if (pandas_type === 'categorical') return 'category'
  if (metadata?.timezone) return `${numpy_type?.replace(/]$/, '')}, ${metadata.timezone}]`
  return numpy_type === 'object' ? pandas_type : numpy_type
}

/** A cell as JSON: times as ISO text, numbers that JSON lacks by name, large integers as text. */
function toJson(value: unknown): JsonValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(toJson)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]))
}
