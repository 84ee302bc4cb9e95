import type { Environment, EnvironmentSettings, EnvironmentStatus } from '../domain/environment.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'

export type SyncOptions = { readonly report: ReportProgress; readonly signal: AbortSignal }

/** One project's interpreter, packages and lock. */
export type Environments = {
  /** Looks, changes nothing, runs nothing of the project and uses no network. */
  status(): Promise<EnvironmentStatus>
  /** Makes the environment what the requirements and the lock say; reuses what is there. */
  sync(options: SyncOptions): Promise<Environment>
  /** Absolute path of the environment's python, read back by running it where it may have changed since it was made. @throws environments/notReady, environments/interpreterGone */
  pythonPath(): Promise<string>
  /** Text of slipway.lock, whose digest is the identity of the environment. @throws environments/notReady */
  lockText(): Promise<string>
  packagesBeside: PackagesBeside
}

/**
 * A package that Slipway needs now and then and the project does not: it is resolved against the lock and kept in a
 * folder beside the environment, so that neither the lock nor any cached result changes. `folder` is null where the
 * environment has it already. @throws environments/…, as a sync does
 */
export type PackagesBeside = (
  wanted: { readonly requirement: string },
  options: SyncOptions,
) => Promise<{ readonly pythonPath: string; readonly folder: string | null }>

export type EnvironmentsOptions = {
  /** Absolute. */
  readonly projectFolder: string
  /** [environment] of slipway.toml, asked anew at each call. */
  readonly settings: () => Promise<EnvironmentSettings>
  /** Folder that holds the Python package `slipway` (its `__init__.py` directly inside). */
  readonly pythonPackageFolder: string
  /** TOML text as plain data, for pyproject.toml. @throws Error when it is not TOML */
  readonly readToml: (text: string) => JsonValue
  /** `auto` takes uv when it is on PATH; `pip` never does; a path names the uv to use. */
  readonly uv?: string | undefined
  /** Variables for pip and uv; default: this process's own. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined
}

/** The phases that sync reports, in order. */
export const environmentPhases = [
  'Find Python',
  'Create environment',
  'Resolve packages',
  'Install packages',
  'Check',
] as const

export type EnvironmentPhase = (typeof environmentPhases)[number]
