import type { ArtifactPreview } from '../domain/artifact.ts'
import type { Digest } from '../domain/digest.ts'
import type {
  CurveRequest,
  DeletedRun,
  MetricCurve,
  MetricWithHistory,
  Run,
  RunComparison,
  RunDetail,
  StepRun,
} from '../domain/run.ts'
import type { RunColumnName, RunColumnsAnswer } from '../domain/run-columns.ts'
import type { MetricValue, RecordedArtifact, StepRunCandidate } from './run-records.ts'

export type RunListQuery = {
  /** e.g. `metric.evaluation.accuracy > 0.9 and (param.model.C in (1, 10) or tag.team = "blue")`. */
  readonly filter?: string | undefined
  /** e.g. `metric.evaluation.accuracy desc`; default newest first. */
  readonly sort?: string | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** Reads runs. RUN is an id, a unique prefix of 4 characters or more, or `latest`. */
export type RunQueries = {
  list(query: RunListQuery): { readonly runs: readonly Run[]; readonly total: number }
  /** Everything that can be a column of runs. */
  columnNames(): readonly RunColumnName[]
  columns(names: readonly RunColumnName[]): Promise<RunColumnsAnswer>
  /** The id that a RUN reference means. @throws tracking/runNotFound, tracking/runAmbiguous */
  resolveRun(reference: string): string
  /** The same for a deleted one. @throws tracking/runNotDeleted, tracking/runAmbiguous */
  resolveDeleted(reference: string): string
  /** Newest deletion first. */
  deleted(): readonly DeletedRun[]
  get(reference: string): RunDetail
  run(reference: string): Run
  stepRun(stepRunId: string): StepRun
  compare(references: readonly string[]): Promise<RunComparison>
  log(reference: string, step: string | null): Promise<{ readonly text: string; readonly truncated: boolean }>
  source(reference: string, step: string): Promise<{ readonly module: string; readonly text: string }>
  history(
    reference: string,
    key: string,
  ): readonly { readonly iteration: number | null; readonly value: MetricValue; readonly at: string }[]
  /** What can be drawn as a curve of some of these runs. */
  metricsWithHistory(references: readonly string[]): readonly MetricWithHistory[]
  curves(request: CurveRequest): readonly MetricCurve[]
  /** Completed step runs of a step, newest first. */
  findStepRunsByStep(step: string, limit?: number): readonly StepRunCandidate[]
  /** The same for many steps at once; a step without any is in it, too. */
  findStepRunsBySteps(steps: readonly string[], limit: number): ReadonlyMap<string, readonly StepRunCandidate[]>
  findStepRunsByKey(cacheKey: string, limit?: number): readonly StepRunCandidate[]
  /** Steps that gave a file of the project these bytes, newest first. */
  findWriters(path: string, digest: Digest): readonly string[]
  /** What a step run of any completed or cached state was made from; a cached one answers for what it reuses. */
  candidate(stepRunId: string): StepRunCandidate
  /** Every candidate behind a run, in order: for evidence and images. */
  candidatesOf(reference: string): readonly StepRunCandidate[]
  /**
   * ARTIFACT is a digest, `RUN:NAME`, or `RUN:NAME/PART` (then `descriptor` is the part's). RUN may be a deleted one
   * where that is asked for.
   */
  findArtifact(reference: string, withDeleted?: boolean): RecordedArtifact
  /** Rows that prove the model with this digest, best origin first, newest first. */
  predictionsOf(modelDigest: Digest): readonly RecordedArtifact[]
  preview(reference: string): Promise<ArtifactPreview>
  read(digest: string, offset: number, length: number): Promise<{ readonly base64: string; readonly sizeBytes: number }>
}
