import { nearestName } from '../domain/nearest-name.ts'
import type { Pipeline, PipelineEdge, Problem, SourceSpan, StepDeclaration } from '../domain/pipeline.ts'
import type { ModuleReader } from './module-facts.ts'
import { type ParsedStep, parseSteps } from './parse-steps.ts'
import { openProjectModules, type ProjectModules, type ReadText } from './project-modules.ts'
import { describeStepSource } from './step-source.ts'

export type PipelineRequest = {
  readonly reader: ModuleReader
  readonly readText: ReadText
  /** The modules of `pipeline = […]`, in order. */
  readonly modules: readonly string[]
  /** Where slipway.toml names a module, for the problem that it is missing. */
  readonly locateModule: (module: string) => SourceSpan
}

/** Reads the graph from the project's text, running nothing. Problems are part of the answer, never thrown. */
export function parsePipeline(request: PipelineRequest): Pipeline {
  const modules = openProjectModules(request.reader, request.readText)
  const parsed: ParsedStep[] = []
  const problems: Problem[] = []
  for (const path of request.modules) {
    const module = modules.at(path)
    if (!module) {
      problems.push(missingModule(path, request.locateModule(path)))
      continue
    }
    const found = parseSteps(modules, module)
    parsed.push(...found.steps)
    problems.push(...found.problems)
  }
  const edges = connect(parsed)
  return {
    steps: parsed.map((step) => toDeclaration(modules, step)),
    edges,
    problems: [
      ...problems,
      ...findDuplicateSteps(parsed),
      ...findDuplicateArtifacts(parsed),
      ...findUnknownInputs(parsed),
      ...findCycles(parsed, edges),
    ],
  }
}

function toDeclaration(modules: ProjectModules, { nameSpan: _, ...step }: ParsedStep): StepDeclaration {
  return { ...step, sourceDigest: describeStepSource(modules, step.module, step.name).digest }
}

function connect(steps: readonly ParsedStep[]): readonly PipelineEdge[] {
  const givers = groupBy(
    steps.flatMap((step) => step.outputs.map((artifact) => ({ artifact, step }))),
    (one) => one.artifact,
  )
  return steps.flatMap((step) =>
    step.inputs.flatMap((artifact) =>
      (givers.get(artifact) ?? []).slice(0, 1).map((giver) => ({ from: giver.step.name, to: step.name, artifact })),
    ),
  )
}

function missingModule(path: string, span: SourceSpan): Problem {
  return {
    kind: 'moduleMissing',
    severity: 'error',
    message: `The pipeline module ${path} is not in the project.`,
    remedy: 'Create the file, or correct its name under pipeline in slipway.toml.',
    span,
  }
}

function findDuplicateSteps(steps: readonly ParsedStep[]): readonly Problem[] {
  return [...groupBy(steps, (step) => step.name).values()]
    .filter((twins) => twins.length > 1)
    .flatMap((twins) =>
      twins.map((step): Problem => {
        const other = twins.find((twin) => twin !== step) as ParsedStep
        return {
          kind: 'duplicateStep',
          severity: 'error',
          message: `Two steps are named "${step.name}"; the other is in ${placeOf(other)}.`,
          remedy: 'Rename one of them: a step is known by its name.',
          span: step.nameSpan,
        }
      }),
    )
}

function findDuplicateArtifacts(steps: readonly ParsedStep[]): readonly Problem[] {
  const given = steps.flatMap((step) => step.outputs.map((artifact) => ({ artifact, step })))
  return [...groupBy(given, (one) => one.artifact).values()]
    .filter((givers) => new Set(givers.map((giver) => giver.step.name)).size > 1)
    .flatMap((givers) =>
      givers.map(({ artifact, step }): Problem => {
        const other = givers.find((giver) => giver.step.name !== step.name) as (typeof givers)[number]
        return {
          kind: 'duplicateArtifact',
          severity: 'error',
          message: `"${artifact}" is given by two steps; the other is "${other.step.name}" in ${placeOf(other.step)}.`,
          remedy: 'Give one of them another name with outputs=("…",).',
          span: step.nameSpan,
        }
      }),
    )
}

function findUnknownInputs(steps: readonly ParsedStep[]): readonly Problem[] {
  const artifacts = new Set(steps.flatMap((step) => step.outputs))
  return steps.flatMap((step) =>
    step.inputs
      .filter((input) => !artifacts.has(input))
      .map(
        (input): Problem => ({
          kind: 'unknownInput',
          severity: 'error',
          message: `"${step.name}" takes "${input}", which no step gives.`,
          remedy: suggestInput(input, step, steps),
          span: step.nameSpan,
        }),
      ),
  )
}

function suggestInput(input: string, taker: ParsedStep, steps: readonly ParsedStep[]): string {
  const asParam = `To make it a param, put it after "*" with a default.`
  const named = steps.find((step) => step.name === input)
  if (named)
    return named.outputs.length === 0
      ? `The step "${input}" gives nothing; drop the parameter. ${asParam}`
      : `The step "${input}" gives ${named.outputs.map((output) => `"${output}"`).join(' and ')}: take one of these.`
  const others = steps.filter((step) => step !== taker).flatMap((step) => step.outputs)
  const nearest = nearestName(input, others)
  if (nearest) return `Did you mean "${nearest}"? ${asParam}`
  return others.length === 0 ? asParam : `Known are ${others.slice(0, 8).join(', ')}. ${asParam}`
}

/** One problem for each way round, printed. Iterative: a long chain of steps must not exhaust the stack. */
function findCycles(steps: readonly ParsedStep[], edges: readonly PipelineEdge[]): readonly Problem[] {
  const next = groupBy(edges, (edge) => edge.from)
  const done = new Set<string>()
  const found: (readonly string[])[] = []
  for (const start of steps) {
    const trail: { readonly name: string; nextEdge: number }[] = []
    const open = new Set<string>()
    const enter = (name: string) => {
      if (done.has(name)) return
      if (open.has(name)) {
        const names = trail.map((one) => one.name)
        found.push([...names.slice(names.indexOf(name)), name])
        return
      }
      open.add(name)
      trail.push({ name, nextEdge: 0 })
    }
    enter(start.name)
    for (let at = trail.at(-1); at; at = trail.at(-1)) {
      const edge = next.get(at.name)?.[at.nextEdge++]
      if (edge) {
        enter(edge.to)
        continue
      }
      trail.pop()
      open.delete(at.name)
      done.add(at.name)
    }
  }
  return found.map(toCycleProblem(steps))
}

function toCycleProblem(steps: readonly ParsedStep[]): (cycle: readonly string[]) => Problem {
  return (cycle) => ({
    kind: 'cycle',
    severity: 'error',
    message: `These steps need each other: ${cycle.join(' → ')}.`,
    remedy: 'Take one of the inputs away, or split a step in two.',
    span: (steps.find((step) => step.name === cycle[0]) as ParsedStep).nameSpan,
  })
}

function placeOf(step: ParsedStep): string {
  return `${step.module}, line ${step.nameSpan.line}`
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
