import type {
  CodeLanguage,
  ColumnSummary,
  TableCount,
  TableExportFormat,
  TableFacts,
  TableFormat,
  TablePage,
  TableReading,
  TableSource,
  TableValue,
  TableView,
} from '../domain/table.ts'

/** Where a table's bytes lie, what people call it, and what throws when they turned out to be hurt. */
export type LocatedTable = {
  readonly file: string
  readonly path: string
  readonly format: TableFormat
  readonly check?: () => void
}

export type PageRequest = {
  readonly table: string
  readonly view: TableView
  readonly columns: readonly string[]
  readonly offset: number
  readonly limit: number
  /** Cells for copying are longer than those for looking. */
  readonly forCopying?: boolean | undefined
  readonly ticket?: string | undefined
}
export type ViewRequest = { readonly table: string; readonly view: TableView; readonly ticket?: string | undefined }
export type ExportRequest = {
  readonly table: string
  readonly view: TableView
  readonly columns: readonly string[]
  readonly format: TableExportFormat
}

/**
 * Tables of any size, looked into without loading them. Each is read by a process of its own, which may be lost: the
 * next question starts another. `ticket` is a name that the caller makes up, by which a long question is cancelled.
 */
export type Tables = {
  /** @throws tables/missing, tables/formatUnknown, tables/unreadable and what else is wrong with the file */
  open(source: TableSource, reading: TableReading): Promise<TableFacts>
  whole(table: string, ticket?: string): Promise<TableFacts>
  /** From 0 to 100 while something long runs, else null. */
  progress(table: string): Promise<number | null>
  page(request: PageRequest): Promise<TablePage>
  count(request: ViewRequest): Promise<TableCount>
  summary(request: ViewRequest & { readonly column: string }): Promise<ColumnSummary>
  value(table: string, column: string, row: number): Promise<TableValue>
  code(request: Omit<ExportRequest, 'format'> & { readonly language: CodeLanguage }): Promise<string>
  /** Writes the view into a file that is handed to `take`, and gone afterwards. */
  export(
    request: ExportRequest,
    take: (file: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<{ readonly rows: number }>
  cancel(ticket: string): Promise<void>
  close(): Promise<void>
}
