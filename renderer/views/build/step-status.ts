import { describeReason } from '../../../core/domain/describe-reason.ts'
import type { Pipeline } from '../../../core/domain/pipeline.ts'
import type { PlannedStep, RunPlan, StaleReason } from '../../../core/domain/reason.ts'
import type { Run, StepRun } from '../../../core/domain/run.ts'
import type { StepState } from '../../components/badge.tsx'

/** What the graph, the outline and the editor say about a step. */
export type StepStatus = {
  readonly state: StepState
  /** Why it would run, in a few words each. */
  readonly reasons: readonly string[]
  readonly durationMs: number | null
  readonly savedMs: number | null
}

type Known = {
  /** As the text stands in the editor. */
  readonly graph: Pipeline
  /** As it stands on disk: what a plan is about. */
  readonly saved: Pipeline | null
  readonly plan: RunPlan | null
  readonly run: Run | null
  readonly stepRuns: Readonly<Record<string, StepRun>>
}

/** Each step's state: of the run while one goes on, otherwise what the plan says, with the last failure kept in sight. */
export function toStepStatuses({ graph, saved, plan, run, stepRuns }: Known): ReadonlyMap<string, StepStatus> {
  const isRunning = run !== null && run.endedAt === null
  const planned = new Map(plan?.steps.map((step) => [step.step, step]))
  const sources = new Map(saved?.steps.map((step) => [step.name, step.sourceDigest]))
  return new Map(
    graph.steps.map((step) => {
      const stepRun = stepRuns[step.name]
      const edited = sources.has(step.name) && sources.get(step.name) !== step.sourceDigest
      const status =
        isRunning && stepRun
          ? fromStepRun(stepRun)
          : edited
            ? { ...unknown, state: 'stale' as const, reasons: ['code edited, not saved'] }
            : fromPlan(planned.get(step.name), stepRun)
      return [step.name, status]
    }),
  )
}

const unknown: StepStatus = { state: 'new', reasons: [], durationMs: null, savedMs: null }

function fromPlan(planned: PlannedStep | undefined, stepRun: StepRun | undefined): StepStatus {
  const last = stepRun ? fromStepRun(stepRun) : unknown
  if (!planned) return last
  const reasons = planned.reasons.filter((reason) => reason.kind !== 'new').map(describeReason)
  if (planned.state === 'cached') {
    const ran = stepRun?.state === 'completed'
    return { ...last, state: ran ? 'completed' : 'cached', reasons: [], savedMs: ran ? null : planned.savedMs }
  }
  // A failure stays in sight until the step is run again, or its code or params are others than those that failed.
  if (stepRun?.state === 'failed' && ownCauses(stepRun.reasons) === ownCauses(planned.reasons))
    return { ...last, reasons }
  return { ...last, state: planned.state, reasons, durationMs: null }
}

/** Both are told against the last result that can be reused, so equal ones mean equal code and params. */
function ownCauses(reasons: readonly StaleReason[]): string {
  const own = reasons.filter(({ kind }) => kind === 'source' || kind === 'param')
  return JSON.stringify(own.map(({ kind, name, to }) => [kind, name, to]).sort())
}

function fromStepRun(stepRun: StepRun): StepStatus {
  return {
    state: stepRun.state,
    reasons: stepRun.reasons.filter((reason) => reason.kind !== 'new').map(describeReason),
    durationMs: 'durationMs' in stepRun ? stepRun.durationMs : null,
    savedMs: stepRun.state === 'cached' ? stepRun.savedMs : null,
  }
}
