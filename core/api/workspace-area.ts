import type { CleanedEnvironments, EnvironmentStatus, KeptEnvironment } from '../domain/environment.ts'
import type { Job } from '../domain/job.ts'
import type { Pipeline } from '../domain/pipeline.ts'
import type { CoreProcess, Dataset, OpenedFile, Project, ProjectFile, RecordingSettings } from '../domain/project.ts'

/** Sizes as they are written, `256 MB`. */
export type RecordingChange = {
  readonly keepFile?: string | null | undefined
  readonly keepRun?: string | null | undefined
  readonly keepLog?: string | null | undefined
}

export type WorkspaceArea = {
  get(): Project
  /** Not remembered means: for as long as this core lives. */
  trust(remember?: boolean): Project
  /** Takes trust back that is not remembered. */
  endTrustForNow(): void
  /** Parses the project's modules; `buffers` (path → text) stand in for files not saved yet. */
  pipeline(buffers: Readonly<Record<string, string>>): Promise<Pipeline>
  datasets(): Promise<readonly Dataset[]>
  files(): Promise<readonly ProjectFile[]>
  readFile(path: string): Promise<OpenedFile>
  /** Refuses with `project/fileChanged` when the file no longer has `digest`; null digest means a new file. */
  writeFile(path: string, text: string, digest: string | null): Promise<OpenedFile>
  /** How much of files and of output is kept, by [recording] of slipway.toml. */
  recording(): Promise<RecordingSettings>
  /** Writes those keys of [recording]; null takes one out. @throws project/settingsInvalid, project/readOnly */
  changeRecording(change: RecordingChange): Promise<RecordingSettings>
  /** Announces changes on disk (paths) and loss of the folder. */
  watch(emit: (event: { readonly changed: readonly string[]; readonly gone: boolean }) => void): () => void
}

export type CoreArea = {
  show(): CoreProcess
  /** Ends a kept core once the commands that use it are through. @throws host/usage where it is not kept */
  stop(): void
}

export type EnvironmentArea = {
  status(): Promise<EnvironmentStatus>
  sync(): Job
  /** Those of past runs, which proofs made again. */
  kept(): Promise<readonly KeptEnvironment[]>
  /** Removes those named, else all that are not in use. */
  clean(names?: readonly string[]): Promise<CleanedEnvironments>
}
