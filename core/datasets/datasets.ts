import type { Database } from '../database/database.ts'
import type {
  DatasetDiff,
  DatasetEntry,
  DatasetFiles,
  DatasetTerms,
  DatasetUse,
  DatasetVersion,
  DatasetVersionDetail,
} from '../domain/dataset.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { LineageStore } from '../lineage/lineage.ts'
import type { OpenedProject } from '../project/opened-project.ts'
import type { Store } from '../store/store.ts'
import type { BringFiles } from './bring-files.ts'
import type { DatasetEntries } from './dataset-entries.ts'
import type { ExpectedSchemas } from './expect-schema.ts'
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

export type BroughtFile = { readonly path: string; readonly sizeBytes: number }

export type Datasets = DatasetEntries &
  BringFiles &
  ExpectedSchemas & {
    list(): Promise<readonly DatasetEntry[]>
    show(reference: string): Promise<DatasetVersionDetail>
    versions(name: string): Promise<readonly DatasetVersion[]>
    /** The files on disk against the version that `reference` names; of a dataset without one, all of them as added. */
    files(
      reference: string,
      page: { readonly offset?: number | undefined; readonly limit?: number | undefined },
    ): Promise<DatasetFiles>
    /** Newest run first. */
    uses(name: string): Promise<readonly DatasetUse[]>
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
    /** `replaces` false refuses a file that is there already. */
    export(
      reference: string,
      file: string,
      options?: { readonly replaces?: boolean | undefined },
    ): Promise<{ readonly file: string; readonly sizeBytes: number }>
    /** Whether some dataset that slipway.toml names holds one of these files. */
    holdsAny(paths: readonly string[]): Promise<boolean>
    /** Ties a run that has ended to the versions that its steps read, and makes those that are new. */
    recordRun(runId: string): Promise<void>
    /** `rows +120, column age: int64 → float64`, when versions of both states of that file are known; else null. */
    explainChange(path: string, from: string, to: string): string | null
  }

export type DatasetsOptions = {
  readonly database: Database
  readonly store: Store
  readonly lineage: LineageStore
  readonly project: Pick<
    OpenedProject,
    'get' | 'datasets' | 'pipeline' | 'previewSettings' | 'changeAllSettings' | 'assertWritable'
  >
  readonly readTables: ReadTables
  /** Where the environment's packages lie, for `package:` paths. */
  readonly packageFolders: () => readonly string[]
  readonly slipwayFolder: string
  readonly actor: () => string
  readonly now?: (() => Date) | undefined
}
