import type { Datasets } from '../datasets/datasets.ts'
import type { DatasetTerms, UndeclaredFile } from '../domain/dataset.ts'
import type { Job } from '../domain/job.ts'
import type { Dataset } from '../domain/project.ts'
import type { ExportRequest, Tables } from '../tables/tables.ts'

export type DataAddRequest = {
  readonly name: string
  /** Absent for a dataset that slipway.toml names already. */
  readonly path?: string | undefined
  /** Default true; false records digests alone. */
  readonly keep?: boolean | undefined
  /** Makes the files read-only and links them into the store instead of copying. */
  readonly link?: boolean | undefined
  readonly terms?: { readonly [Term in keyof DatasetTerms]?: DatasetTerms[Term] | undefined } | undefined
}

export type DataDeclareRequest = {
  readonly name: string
  /** Needed for a new entry. */
  readonly path?: string | undefined
  /** A term that is null is taken away; one that is absent stays. */
  readonly terms?: { readonly [Term in keyof DatasetTerms]?: DatasetTerms[Term] | null | undefined } | undefined
}

export type DataDiffRequest = {
  readonly name: string
  /** A version's number, a digest or a prefix of one, `newest`, or `now` for the files on disk. Default: `newest`. */
  readonly from?: string | undefined
  /** Default: `now`. */
  readonly to?: string | undefined
  /** Columns that tell one row from another; without them whole rows are compared. */
  readonly key?: readonly string[] | undefined
}

/** Datasets and their versions. `dataset` is `NAME@VERSION`, or `NAME` for its newest version. */
export type DataArea = Pick<Datasets, 'list' | 'show' | 'versions' | 'files' | 'uses'> & {
  /** What steps were seen to read and no entry covers. */
  undeclared(): Promise<readonly UndeclaredFile[]>
  /** Writes the entry in slipway.toml and makes no version. */
  declare(request: DataDeclareRequest): Promise<Dataset>
  /** The job's result is a DatasetDiff. */
  diff(request: DataDiffRequest): Job
  /** The job's result is `{dataset: DatasetVersionDetail without its files, isNew, storedBytes}`: they may be many. */
  add(request: DataAddRequest): Job
  /** The columns of the newest version are expected of its files from now on; `clear` expects nothing any more. */
  expect(name: string, clear: boolean): Promise<Dataset>
  /**
   * Copies what lies on this computer, by absolute paths, into the project: one file becomes the file `to`, a folder or
   * several become the new folder `to`. The job's result is `{path, sizeBytes}`.
   */
  bring(from: readonly string[], to: string): Job
  /** What only a browser can read comes in pieces: `to` is the place in the project, of a file or of a new folder. */
  openUpload(to: string, sizeBytes: number, isFolder: boolean): Promise<{ readonly upload: string }>
  /** `offset` is how many bytes of the file came before; `file` is its path in the folder, null where it is no folder. */
  writeUpload(upload: string, offset: number, bytes: Uint8Array, file: string | null): Promise<void>
  finishUpload(upload: string): Promise<{ readonly path: string; readonly sizeBytes: number }>
  /** Leaves nothing of it; ended already is fine, too. */
  dropUpload(upload: string): Promise<void>
  /** The job's result is `{dataset, folder, written, unchanged, trashed: [path]}`; `to` is a folder, else the project. */
  restore(dataset: string, to?: string): Job
  /** The job's result is `{file, sizeBytes}`; `replaces` false refuses a file that is there already. */
  export(dataset: string, format: 'croissant', file: string, replaces?: boolean): Job
}

/** Tables of any size, looked into; a view of one is written to a new file of the project. */
export type TablesArea = Omit<Tables, 'export' | 'close'> & { export(request: ExportRequest, path: string): Job }
