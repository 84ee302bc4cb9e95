import { fail } from '../domain/failure.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import { nearestName } from '../domain/nearest-name.ts'
import { misfitOf } from '../domain/param-type.ts'
import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'

/** What to bring up to date. */
export type RunRequest = {
  /** Steps, with what they need; empty means all. */
  readonly steps: readonly string[]
  /** `STEP.PARAM` → value. */
  readonly params: Readonly<Record<string, JsonValue>>
  readonly experiment?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly noCache?: boolean | undefined
}

/** @throws project/pipelineBroken, project/stepUnknown, execution/paramUnknown, execution/paramUnfit: the first thing that is wrong. */
export function assertRunnable(pipeline: Pipeline, request: RunRequest): void {
  const problem = pipeline.problems.find(({ severity }) => severity === 'error')
  if (problem) {
    const { span, message, remedy } = problem
    throw fail('project/pipelineBroken', { module: span.module, line: span.line, problem: message, remedy })
  }
  if (request.steps.length > 0) assertStepsKnown(pipeline, request.steps)
  const given = Object.keys(request.params)
  if (given.length === 0) return
  assertParamsKnown(pipeline, given)
  assertParamsFit(pipeline, request.params)
}

function assertStepsKnown(pipeline: Pipeline, steps: readonly string[]): void {
  const names = pipeline.steps.map((step) => step.name)
  for (const step of steps)
    if (!names.includes(step)) throw fail('project/stepUnknown', { step, nearest: nearestName(step, names) })
}

/** @throws execution/paramUnknown */
export function assertParamsKnown(pipeline: Pipeline, given: readonly string[]): void {
  const keys = pipeline.steps.flatMap((step) => step.params.map((param) => `${step.name}.${param.name}`))
  for (const key of given)
    if (!keys.includes(key)) throw fail('execution/paramUnknown', { key, nearest: nearestName(key, keys) })
}

function assertParamsFit(pipeline: Pipeline, given: RunRequest['params']): void {
  for (const step of pipeline.steps)
    for (const param of step.params) {
      const key = `${step.name}.${param.name}`
      const value = given[key]
      const wanted = value === undefined ? null : misfitOf(value, param)
      if (wanted !== null) throw fail('execution/paramUnfit', { key, value: canonicalJson(value), wanted })
    }
}

/** A step's params as it would receive them: its defaults, with what the request says. */
export function effectiveParams(step: StepDeclaration, request: RunRequest): Readonly<Record<string, JsonValue>> {
  const given = (name: string) => request.params[`${step.name}.${name}`]
  return Object.fromEntries(
    step.params.map(({ name, default: usual }) => [
      name,
      given(name) === undefined ? usual : (given(name) as JsonValue),
    ]),
  )
}
