import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'

/** Names of the steps that a step needs the results of, each once. */
export function upstreamOf(pipeline: Pipeline, step: string): readonly string[] {
  return [...new Set(pipeline.edges.filter((edge) => edge.to === step).map((edge) => edge.from))]
}

/** The step that gives an artifact. */
export function makerOf(pipeline: Pipeline, artifact: string): StepDeclaration | undefined {
  return pipeline.steps.find((step) => step.outputs.includes(artifact))
}

/**
 * The named steps with all that they need, every step after those that it needs; all steps when none is named.
 * Steps that do not depend on each other keep the order of the source. The pipeline has no cycle.
 */
export function stepOrder(pipeline: Pipeline, names: readonly string[]): readonly StepDeclaration[] {
  const ordered = new Map<string, StepDeclaration>()
  const byName = new Map(pipeline.steps.map((step) => [step.name, step]))
  const needs = Map.groupBy(pipeline.edges, ({ to }) => to)
  const visit = (name: string) => {
    const step = byName.get(name)
    if (step === undefined || ordered.has(name)) return
    for (const { from } of needs.get(name) ?? []) visit(from)
    ordered.set(name, step)
  }
  for (const step of pipeline.steps) if (names.length === 0 || names.includes(step.name)) visit(step.name)
  return [...ordered.values()]
}
