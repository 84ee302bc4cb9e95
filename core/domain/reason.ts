import type { StepEffect } from './observation.ts'

/** Why a step would run. `from` and `to` are words or digests for people; `diff` is a unified text diff. */
export type StaleReason = {
  readonly kind:
    | 'source'
    | 'param'
    | 'input'
    | 'file'
    | 'package'
    | 'interpreter'
    | 'environmentVariable'
    | 'nondeterministic'
    | 'new'
    | 'forced'
  readonly name: string
  readonly from: string | null
  readonly to: string | null
  readonly diff?: string
  /** Of a file of a dataset, when both states are known: `rows +120, column age: int64 → float64`. */
  readonly summary?: string
  /** Of a file that changed, in bytes: as it was and as it is; null when that is not known. */
  readonly sizes?: readonly [number | null, number | null]
}

export type PlannedStep = {
  readonly step: string
  readonly state: 'cached' | 'stale' | 'new'
  readonly reasons: readonly StaleReason[]
  /** The step run whose outputs would be reused, when cached. */
  readonly reuses: string | null
  /** How long the reused step run took, so that the saving can be shown. */
  readonly savedMs: number | null
  /** What the reused step run did that its key cannot stand for, so that nothing is reused in silence. */
  readonly effects?: readonly StepEffect[]
}

export type RunPlan = { readonly steps: readonly PlannedStep[] }
