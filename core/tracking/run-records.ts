import type { Artifact } from '../domain/artifact.ts'
import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Observation } from '../domain/observation.ts'

/**
 * `output` a returned value · `logged` recorded beside it · `predictions` rows that prove a model (then
 * `summary.model` is the model's digest) · `side` a file that the step wrote in the project.
 */
export type ArtifactRole = 'output' | 'logged' | 'predictions' | 'side'
export type RecordedArtifact = Artifact & { readonly role: ArtifactRole }
/** An artifact about to be recorded; its bytes are in the store already. */
export type NewArtifact = Omit<RecordedArtifact, 'step' | 'runId' | 'stepRunId'>

/** A file of the project by the digest of its bytes, which are in the store. */
export type SourceFile = { readonly path: string; readonly digest: Digest }
/** An artifact that a step received, under the name of its parameter. */
export type StepInputUse = { readonly name: string; readonly digest: Digest }

/** A number, or what JSON has no number for. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity'
export type MetricPoint = {
  readonly key: string
  readonly value: MetricValue
  readonly iteration: number | null
  readonly at: string
}

/** A completed step run as the planner needs it: what its result was made from, and what it gave. */
export type StepRunCandidate = {
  readonly id: string
  readonly runId: string
  readonly step: string
  readonly module: string
  readonly endedAt: string
  readonly durationMs: number
  readonly cacheKey: string | null
  readonly params: Readonly<Record<string, JsonValue>>
  readonly sourceDigest: Digest
  readonly sources: readonly SourceFile[]
  readonly inputs: readonly StepInputUse[]
  readonly observed: Observation
  readonly environment: Environment | null
  readonly artifacts: readonly RecordedArtifact[]
}
