import type { Digest } from '../domain/digest.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Pipeline } from '../domain/pipeline.ts'
import type { Dataset, OpenedFile, Project, ProjectFile } from '../domain/project.ts'
import type { ProjectSettings } from './project-settings.ts'

/** Paths (project-relative POSIX) to text: files as they stand in an editor, not saved yet. */
export type Buffers = Readonly<Record<string, string>>

export type SettingChange = { readonly path: readonly string[]; readonly value: JsonValue }

export type ProjectChange = { readonly changed: readonly string[]; readonly gone: boolean }

/** The code that a step can reach, comments and formatting taken out. Two of equal digest behave the same. */
export type StepSource = {
  readonly digest: Digest
  /** What the digest is of: all parts, one after the other; stored as a blob so that a plan can show a diff. */
  readonly text: string
  readonly parts: readonly { readonly module: string; readonly name: string; readonly text: string }[]
  /** Every module that importing the step's module runs, by path; of some of them nothing may count. */
  readonly modules: readonly string[]
}

/** One open project folder: the `project` area of the contract, and what other parts of core read of it. */
export type OpenedProject = {
  get(): Project
  trust(): Project
  pipeline(buffers: Buffers): Promise<Pipeline>
  datasets(): Promise<readonly Dataset[]>
  files(): Promise<readonly ProjectFile[]>
  readFile(path: string): Promise<OpenedFile>
  writeFile(path: string, text: string, digest: string | null): Promise<OpenedFile>
  watch(emit: (change: ProjectChange) => void): () => void
  /** slipway.toml as it is now. @throws project/settingsInvalid */
  settings(): Promise<ProjectSettings>
  /** Sets one key of slipway.toml (null removes it); comments and order stay. */
  changeSettings(path: readonly string[], value: JsonValue): Promise<ProjectSettings>
  /** What `changeAllSettings` would give or refuse; writes nothing. */
  previewSettings(changes: readonly SettingChange[]): ProjectSettings
  /** Several keys in one write, or none of them when one is refused. */
  changeAllSettings(changes: readonly SettingChange[]): Promise<ProjectSettings>
  /** @throws project/stepUnknown */
  stepSource(step: string): Promise<StepSource>
  /** Of many, from one look at the texts. @throws project/stepUnknown */
  stepSources(steps: readonly string[]): Promise<ReadonlyMap<string, StepSource>>
  /** @throws project/notTrusted unless the user has said that the code of this project may run. */
  assertTrusted(): void
  /** @throws project/folderGone, project/readOnly when nothing may be written now. */
  assertWritable(): void
  close(): Promise<void>
}

export type ProjectOptions = {
  /** Absolute, holding a slipway.toml. */
  readonly folder: string
  /** SLIPWAY_HOME: trust and known projects live there. */
  readonly homeFolder: string
}
