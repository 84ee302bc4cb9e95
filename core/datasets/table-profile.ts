import type { DatasetColumn, RowDifference } from '../domain/dataset.ts'
import type { TableFormat } from '../domain/table.ts'

/** What is known of a state's files as one table; without a format they are none, and the note says why. */
export type TableProfile = {
  readonly format: TableFormat | null
  readonly rows: number | null
  readonly schema: readonly DatasetColumn[]
  readonly note: string | null
}

/** Files of one format that are read as one table. Names in the folder that the process runs in. */
export type TableInput = {
  readonly format: TableFormat
  readonly files: readonly string[]
  /** What people call the first of them. */
  readonly path: string
}

/** What a table process is told on its command line. */
export type TableWork = {
  readonly from: TableInput | null
  readonly to: TableInput
  readonly key: readonly string[]
  readonly examples: number
  readonly memoryBytes: number
  readonly threads: number
}

export type RowsCompared = {
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly examples: readonly RowDifference[]
  /** Columns that rows were not compared by, since one side lacks them. */
  readonly leftOut: readonly string[]
}

export type TableAnswer = {
  readonly from: TableProfile | null
  readonly to: TableProfile
  readonly compared: RowsCompared | null
}

/** What the process says on stderr before it ends itself. */
export const memoryCapWords = 'slipway: memory cap'
