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
  const columns = describeColumns(metadata).slice(0, mostColumns)
  const totalRows = Number(metadata.num_rows)
  const rows = await parquetReadObjects({
    file,
    metadata,
    compressors,
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

/** Types by the words of the program that wrote the table, where it left them; else by Parquet's own. */
function describeColumns(metadata: FileMetaData): { name: string; type: string }[] {
  const pandas = metadata.key_value_metadata?.find(({ key }) => key === 'pandas')?.value
  const known = new Map<string, string>()
  if (pandas) {
    const { columns = [] } = JSON.parse(pandas) as { columns?: { field_name?: string; numpy_type?: string }[] }
    for (const { field_name, numpy_type } of columns) if (field_name && numpy_type) known.set(field_name, numpy_type)
  }
  return parquetSchema(metadata).children.map(({ element }) => {
    const own = element.logical_type?.type ?? element.converted_type ?? element.type ?? 'group'
    return { name: element.name, type: known.get(element.name) ?? own.toLowerCase() }
  })
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
