import { randomInt } from 'node:crypto'
import { fail } from '../domain/failure.ts'
import { nearestName } from '../domain/nearest-name.ts'
import { typeOf } from '../domain/param-type.ts'
import type { Pipeline } from '../domain/pipeline.ts'
import type { SweepPlan, SweepPreview, SweepRequest } from '../domain/sweep.ts'
import { assertParamsKnown, assertRunnable } from '../execution/run-request.ts'
import { stepOrder } from '../execution/step-order.ts'
import { parseSpace } from './parse-space.ts'
import { countTrials, isListed, proposeGrid, proposeRandom, type TrialParams } from './propose-trials.ts'

const usualTrials = 20
export const mostTrials = 10_000
const shownTrials = 50
const usual = { parallel: 1, maxFailures: 5 }

/**
 * Decides all that was left open. Pure but for the seed, which is drawn when none is given.
 * @throws project/pipelineBroken, project/stepUnknown, execution/paramUnknown, sweeps/badSpace, sweeps/badRequest, sweeps/metricUnknown
 */
export function planSweep(request: SweepRequest, pipeline: Pipeline): SweepPlan {
  const fixed = request.params ?? {}
  assertRunnable(pipeline, { steps: request.steps, params: fixed })
  // What is searched is a space, no value: only the names are looked at.
  assertParamsKnown(pipeline, Object.keys(request.over))
  const space = readSpace(request, pipeline)
  assertMetric(request.metric, pipeline, request.steps)
  const different = countTrials(space)
  const method = request.method ?? (space.every((one) => isListed(one.space)) ? 'grid' : 'random')
  const plan: SweepPlan = {
    steps: request.steps,
    method,
    space,
    fixed,
    metric: request.metric,
    goal: request.goal,
    trials: countFor(method, space, different, request.trials),
    parallel: request.parallel ?? usual.parallel,
    seed: request.seed ?? randomInt(2 ** 31),
    stopEarly: request.stopEarly ?? null,
    maxFailures: request.maxFailures ?? usual.maxFailures,
    experiment: request.experiment ?? null,
  }
  return { ...plan, trials: proposeTrials(plan)?.length ?? plan.trials }
}

/** The params of each trial; null for a search that learns from the trials before. */
export function proposeTrials(plan: SweepPlan): readonly TrialParams[] | null {
  if (plan.method === 'bayes') return null
  return plan.method === 'grid'
    ? proposeGrid(plan.space, plan.trials)
    : proposeRandom(plan.space, plan.trials, plan.seed)
}

export function previewSweep(plan: SweepPlan): SweepPreview {
  return { plan, first: (proposeTrials(plan) ?? []).slice(0, shownTrials) }
}

function readSpace(request: SweepRequest, pipeline: Pipeline): SweepPlan['space'] {
  const entries = Object.entries(request.over)
  if (entries.length === 0)
    throw fail('sweeps/badRequest', {
      problem: 'no param is searched',
      hint: 'Name at least one, for example --over train.C=0.1,1,10.',
    })
  const order = stepOrder(pipeline, request.steps)
  return entries.map(([key, text]) => {
    const dot = key.indexOf('.')
    const [stepName, paramName] = [key.slice(0, dot), key.slice(dot + 1)]
    const step = order.find(({ name }) => name === stepName)
    if (step === undefined)
      throw fail('sweeps/badRequest', {
        problem: `${key} changes nothing, since ${request.steps.join(', ')} ${request.steps.length > 1 ? 'do' : 'does'} not need step "${stepName}"`,
        hint: `Name ${stepName} among the steps, or name none to run all.`,
      })
    if (request.params?.[key] !== undefined)
      throw fail('sweeps/badRequest', { problem: `${key} is both searched and fixed`, hint: 'Leave one of them out.' })
    const param = step.params.find(({ name }) => name === paramName) as (typeof step.params)[number]
    return { key, space: parseSpace(key, text, typeOf(param)) }
  })
}

/** Whatever the key is, its first word must be a step or an artifact that the trials make. */
function assertMetric(metric: string, pipeline: Pipeline, steps: readonly string[]): void {
  const order = stepOrder(pipeline, steps)
  const makers = [...new Set(order.flatMap(({ name, outputs }) => [...outputs, name]))]
  if (makers.some((maker) => metric.startsWith(`${maker}.`) && metric.length > maker.length + 1)) return
  const dot = metric.indexOf('.')
  const [maker, rest] = dot < 0 ? [metric, '.KEY'] : [metric.slice(0, dot), metric.slice(dot)]
  const nearest = nearestName(maker, makers)
  throw fail('sweeps/metricUnknown', { metric, nearest: nearest && `${nearest}${rest}` })
}

function countFor(
  method: SweepPlan['method'],
  space: SweepPlan['space'],
  different: number | null,
  asked: number | undefined,
): number {
  if (method === 'grid') {
    const endless = space.find((one) => !isListed(one.space))
    if (endless)
      throw fail('sweeps/badRequest', {
        problem: `a grid needs to know which values of ${endless.key} to take`,
        hint: 'Add :points=5 (or a step) to its range, or use --method random.',
      })
    if (asked === undefined && (different as number) > mostTrials)
      throw fail('sweeps/badRequest', {
        problem: `the grid has ${different} trials`,
        hint: 'Take fewer values, or say how many with --trials, or use --method random.',
      })
    return Math.min(asked ?? mostTrials, different as number)
  }
  const wanted = asked ?? usualTrials
  return method === 'random' && different !== null ? Math.min(wanted, different) : wanted
}
