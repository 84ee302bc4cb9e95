import type { EnvironmentSettings } from '../domain/environment.ts'
import type { Dataset, RecordingSettings } from '../domain/project.ts'

/** The format of slipway.toml that this version writes; a file with a newer one opens read-only. */
export const currentFormat = 1

/** slipway.toml, parsed: every default filled in, nothing looked up on disk. */
export type ProjectSettings = {
  readonly format: number
  /** Why the project may only be read; null when it may be changed. */
  readonly readOnly: string | null
  readonly name: string
  /** Project-relative POSIX paths of the modules with steps. */
  readonly pipeline: readonly string[]
  readonly environment: EnvironmentSettings
  readonly datasets: readonly Dataset[]
  readonly steps: Readonly<Record<string, StepSettings>>
  readonly gates: readonly GateSettings[]
  readonly image: ImageSettings
  /** `embedded`, or `host/path`. */
  readonly registry: { readonly default: string }
  readonly recording: RecordingSettings
}

export const defaultRecording: RecordingSettings = { keepFileBytes: 1e9, keepRunBytes: 4e9, keepLogBytes: 256e6 }

/** What belongs to running a step, not to its code. Null means no limit. */
export type StepSettings = {
  readonly memoryBytes: number | null
  readonly timeMs: number | null
  readonly cpus: number | null
  /** `true` vouches for what it reads outside, `false` refuses any reuse; null where slipway.toml says neither. */
  readonly cache: boolean | null
  readonly environment: Readonly<Record<string, string>>
  /** Files and folders of the project that it says it writes; no two steps may say so of the same. */
  readonly writes: readonly string[]
}

export const defaultStepSettings: StepSettings = {
  memoryBytes: null,
  timeMs: null,
  cpus: null,
  cache: null,
  environment: {},
  writes: [],
}

export type GateSettings = {
  readonly name: string
  readonly metric: string
  readonly min: number | null
  readonly max: number | null
  readonly severity: 'block' | 'warn'
}

export type ImageSettings = {
  readonly runtime: 'auto' | 'onnx' | 'python'
  readonly base: string
  readonly platform: string
}
