import type { Digest } from '../domain/digest.ts'
import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'
import type { PlannedStep, RunPlan } from '../domain/reason.ts'
import type { StepRunCandidate } from '../tracking/run-records.ts'
import { decideStep, type StepDecision, type StepSituation } from './decide-step.ts'
import { makerOf } from './step-order.ts'

/** A step with everything about it that does not depend on other steps of the same run. */
export type StepFacts = Omit<StepSituation, 'inputs'>

/** The digest of an artifact by its name, once the step that makes it has been decided. Null: it may change. */
export type KnownArtifacts = ReadonlyMap<string, Digest | null>

/** Decides one step, given what its inputs hold. */
export function decideWith(declaration: StepDeclaration, facts: StepFacts, known: KnownArtifacts): StepDecision {
  const inputs = declaration.inputs.map((name) => ({ name, digest: known.get(name) ?? null }))
  return decideStep({ ...facts, inputs })
}

/** The artifacts that later steps may receive from a past result. */
export function givenBy(candidate: StepRunCandidate): readonly (readonly [string, Digest])[] {
  return candidate.artifacts
    .filter((artifact) => artifact.role === 'output')
    .map((artifact) => [artifact.name, artifact.descriptor.digest] as const)
}

/**
 * What a run of these steps would do, and why. A step whose input is made anew is stale, since the input may
 * change; should it come out the same, the run finds the step cached after all.
 */
export function planRun(
  pipeline: Pipeline,
  order: readonly StepDeclaration[],
  facts: ReadonlyMap<string, StepFacts>,
): RunPlan {
  const known = new Map<string, Digest | null>()
  const steps = order.map((declaration): PlannedStep => {
    const { name } = declaration
    const decision = decideWith(declaration, facts.get(name) as StepFacts, known)
    for (const output of declaration.outputs) known.set(output, null)
    if (decision.state === 'cached') {
      for (const [artifact, digest] of givenBy(decision.candidate)) known.set(artifact, digest)
      const { id, durationMs, observed } = decision.candidate
      const effects = observed.effects ?? []
      return { step: name, state: 'cached', reasons: [], reuses: id, savedMs: durationMs, effects }
    }
    return { step: name, state: decision.state, reasons: decision.reasons, reuses: null, savedMs: null }
  })
  return { steps: steps.map((step) => nameMakers(step, pipeline)) }
}

/** "May change" says through which step. */
function nameMakers(step: PlannedStep, pipeline: Pipeline): PlannedStep {
  const reasons = step.reasons.map((reason) => {
    if (reason.kind !== 'input' || reason.to !== null) return reason
    const maker = makerOf(pipeline, reason.name)
    return maker ? { ...reason, to: `may change: ${maker.name} runs` } : reason
  })
  return { ...step, reasons }
}
