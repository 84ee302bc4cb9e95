import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import type { DescribedFailure } from '../domain/failure.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Observation } from '../domain/observation.ts'
import type { StaleReason } from '../domain/reason.ts'
import type { GitState, Run, RunDetail, RunEvent, StepFailure } from '../domain/run.ts'
import type { MetricSeries } from './metric-series.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { MetricPoint, NewArtifact, SourceFile, StepInputUse, StepRunCandidate } from './run-records.ts'

export type NewRun = {
  readonly experiment?: string | undefined
  /** Keys are `STEP.PARAM`; effective values, defaults included. */
  readonly params: Readonly<Record<string, JsonValue>>
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly git: GitState | null
  /** Name of the machine, for people. */
  readonly host: string | null
  /** Who executes it: this process, as long as it lives. */
  readonly owner: ProcessIdentity
  /** In execution order. */
  readonly steps: readonly { readonly step: string; readonly reasons: readonly StaleReason[] }[]
}

export type StepStart = {
  readonly startedAt: string
  /** The step's process. */
  readonly pid: number
  readonly owner: ProcessIdentity
  readonly module: string
  readonly params: Readonly<Record<string, JsonValue>>
  /** Of the code that the step can reach (StepDeclaration.sourceDigest). */
  readonly sourceDigest: Digest
  /** Modules known before it runs, its own first. */
  readonly sources: readonly SourceFile[]
  readonly environment: Environment | null
}

export type StepCompletion = {
  readonly endedAt: string
  readonly durationMs: number
  readonly peakMemoryBytes: number | null
  readonly cacheKey: string | null
  readonly observed: Observation
  readonly artifacts: readonly NewArtifact[]
  readonly inputs: readonly StepInputUse[]
  readonly environment: Environment | null
  /** The step's stdout and stderr, in the store as text. */
  readonly logDigest: Digest | null
  /** Points that came with the returned values, written in the same transaction. */
  readonly metrics?: readonly MetricPoint[] | undefined
}

export type StepEnd = {
  readonly endedAt: string
  readonly durationMs: number
  readonly failure: StepFailure | null
  readonly logDigest: Digest | null
  /** What was seen until then, when it was reported; its files, sources and inputs get their edges too. */
  readonly observed?: Observation | undefined
  readonly inputs?: readonly StepInputUse[] | undefined
}

export type CachedStep = {
  readonly stepRunId: string
  readonly reuses: string
  readonly savedMs: number
  readonly reasons: readonly StaleReason[]
}

/** A run of which every result is reused: it begins and ends at once. */
export type ReusedRun = Omit<NewRun, 'steps'> & {
  readonly startedAt: string
  readonly durationMs: number
  readonly environment: Environment
  /** In execution order, each with the completed step run that it stands for. */
  readonly steps: readonly { readonly step: string; readonly candidate: StepRunCandidate }[]
}

/** The one writer of runs. Whatever it returned from is durable; watchers hear of it after that. */
export type Recorder = {
  createRun(run: NewRun): { readonly runId: string; readonly stepRunIds: Readonly<Record<string, string>> }
  /**
   * All of such a run as one small write; what follows from it is written before anybody reads it.
   * @returns what reading it back gives
   */
  recordReused(run: ReusedRun): RunDetail
  stepStarted(stepRunId: string, start: StepStart): void
  /** Gives the run the artifacts, metrics, logged params and edges of the completed step run `reuses`. */
  stepCached(stepRunId: string, cached: Omit<CachedStep, 'stepRunId'>): void
  /** The same for many, as one. */
  stepsCached(steps: readonly CachedStep[]): void
  stepCompleted(stepRunId: string, completion: StepCompletion): void
  stepFailed(stepRunId: string, end: StepEnd): void
  stepCanceled(stepRunId: string, end: StepEnd): void
  stepSkipped(stepRunId: string): void
  /** Replaces why it runs, when that was found out after the run was planned (early cut-off). */
  setReasons(byStepRunId: Readonly<Record<string, readonly StaleReason[]>>): void
  logMetrics(runId: string, points: readonly MetricPoint[]): void
  /** As `logMetrics`, but durable only when the promise says so: with those of other steps, a tenth of a second later. */
  queueMetrics(runId: string, series: readonly MetricSeries[]): Promise<void>
  /** Writes now what was queued. */
  flushMetrics(): void
  setParam(runId: string, key: string, value: JsonValue): void
  /** Null takes the tag away. */
  setTag(runId: string, key: string, value: string | null): Run
  /**
   * Deletes runs: they are shown nowhere, and no new run reuses their results. All of them or none.
   * @throws tracking/wrongState for one that goes on, tracking/runNeeded
   */
  deleteRuns(runIds: readonly string[]): void
  restoreRuns(runIds: readonly string[]): void
  /** Takes deleted runs away for good, but for those whose results a run shows that stays. @returns their ids */
  endDeletedRuns(isOver: (run: { readonly id: string; readonly deletedAt: string }) => boolean): readonly string[]
  /** The environment that the whole run had. */
  recordEnvironment(runId: string, environment: Environment): void
  finishRun(
    runId: string,
    end: {
      readonly state: 'completed' | 'failed' | 'canceled'
      readonly endedAt: string
      readonly durationMs: number
      readonly failure: DescribedFailure | null
    },
  ): Run
  /** Ends as `failed: interrupted` every queued or running run whose owner is gone; none in a project under review only. */
  recoverInterrupted(isOwnerAlive: (owner: ProcessIdentity) => boolean): readonly Run[]
  /** What `work` records becomes durable as one; watchers hear of it after that. All of it, or none when it throws. */
  together(work: () => void): void
  /** Passes on what a step prints; kept by whoever runs it, stored at its end as `logDigest`. */
  announceLog(log: Omit<Extract<RunEvent, { kind: 'log' }>, 'kind'>): void
  watch(emit: (event: RunEvent) => void): () => void
}
