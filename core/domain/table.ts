/**
 * Where the bytes of a table are: a file of the project as it is now, a file as a version of a dataset (NAME@VERSION)
 * has it, or an artifact (digest, RUN:NAME, RUN:NAME/PART).
 */
export type TableSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'version'; readonly dataset: string; readonly path: string }
  | { readonly kind: 'artifact'; readonly reference: string }

export type TableFormat = 'parquet' | 'csv' | 'jsonl'

/** How a text file is to be read, where the reader's own guess is not right. Empty means: all is guessed. */
export type TableReading = {
  readonly delimiter?: string | undefined
  readonly quote?: string | undefined
  readonly header?: boolean | undefined
  readonly encoding?: TableEncoding | undefined
  readonly skipLines?: number | undefined
  /** What stands for a missing value. */
  readonly nullText?: string | undefined
  readonly decimalComma?: boolean | undefined
  /** Keeps `007` and every digit: no column is taken for numbers. */
  readonly allText?: boolean | undefined
  /** Leaves lines out that do not fit the others; how many is then not known. */
  readonly skipBadLines?: boolean | undefined
}

export type TableEncoding = 'utf-8' | 'utf-16' | 'latin-1'

export type TableColumnKind = 'number' | 'text' | 'boolean' | 'time' | 'nested' | 'bytes'

export type TableColumn = {
  readonly name: string
  /** As the engine words it: `BIGINT`, `DECIMAL(18,3)`, `STRUCT(a INTEGER)`. */
  readonly type: string
  readonly kind: TableColumnKind
}

export type TableFacts = {
  /** Names this very version of the bytes for the calls that follow. */
  readonly table: string
  readonly source: TableSource
  readonly format: TableFormat
  readonly sizeBytes: number
  readonly columns: readonly TableColumn[]
  readonly rows: number
  /** False while a text file was only looked into: `rows` is then an estimate, and types may still change. */
  readonly isWhole: boolean
  readonly rowGroups: number | null
  readonly writtenBy: string | null
  readonly reading: TableReading
}

export type TableSort = { readonly column: string; readonly descending: boolean }

export type TableComparison = 'equal' | 'notEqual' | 'less' | 'atMost' | 'more' | 'atLeast'
export type TableTextMatch = 'contains' | 'startsWith' | 'endsWith' | 'matches'

/** What rows must be. Values are text and are taken as the column's type. */
export type TableCondition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly TableCondition[] }
  | { readonly kind: 'not'; readonly of: TableCondition }
  | { readonly kind: 'compare'; readonly column: string; readonly is: TableComparison; readonly value: string }
  | { readonly kind: 'between'; readonly column: string; readonly from: string; readonly to: string }
  | { readonly kind: 'oneOf'; readonly column: string; readonly values: readonly string[] }
  | {
      readonly kind: 'text'
      readonly column: string
      readonly is: TableTextMatch
      readonly value: string
      readonly matchCase: boolean
    }
  | { readonly kind: 'missing' | 'nan'; readonly column: string }

export type TableView = { readonly condition: TableCondition | null; readonly sort: readonly TableSort[] }

/** Cells by column, as exact text; null is a missing value. */
export type TablePage = {
  readonly offset: number
  /** The place of each row in the source, from 0. */
  readonly rowNumbers: readonly number[]
  readonly cells: readonly (readonly (string | null)[])[]
  /** Cells that are longer than what is shown of them: column and row of this page. */
  readonly cut: readonly (readonly [column: number, row: number])[]
}

export type TableCount = { readonly matching: number; readonly total: number }

export type ColumnShape =
  | { readonly kind: 'histogram'; readonly bars: readonly { from: string; to: string; count: number }[] }
  | { readonly kind: 'values'; readonly values: readonly { value: string; count: number }[]; readonly others: number }

export type ColumnSummary = {
  readonly column: string
  readonly rows: number
  readonly nulls: number
  /** NaN and infinities of a floating column; left out of every figure below. */
  readonly notFinite: number
  readonly distinct: { readonly count: number; readonly isExact: boolean }
  readonly min: string | null
  readonly max: string | null
  readonly mean: number | null
  readonly deviation: number | null
  readonly quartiles: readonly [string, string, string] | null
  /** Null when nothing tells more: every value of its own, or of a kind that has no order. */
  readonly shape: ColumnShape | null
}

/** One value in full, up to a stated length. */
export type TableValue = {
  readonly text: string | null
  readonly isCut: boolean
  /** Characters, or bytes of a binary value. */
  readonly length: number
  /** Lists and records as JSON, 64-bit numbers as plain digits. */
  readonly json: string | null
}

export type TableExportFormat = 'csv' | 'parquet'
export type CodeLanguage = 'pandas' | 'polars' | 'sql'

/** The formats by the end of a name; compressed text is read as it is. */
export function formatOfTable(path: string): TableFormat | null {
  const name = path.toLowerCase()
  if (/\.(parquet|pq)$/.test(name)) return 'parquet'
  if (/\.(csv|tsv|tab)(\.(gz|zst))?$/.test(name)) return 'csv'
  if (/\.(jsonl|ndjson)(\.(gz|zst))?$/.test(name)) return 'jsonl'
  return null
}
