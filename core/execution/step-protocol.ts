import type { ArtifactKind } from '../domain/artifact.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Observation, StepEffect } from '../domain/observation.ts'
import type { StepFailure } from '../domain/run.ts'
import type { MetricSeries } from '../tracking/metric-series.ts'

/**
 * What core and a step process say to each other. Each message is a frame: four bytes of length
 * (big-endian), then UTF-8 JSON. Core writes one StepRequest to descriptor 4 of the process and
 * reads StepMessages from it; descriptor 3 closes with core, stdout and stderr stay the user's.
 * NaN and infinities travel as the strings "NaN", "Infinity", "-Infinity".
 *
 * Metrics alone are not JSON, since there may be millions. Their body, little-endian, is: byte 1, three bytes 0;
 * u32 count of points; u32 bytes of the key table; the key table, a JSON array of texts in ASCII; then four columns of
 * that many entries: u32 place in the key table, f64 value, f64 iteration (NaN: none), f64 seconds since 1970.
 * Each frame has its own table, so that it is whole or absent.
 */
export type StepRequest = {
  readonly protocol: 1
  /** Absolute; also the working directory and first on sys.path. */
  readonly projectFolder: string
  /** Project-relative POSIX path of the module that holds the step. */
  readonly module: string
  readonly step: string
  readonly inputs: readonly StepInput[]
  readonly params: { readonly [name: string]: JsonValue }
  readonly outputs: readonly string[]
  readonly outputsDeclared: boolean
  /** Absolute, empty, owned by this step run: everything to be stored is written here. */
  readonly stagingFolder: string
  /** Absolute: copies of path inputs that the step may write into. */
  readonly scratchFolder: string
  /** Limit of the address space (RLIMIT_AS), set where the system offers no better one; else absent. */
  readonly addressSpaceBytes?: number | undefined
  /** True where no control group holds its processes: the step's own has to find and end them. */
  readonly adoptOrphans?: boolean | undefined
}

export type StepInput = {
  readonly name: string
  readonly digest: string
  readonly kind: ArtifactKind
  readonly mediaType: string
  readonly pythonType: string
  /** Absolute path of the blob (read-only); for a composite, of its tree document. */
  readonly file: string
  readonly parts: readonly { readonly name: string; readonly mediaType: string; readonly file: string }[]
  readonly summary: { readonly [key: string]: JsonValue }
}

export type StepMessage =
  | { readonly event: 'started'; readonly python: string; readonly platform: { readonly [name: string]: string } }
  | { readonly event: 'phase'; readonly phase: 'importing' | 'loading' | 'running' | 'storing' }
  | { readonly event: 'metrics'; readonly series: readonly MetricSeries[] }
  | { readonly event: 'param'; readonly key: string; readonly value: JsonValue }
  | StepOutput
  | StepObserved
  | {
      readonly event: 'failed'
      readonly failure: Pick<StepFailure, 'kind' | 'message' | 'remedy' | 'exceptionType' | 'frames'>
    }
  | { readonly event: 'done' }

/**
 * A value written to the staging folder. Core hashes and publishes the files; for a composite
 * (`parts` not empty) `file` is null and core writes the tree document.
 * role `output` a returned value · `logged` log_artifact and friends · `predictions` rows that prove a
 * model: then `of` says which one, an input by its digest or an output of this step by its name.
 */
export type StepOutput = {
  readonly event: 'output'
  readonly role: 'output' | 'logged' | 'predictions'
  readonly name: string
  readonly kind: ArtifactKind
  readonly mediaType: string
  readonly file: string | null
  readonly parts: readonly { readonly name: string; readonly mediaType: string; readonly file: string }[]
  readonly pythonType: string
  readonly runsCodeWhenLoaded: boolean
  readonly summary: { readonly [key: string]: JsonValue }
  readonly of?: { readonly input: string } | { readonly output: string }
}

/** Sent once, after the step's function returned or raised. Paths inside the project are relative POSIX. */
export type StepObserved = {
  readonly event: 'observed'
  readonly filesRead: readonly string[]
  readonly filesWritten: readonly string[]
  /** Folders whose names it asked for; the project's own is "". */
  readonly foldersListed?: readonly string[] | undefined
  /** Asked about, not opened. */
  readonly pathsTested?: Observation['pathsTested']
  /** Absolute. */
  readonly outsideReads?: readonly string[] | undefined
  readonly outsideWrites: readonly string[]
  /** What it wrote among Slipway's own files. */
  readonly ownWrites?: readonly string[] | undefined
  /** `package:NAME/PATH` with the absolute path, for data files read inside an installed package. */
  readonly packageFiles: readonly { readonly name: string; readonly file: string }[]
  readonly modules: readonly string[]
  /** Digests of the bytes that were compiled, as far as the runner compiled them itself; by path. */
  readonly moduleDigests?: { readonly [path: string]: string } | undefined
  readonly packages: readonly { readonly name: string; readonly version: string }[]
  /** Modules of installed packages that were not in memory before, in the order in which their import was done. */
  readonly imported?: readonly string[] | undefined
  /** Top-level names that the text of its modules imports, wherever it does. */
  readonly named?: readonly string[] | undefined
  readonly variables: readonly { readonly name: string; readonly value: string | null }[]
  readonly network: boolean
  readonly effects?: readonly StepEffect[] | undefined
  readonly peakMemoryBytes: number | null
}
