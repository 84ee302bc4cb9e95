import type { Job } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Proof } from '../domain/proof.ts'
import type { RunPlan } from '../domain/reason.ts'
import type {
  CurveRequest,
  DeletedRun,
  MetricCurve,
  MetricWithHistory,
  Run,
  RunComparison,
  RunDetail,
  RunEvent,
} from '../domain/run.ts'
import type { RunColumnName, RunColumnsAnswer } from '../domain/run-columns.ts'
import type { Sweep, SweepDetail, SweepEvent, SweepPreview, SweepRequest } from '../domain/sweep.ts'

/** `STEP.PARAM` → value. */
export type ParamOverrides = Readonly<Record<string, JsonValue>>
export type RunRequest = {
  /** Steps to bring up to date, with what they need; empty means all. */
  readonly steps: readonly string[]
  readonly params: ParamOverrides
  readonly experiment?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly noCache?: boolean | undefined
}
export type RunListRequest = {
  readonly filter?: string | undefined
  readonly sort?: string | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

export type RunsArea = {
  plan(request: RunRequest): Promise<RunPlan>
  /** Starts at once; the job ends with the run. `runId` names the run from the start. */
  start(request: RunRequest): Promise<{ readonly job: Job; readonly runId: string }>
  cancel(runId: string): Promise<void>
  list(request: RunListRequest): Promise<{ readonly runs: readonly Run[]; readonly total: number }>
  /** Everything that can be a column of runs, and some columns of all runs: for tables of very many of them. */
  columnNames(): Promise<readonly RunColumnName[]>
  columns(names: readonly RunColumnName[]): Promise<RunColumnsAnswer>
  get(reference: string): Promise<RunDetail>
  compare(references: readonly string[]): Promise<RunComparison>
  log(reference: string, step: string | null): Promise<{ readonly text: string; readonly truncated: boolean }>
  /** The source of a step as it was when the run was made. */
  source(reference: string, step: string): Promise<{ readonly module: string; readonly text: string }>
  history(
    reference: string,
    key: string,
  ): Promise<readonly { iteration: number | null; value: number | string; at: string }[]>
  metricsWithHistory(references: readonly string[]): Promise<readonly MetricWithHistory[]>
  curves(request: CurveRequest): Promise<readonly MetricCurve[]>
  tag(reference: string, key: string, value: string | null): Promise<Run>
  /** All of them or none. @throws tracking/runNeeded */
  delete(references: readonly string[]): Promise<readonly DeletedRun[]>
  restore(references: readonly string[]): Promise<readonly Run[]>
  /** Newest deletion first. */
  deleted(): Promise<readonly DeletedRun[]>
  watch(emit: (event: RunEvent) => void): () => void
}

export type ProofsArea = {
  /** Executes a past run again and compares; the job ends with the proof, which is recorded. */
  start(run: string, why: boolean): Job
  /** Newest first. */
  list(run: string): Promise<readonly Proof[]>
}

export type SweepsArea = {
  /** What would be tried; runs nothing. */
  plan(request: SweepRequest): Promise<SweepPreview>
  start(request: SweepRequest): Promise<{ readonly job: Job; readonly sweepId: string }>
  resume(sweep: string, retryFailed: boolean): Promise<{ readonly job: Job; readonly sweepId: string }>
  /** Resolves when nothing of it runs any more. */
  cancel(sweep: string): Promise<SweepDetail>
  list(): Promise<readonly Sweep[]>
  get(sweep: string): Promise<SweepDetail>
  watch(emit: (event: SweepEvent) => void): () => void
}
