import type { Digest } from './digest.ts'
import type { JsonValue } from './json.ts'
import type { Dataset } from './project.ts'
import type { TableFormat } from './table.ts'

/** One file of a dataset version. `path` is project-relative POSIX, or `package:NAME/PATH`. */
export type DatasetFile = {
  readonly path: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** True while its bytes are in the store, so that they can be put back. */
  readonly kept: boolean
}

/** What is known of one column over all rows. Null where a figure makes no sense for the type. */
export type ColumnStatistics = {
  readonly nulls: number
  readonly distinct: number | null
  /** False when different values were estimated, as of very many rows. */
  readonly distinctIsExact: boolean
  readonly min: JsonValue
  readonly max: JsonValue
  readonly mean: number | null
  readonly deviation: number | null
}

export type DatasetColumn = {
  readonly name: string
  /** `int64`, `float64`, `string`, `bool`, `date`, `timestamp`, `decimal(18,3)` … */
  readonly type: string
  /** True when at least one value is missing. */
  readonly nullable: boolean
  readonly statistics: ColumnStatistics | null
}

/** The terms under which the data may be used, as slipway.toml said at that time. */
export type DatasetTerms = Omit<Dataset, 'name' | 'path' | 'expectedSchema'>

/** One state of a dataset's files, for good: the digest is that of its sorted paths, digests and sizes. */
export type DatasetVersion = DatasetTerms & {
  readonly name: string
  readonly version: number
  readonly digest: Digest
  /** The path pattern that it was read by. */
  readonly path: string
  readonly at: string
  /** The run that read it first; null when a person added it. */
  readonly runId: string | null
  /** Who acted. */
  readonly by: string
  readonly fileCount: number
  readonly sizeBytes: number
  /** How many of its files are in the store. */
  readonly keptCount: number
  readonly format: TableFormat | null
  readonly rows: number | null
  readonly columns: number | null
  /** True when its terms have run out by today. */
  readonly expired: boolean
}

/** A version whole: files, schema, statistics. */
export type DatasetVersionDetail = DatasetVersion & {
  readonly files: readonly DatasetFile[]
  readonly schema: readonly DatasetColumn[]
  /** Why there is no schema, or what it leaves out; null when it is whole. */
  readonly note: string | null
}

/** How the files on disk stand to the newest version. */
export type DatasetState = 'unversioned' | 'current' | 'changed' | 'missing' | 'refused'

/** A dataset of slipway.toml (or one that has versions though its entry is gone) as it stands now. */
export type DatasetEntry = Dataset & {
  readonly declared: boolean
  readonly state: DatasetState
  /** What is missing, changed or refused, in words; null when there is nothing to say. */
  readonly detail: string | null
  readonly newest: DatasetVersion | null
  readonly versions: number
  readonly expired: boolean
  /** Steps that read it in their newest completed run. */
  readonly usedBy: readonly string[]
}

export type SchemaChange = {
  readonly kind: 'added' | 'removed' | 'retyped' | 'moved'
  readonly column: string
  /** `int64`, or `int64?` where nulls may stand; positions (from 1) when the column was moved. */
  readonly from: string | null
  readonly to: string | null
}

export type RowDifference = {
  readonly kind: 'added' | 'removed' | 'changed'
  /** The values of the key columns; null when whole rows were compared. */
  readonly key: readonly JsonValue[] | null
  /** Values by column, of the columns that differ (changed) or of all (added, removed). */
  readonly from: { readonly [column: string]: JsonValue } | null
  readonly to: { readonly [column: string]: JsonValue } | null
}

export type DatasetSide = {
  /** Null for the files as they are on disk now. */
  readonly version: number | null
  readonly digest: Digest
  readonly rows: number | null
}

export type DatasetDiff = {
  readonly name: string
  readonly from: DatasetSide
  readonly to: DatasetSide
  readonly same: boolean
  readonly files: {
    readonly added: number
    readonly removed: number
    readonly changed: number
    /** The first of them, by path. */
    readonly first: readonly { readonly kind: 'added' | 'removed' | 'changed'; readonly path: string }[]
  }
  readonly schema: readonly SchemaChange[]
  /** Exact counts over all rows; null when the files are no tables or could not be compared. */
  readonly rows: { readonly added: number; readonly removed: number; readonly changed: number } | null
  /** The key columns that rows were matched by; empty when whole rows were compared, each as often as it stands there. */
  readonly key: readonly string[]
  readonly statistics: readonly {
    readonly column: string
    readonly from: ColumnStatistics | null
    readonly to: ColumnStatistics | null
  }[]
  /** The first rows that differ; `rows` counts them all. */
  readonly examples: readonly RowDifference[]
  /** What was not compared, and why; null when all was. */
  readonly note: string | null
  /** One line: `rows +120, column age: int64 → double`. */
  readonly summary: string
}

/**
 * How a file on disk stands to a version. `unsure`: of the same size, but written since it was last hashed and too
 * large to be read for a list; a diff tells.
 */
export type DatasetFileChange = 'changed' | 'added' | 'removed' | 'unsure' | 'same'

export type DatasetFileState = {
  readonly path: string
  readonly change: DatasetFileChange
  /** On disk; of the version when it is gone from there. */
  readonly sizeBytes: number
  /** Null when the version has no such file. */
  readonly recordedBytes: number | null
  /** True while the version's bytes of it are in the store. */
  readonly kept: boolean
}

/** The files on disk against one version; those that differ come first. */
export type DatasetFiles = {
  /** Null when the dataset has no version yet: then every file is `added`. */
  readonly version: number | null
  readonly total: number
  readonly counts: Readonly<Record<DatasetFileChange, number>>
  /** A page of them. */
  readonly files: readonly DatasetFileState[]
}

/** A step of a run that read a version, whether it executed or was cached. */
export type DatasetUse = {
  readonly version: number
  readonly step: string
  readonly runId: string
  /** Null when the run is no longer on record. */
  readonly startedAt: string | null
  readonly experiment: string | null
}

/** A file that steps of the pipeline were seen to read, and that no entry of slipway.toml covers. */
export type UndeclaredFile = {
  readonly path: string
  readonly steps: readonly string[]
  /** The newest run in which it was seen. */
  readonly runId: string
  readonly sizeBytes: number | null
}
