import type { DescribedFailure } from './failure.ts'
import type { JsonValue } from './json.ts'

export type JobKind =
  | 'environment'
  | 'run'
  | 'prove'
  | 'parity'
  | 'build'
  | 'serve'
  | 'push'
  | 'doctor'
  | 'journey'
  | 'sweep'
  | 'data'
  | 'export'
  | 'space'
export type JobState = 'queued' | 'running' | 'completed' | 'failed' | 'canceled'

/** Where a job stands. `total` null means that the end is not known: the fact still moves. */
export type JobProgress = {
  readonly phase: string
  readonly done: number
  readonly total: number | null
  readonly unit: 'steps' | 'bytes' | 'rows' | 'packages' | 'blobs' | null
  /** A moving fact for people: the last line, the file, the step. */
  readonly fact: string | null
}

/** Anything long, seen the same way everywhere. */
export type Job = {
  readonly id: string
  readonly kind: JobKind
  readonly title: string
  readonly state: JobState
  readonly phases: readonly string[]
  readonly progress: JobProgress | null
  readonly startedAt: string
  readonly lastActivityAt: string
  readonly endedAt: string | null
  readonly cancellable: boolean
  readonly log: readonly string[]
  readonly result: JsonValue | null
  readonly failure: DescribedFailure | null
}

/** How a long function of core tells where it stands. Cheap; may be called often. */
export type ReportProgress = (progress: Partial<JobProgress> & { readonly phase: string }) => void
