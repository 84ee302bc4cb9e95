import type { KnownProject, Project, ReadinessCheck, Template } from '../domain/project.ts'

export type FolderListing = {
  readonly path: string
  readonly parent: string | null
  readonly folders: readonly {
    readonly name: string
    /** Null where its disk does not answer. */
    readonly isProject: boolean | null
  }[]
}
export type Settings = {
  readonly theme: 'system' | 'light' | 'dark'
  readonly displayName: string
  /** A workbench that closes leaves a core of its project up until that is unused for so long; null leaves none. */
  readonly keepCoreMs: number | null
}

/** What there is before a project is open. */
export type HomeCore = {
  knownProjects(): Promise<readonly KnownProject[]>
  forget(key: string): Promise<void>
  /** Reads the folder, runs nothing of it. The project is then reached under its `key`. */
  open(folder: string): Promise<Project>
  create(template: string, folder: string): Promise<Project>
  templates(): Promise<readonly Template[]>
  /** Where a new project of that template would go, not taken yet. */
  suggestFolder(template: string): Promise<string>
  readiness(): Promise<readonly ReadinessCheck[]>
  listFolder(path: string | null): Promise<FolderListing>
  settings(): Promise<Settings>
  changeSettings(change: Partial<Settings>): Promise<Settings>
}
