import type { Artifact } from './artifact.ts'
import type { Digest } from './digest.ts'
import type { Environment } from './environment.ts'
import type { DescribedFailure } from './failure.ts'
import type { JsonValue } from './json.ts'
import type { Observation } from './observation.ts'
import type { StaleReason } from './reason.ts'

export type RunState = 'queued' | 'running' | 'completed' | 'failed' | 'canceled'
export type StepRunState = RunState | 'cached' | 'skipped'

/** One line of a Python traceback, as frames. `isUser` frames lie inside the project. */
export type TracebackFrame = {
  readonly file: string
  readonly line: number
  readonly function: string
  readonly code: string | null
  readonly isUser: boolean
}

export type StepFailure = {
  /** `exception` the user's code raised · `exited` it left with a code · `killed` a signal ended it · `outOfMemory` · `timeLimit` · `output` a value could not be stored · `interrupted` Slipway itself died. */
  readonly kind: 'exception' | 'exited' | 'killed' | 'outOfMemory' | 'timeLimit' | 'output' | 'interrupted' | 'input'
  readonly message: string
  readonly remedy: string
  readonly exceptionType: string | null
  readonly frames: readonly TracebackFrame[]
  readonly exitCode: number | null
  readonly signal: string | null
}

/** In one line. "'grade'" alone is nothing to go by; that it is a KeyError is. */
export function problemOf({
  kind,
  exceptionType,
  message,
}: Pick<StepFailure, 'kind' | 'exceptionType' | 'message'>): string {
  return kind === 'exception' ? [exceptionType, message].filter(Boolean).join(': ') : message
}

export type StepRunBase = {
  readonly id: string
  readonly runId: string
  readonly step: string
  readonly reasons: readonly StaleReason[]
}

/** One attempt of one step; each state has just the fields that it has. */
export type StepRun =
  | (StepRunBase & { readonly state: 'queued' | 'skipped' })
  | (StepRunBase & { readonly state: 'running'; readonly startedAt: string; readonly pid: number })
  | (StepRunBase & { readonly state: 'cached'; readonly reuses: string; readonly savedMs: number })
  | (StepRunBase & {
      readonly state: 'completed'
      readonly startedAt: string
      readonly endedAt: string
      readonly durationMs: number
      readonly peakMemoryBytes: number | null
    })
  | (StepRunBase & {
      readonly state: 'failed' | 'canceled'
      readonly startedAt: string
      readonly endedAt: string
      readonly durationMs: number
      readonly failure: StepFailure | null
    })

/** A run as a row: what the runs table and `slipway runs` show. */
export type Run = {
  readonly id: string
  readonly experiment: string
  readonly state: RunState
  readonly startedAt: string
  readonly endedAt: string | null
  readonly durationMs: number | null
  /** Keys are `STEP.PARAM`. */
  readonly params: Readonly<Record<string, JsonValue>>
  /** The last value of each metric. NaN and infinities travel as the strings "NaN", "Infinity", "-Infinity". */
  readonly metrics: Readonly<Record<string, number | 'NaN' | 'Infinity' | '-Infinity'>>
  readonly tags: Readonly<Record<string, string>>
  readonly failure: DescribedFailure | null
  readonly cachedSteps: number
  readonly totalSteps: number
}

/** A run that was deleted: shown nowhere, its results reused by no new run, until it is restored or its time is over. */
export type DeletedRun = {
  readonly run: Run
  readonly deletedAt: string
  /** From then on the next clearing takes it away for good, unless a run still shows results of it. */
  readonly endsAt: string
  /** The newest run that does. */
  readonly usedBy: string | null
}

export type GitState = {
  readonly commit: string | null
  readonly branch: string | null
  /** Digest of the uncommitted diff's text in the store; null when clean or not a repository. */
  readonly diffDigest: Digest | null
}

export type RunDetail = {
  readonly run: Run
  readonly steps: readonly StepRun[]
  readonly artifacts: readonly Artifact[]
  readonly environment: Environment | null
  readonly git: GitState | null
  /** What each step was seen to do, by its name; a cached one answers with what it reuses. */
  readonly observed: Readonly<Record<string, Observation>>
}

export type RunComparison = {
  readonly runs: readonly Run[]
  /** Values in the order of `runs`; null where a run has none. Only keys that differ come with `differs`. */
  readonly params: readonly { key: string; values: readonly (JsonValue | null)[]; differs: boolean }[]
  readonly metrics: readonly { key: string; values: readonly (number | string | null)[]; differs: boolean }[]
  readonly code: readonly { step: string; digests: readonly (Digest | null)[]; differs: boolean; diff: string | null }[]
  readonly data: readonly { path: string; digests: readonly (Digest | null)[]; differs: boolean }[]
  readonly packages: readonly { name: string; versions: readonly (string | null)[]; differs: boolean }[]
}

/** A metric that was logged more than once in some run. */
export type MetricWithHistory = { readonly key: string; readonly points: number }

export type CurveRequest = {
  readonly runs: readonly string[]
  readonly key: string
  /** Iterations, or seconds since the first point. */
  readonly axis: 'iteration' | 'time'
  /** Into how many parts the width is cut; each keeps its ends and its extremes. */
  readonly buckets: number
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** `points` were recorded; those given here are enough to draw them. */
export type MetricCurve = {
  readonly run: string
  readonly points: number
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

/** What a running run announces, in order. */
export type RunEvent =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'stepRun'; readonly runId: string; readonly stepRun: StepRun }
  | {
      readonly kind: 'log'
      readonly runId: string
      readonly step: string
      readonly stream: 'stdout' | 'stderr'
      readonly text: string
    }
  /** Where a metric stands after some points of it were recorded; not each of them. */
  | {
      readonly kind: 'metric'
      readonly runId: string
      readonly key: string
      readonly value: number | string
      readonly iteration: number | null
    }
  | { readonly kind: 'artifact'; readonly runId: string; readonly artifact: Artifact }
  /** It was deleted, or restored. */
  | { readonly kind: 'deletion'; readonly runId: string; readonly deleted: boolean }
