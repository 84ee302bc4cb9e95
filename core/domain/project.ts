import type { ExpectedSchema } from './expected-schema.ts'

/** A project as the workbench knows it. `key` is a short stable name for URLs, made from the real path. */
export type Project = {
  readonly key: string
  readonly name: string
  readonly folder: string
  readonly trusted: boolean
  readonly readOnly: string | null
  /** What to know of the place where it lies, such as a network folder; absent where there is nothing to know. */
  readonly caution?: string | undefined
}

/**
 * [recording]: how much of the files that steps read is kept in the store, so that a run can be proved later, and
 * how much of what one step prints: half of it from the beginning, half from the end.
 */
export type RecordingSettings = {
  readonly keepFileBytes: number
  readonly keepRunBytes: number
  readonly keepLogBytes: number
}

/** The process in which the core of a project lives. */
export type CoreProcess = {
  readonly pid: number
  /** When it took the project. */
  readonly startedAt: string
  readonly memoryBytes: number
  /** It outlives who started it until it was unused for so long; null ends with a workbench or a command. */
  readonly keptMs: number | null
}

export type KnownProject = {
  readonly key: string
  readonly name: string
  readonly folder: string
  readonly lastOpenedAt: string
  readonly lastRunState: string | null
  /** Null where its disk does not answer. */
  readonly exists: boolean | null
}

export type Template = {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly isSample: boolean
}

export type ProjectFile = { readonly path: string; readonly sizeBytes: number; readonly isText: boolean }

/** A file's text with the digest it had, so that a save over a newer version is noticed. */
export type OpenedFile = { readonly path: string; readonly text: string; readonly digest: string }

export type Dataset = {
  readonly name: string
  readonly path: string
  readonly origin: string | null
  readonly licence: string | null
  readonly purpose: readonly string[]
  readonly expires: string | null
  readonly personal: boolean
  readonly contact: string | null
  /** Columns that its table has to have before a step runs; absent where nothing is expected. */
  readonly expectedSchema?: ExpectedSchema | undefined
}

export type ReadinessCheck = {
  readonly name: 'python' | 'disk' | 'engine' | 'network' | 'node'
  readonly state: 'ok' | 'warning' | 'missing'
  readonly detail: string
  readonly remedy: string | null
}

export type DoctorCheck = {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'hurt' | 'missing'
  readonly detail: string
  readonly remedy: string | null
}
