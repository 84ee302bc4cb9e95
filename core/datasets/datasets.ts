import type { Database } from '../database/database.ts'
import type {
  DatasetDiff,
  DatasetEntry,
  DatasetTerms,
  DatasetVersion,
  DatasetVersionDetail,
} from '../domain/dataset.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { LineageStore } from '../lineage/lineage.ts'
import type { OpenedProject } from '../project/opened-project.ts'
import type { Store } from '../store/store.ts'
import type { ReadTables } from './read-tables.ts'
import type { Restored } from './restore-files.ts'

export type LongCall = { readonly report: ReportProgress; readonly signal: AbortSignal }

export type AddOptions = {
  readonly name: string
  readonly path?: string | undefined
  readonly terms?: { readonly [Term in keyof DatasetTerms]?: DatasetTerms[Term] | undefined } | undefined
  /** Default true; false records digests alone. */
  readonly keep?: boolean | undefined
  /** Makes the files read-only and links them into the store instead of copying. */
  readonly link?: boolean | undefined
}

export type Datasets = {
  list(): Promise<readonly DatasetEntry[]>
  show(reference: string): Promise<DatasetVersionDetail>
  versions(name: string): Promise<readonly DatasetVersion[]>
  diff(
    request: {
      readonly name: string
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly key?: readonly string[] | undefined
    },
    call: LongCall,
  ): Promise<DatasetDiff>
  add(
    options: AddOptions,
    call: LongCall,
  ): Promise<{ readonly dataset: DatasetVersionDetail; readonly isNew: boolean; readonly storedBytes: number }>
  restore(
    reference: string,
    to: string | undefined,
    call: LongCall,
  ): Promise<Restored & { readonly folder: string; readonly dataset: DatasetVersion }>
  export(reference: string, file: string): Promise<{ readonly file: string; readonly sizeBytes: number }>
  /** Ties a run that has ended to the versions that its steps read, and makes those that are new. */
  recordRun(runId: string): Promise<void>
  /** `rows +120, column age: int64 → float64`, when versions of both states of that file are known; else null. */
  explainChange(path: string, from: string, to: string): string | null
}

export type DatasetsOptions = {
  readonly database: Database
  readonly store: Store
  readonly lineage: LineageStore
  readonly project: Pick<OpenedProject, 'get' | 'datasets' | 'settings' | 'changeSettings' | 'assertWritable'>
  readonly readTables: ReadTables
  /** Where the environment's packages lie, for `package:` paths. */
  readonly packageFolders: () => readonly string[]
  readonly slipwayFolder: string
  readonly actor: () => string
  readonly now?: (() => Date) | undefined
}
