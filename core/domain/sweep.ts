import type { DescribedFailure } from './failure.ts'
import type { JsonValue } from './json.ts'

export const sweepMethods = ['grid', 'random', 'bayes'] as const
export type SweepMethod = (typeof sweepMethods)[number]
export type SweepGoal = 'max' | 'min'
export type SweepState = 'running' | 'completed' | 'failed' | 'canceled'
/** `stopped` it did worse than the median of the others and was ended early. */
export type TrialState = 'queued' | 'running' | 'completed' | 'failed' | 'stopped' | 'canceled'

/** What a param may be in a sweep. */
export type ParamSpace =
  | { readonly kind: 'values'; readonly values: readonly JsonValue[] }
  | {
      readonly kind: 'range'
      readonly low: number
      readonly high: number
      readonly integer: boolean
      /** Even on a logarithmic scale. */
      readonly log: boolean
      /** Between neighbours; null for any value in between. */
      readonly step: number | null
      /** How many evenly spread ones a grid takes. */
      readonly points: number | null
    }

/** A trial is not stopped before so many others are complete and so many iterations of its own are logged. */
export type EarlyStop = { readonly rule: 'median'; readonly warmUpTrials: number; readonly warmUpIterations: number }

/** What a sweep does: decided before it starts, and all that it takes to go on after a crash. */
export type SweepPlan = {
  /** Steps that each trial brings up to date, with what they need; empty means all. */
  readonly steps: readonly string[]
  readonly method: SweepMethod
  /** `STEP.PARAM` → what is searched, in the order in which it was given. */
  readonly space: readonly { readonly key: string; readonly space: ParamSpace }[]
  /** Params that are the same in every trial. */
  readonly fixed: Readonly<Record<string, JsonValue>>
  readonly metric: string
  readonly goal: SweepGoal
  readonly trials: number
  readonly parallel: number
  readonly seed: number
  readonly stopEarly: EarlyStop | null
  /** So many failed trials in a row end the sweep. */
  readonly maxFailures: number
  readonly experiment: string | null
}

export type Trial = {
  /** From 1. */
  readonly number: number
  readonly state: TrialState
  readonly params: Readonly<Record<string, JsonValue>>
  readonly runId: string | null
  /** Of the metric; the last one that was logged when it was stopped. */
  readonly value: number | null
  readonly failure: DescribedFailure | null
  readonly startedAt: string | null
  readonly endedAt: string | null
}

export type Sweep = {
  readonly id: string
  readonly state: SweepState
  readonly plan: SweepPlan
  readonly startedAt: string
  readonly endedAt: string | null
  readonly failure: DescribedFailure | null
  readonly counts: Readonly<Record<TrialState, number>>
  readonly best: { readonly trial: number; readonly runId: string; readonly value: number } | null
}

export type SweepDetail = {
  readonly sweep: Sweep
  readonly trials: readonly Trial[]
  /** What people should know, in words; absent where there is nothing. */
  readonly notes?: readonly string[] | undefined
}

export type SweepEvent =
  | { readonly kind: 'sweep'; readonly sweep: Sweep }
  | { readonly kind: 'trial'; readonly sweepId: string; readonly trial: Trial }

/** What is asked for; what is left out is decided by the plan. */
export type SweepRequest = {
  readonly steps: readonly string[]
  /** `STEP.PARAM` → its values or range as they are written, e.g. `0.01,0.1,1` or `1e-4..1e-1:log`. */
  readonly over: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, JsonValue>> | undefined
  readonly metric: string
  readonly goal: SweepGoal
  readonly method?: SweepMethod | undefined
  readonly trials?: number | undefined
  readonly parallel?: number | undefined
  readonly seed?: number | undefined
  readonly stopEarly?: EarlyStop | null | undefined
  readonly maxFailures?: number | undefined
  readonly experiment?: string | undefined
}

/** What would be tried: the first params of it, as far as they can be known before it starts. */
export type SweepPreview = { readonly plan: SweepPlan; readonly first: readonly Readonly<Record<string, JsonValue>>[] }

/** True when the first value is the better one. */
export function isBetter(goal: SweepGoal, value: number, than: number): boolean {
  return goal === 'max' ? value > than : value < than
}

const lowIsGood =
  /(^|[^a-z])(loss|error|err|mae|mse|rmse|rmsle|mape|smape|logloss|perplexity|deviance|latency|duration)($|[^a-z])/

/** What the name of a metric suggests where nobody has said which is better. */
export function suggestGoal(metric: string): SweepGoal {
  return lowIsGood.test(metric.slice(metric.indexOf('.') + 1).toLowerCase()) ? 'min' : 'max'
}
