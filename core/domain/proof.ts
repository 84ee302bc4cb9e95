import type { ArtifactKind } from './artifact.ts'
import type { Digest } from './digest.ts'
import type { JsonValue } from './json.ts'

export type ProofVerdict = 'identical' | 'withinTolerance' | 'differs'

/**
 * How far a float of a table, an array or a prediction may lie from the recorded one: |a - b| <= absolute +
 * relative * |b|. Sums of some thousand products taken in another order move a double by 1e-12 of its value, and an
 * optimiser that stops at 1e-6 passes that on. Whole numbers, texts, JSON and metrics are compared exactly.
 */
export const proofTolerance = { absolute: 1e-9, relative: 1e-6 } as const

/** One thing that a step gave, as it was recorded and as it came again. */
export type ArtifactProof = {
  readonly artifact: string
  /** `metric` a history that the step logged or returned; the rest as recorded. */
  readonly role: 'output' | 'logged' | 'predictions' | 'side' | 'metric'
  readonly kind: ArtifactKind | 'metric'
  readonly verdict: ProofVerdict
  readonly column: string | null
  /** Counts from 0. */
  readonly row: number | null
  readonly recorded: JsonValue
  readonly reproduced: JsonValue
  /** Largest absolute difference of its floats, where there are any. */
  readonly maxDifference: number | null
  /** In words: what the values above are, or what else was compared. */
  readonly detail: string | null
}

export type StepProof = {
  readonly step: string
  /** The step run that was executed again: for a cached one, the one that it reuses. */
  readonly stepRunId: string
  readonly cached: boolean
  readonly verdict: ProofVerdict
  readonly artifacts: readonly ArtifactProof[]
  readonly durationMs: number
}

export type FirstDifference = {
  readonly step: string
  readonly artifact: string
  readonly column?: string | undefined
  readonly row?: number | undefined
  readonly recorded: JsonValue
  readonly reproduced: JsonValue
}

export type CauseFactor =
  | 'randomness'
  | 'clock'
  | 'timeZone'
  | 'hashSeed'
  | 'directoryOrder'
  | 'threads'
  | 'locale'
  | 'rowOrder'
  | 'unexplained'

/** What one trial under a changed condition gave, beside the recorded and the reproduced value. */
export type CauseTrial = {
  readonly factor: CauseFactor | 'repeat'
  readonly change: string
  readonly result: 'asRecorded' | 'asReproduced' | 'another' | 'failed'
}

/**
 * Why the first differing step differs. `reproduces`: under this condition alone the recorded value came again ·
 * `stabilises`: without it each repeat gives something else, with it they agree · `changes`: repeats agree, and
 * changing this alone changes the same artifact.
 */
export type ProofCause = {
  readonly factor: CauseFactor
  readonly evidence: 'reproduces' | 'stabilises' | 'changes' | null
  readonly step: string
  readonly description: string
  readonly trials: readonly CauseTrial[]
}

/** A past run executed again and compared. Each step ran on the inputs that were recorded for it. */
export type Proof = {
  readonly runId: string
  readonly at: string
  readonly durationMs: number
  readonly verdict: ProofVerdict
  readonly first: FirstDifference | null
  readonly cause: ProofCause | null
  readonly steps: readonly StepProof[]
  readonly tolerance: { readonly absolute: number; readonly relative: number }
  readonly environment: { readonly python: string; readonly lockDigest: Digest; readonly rebuilt: boolean }
  /** What could not be held equal, in words. */
  readonly notes: readonly string[]
}
