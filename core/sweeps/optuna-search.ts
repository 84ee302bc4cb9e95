import { type ChildProcess, spawn } from 'node:child_process'
import { dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import * as z from 'zod'
import { fail, isFailure } from '../domain/failure.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { SweepPlan } from '../domain/sweep.ts'
import type { PackagesBeside, SyncOptions } from '../environments/environments.ts'
import { createFrameReader, encodeFrame } from '../execution/frames.ts'
import { createStepEnvironment } from '../execution/step-environment.ts'
import { listValues, type TrialParams } from './propose-trials.ts'
import type { Search } from './search.ts'
import type { SearchEvent, TrialEnd } from './sweep-store.ts'

const answerShape = z.union([
  z.object({ answer: z.literal('opened'), optuna: z.string() }),
  z.object({ answer: z.literal('proposed'), params: z.record(z.string(), z.number()) }),
  z.object({ answer: z.literal('told') }),
  z.object({ answer: z.enum(['failed', 'unavailable']), detail: z.string() }),
])
type Answer = z.infer<typeof answerShape>

/** Any release with ask and tell, and the step and log of distributions. */
const optuna = { requirement: 'optuna>=3,<6' }

/**
 * Optuna's TPE sampler in a process of the project's Python. It keeps nothing: what was asked and told before is
 * said again, in order, which brings a seeded sampler to where it was.
 * @throws sweeps/searchUnavailable
 */
export async function openOptunaSearch(
  packages: PackagesBeside,
  plan: SweepPlan,
  before: readonly SearchEvent[],
  options: SyncOptions,
): Promise<Search> {
  const { pythonPath, folder } = await packages(optuna, options).catch((error: unknown) => {
    if (!isFailure(error) || options.signal.aborted) throw error
    throw fail('sweeps/searchUnavailable', { detail: error.message }, { cause: error })
  })
  const child = startChild(pythonPath, folder)
  try {
    if (!(await replay(child, plan, before, false))) {
      await child.close()
      const again = startChild(pythonPath, folder)
      await replay(again, plan, before, true)
      return toSearch(again, plan)
    }
    return toSearch(child, plan)
  } catch (error) {
    await child.close()
    throw error
  }
}

function toSearch(child: SearchChild, plan: SweepPlan): Search {
  return {
    ask: async () => fromIndexes(plan, await propose(child, null)),
    tell: (number, end) => tell(child, number, end),
    close: child.close,
  }
}

/** False when another release of Optuna proposes otherwise: then the recorded trials are given to it as they are. */
async function replay(child: SearchChild, plan: SweepPlan, before: readonly SearchEvent[], given: boolean) {
  const space = Object.fromEntries(plan.space.map(({ key, space: one }) => [key, toDistribution(one)]))
  await child.say({ ask: 'open', space, seed: plan.seed, goal: plan.goal, parallel: plan.parallel })
  for (const event of before) {
    if (event.kind === 'tell') await tell(child, event.number, event.end)
    else {
      const proposed = fromIndexes(plan, await propose(child, given ? toIndexes(plan, event.params) : null))
      if (!given && canonicalJson(proposed) !== canonicalJson(event.params)) return false
    }
  }
  return true
}

async function propose(child: SearchChild, fixed: Readonly<Record<string, JsonValue>> | null) {
  const answer = await child.say({ ask: 'propose', fixed })
  if (answer.answer !== 'proposed') throw fail('sweeps/searchBroken', { detail: `it answered "${answer.answer}"` })
  return answer.params
}

async function tell(child: SearchChild, number: number, { state, value, iteration }: TrialEnd): Promise<void> {
  await child.say({ ask: 'tell', number, state, value, iteration })
}

/** Values that are no numbers have no order: the search chooses among their places in the list. */
function toDistribution(space: SweepPlan['space'][number]['space']): JsonValue {
  if (space.kind === 'range' && space.points === null) return { ...space }
  return { kind: 'choice', count: listValues(space)?.length ?? 0 }
}

function fromIndexes(plan: SweepPlan, chosen: Readonly<Record<string, number>>): TrialParams {
  return Object.fromEntries(
    plan.space.map(({ key, space }) => {
      const value = chosen[key] as number
      const isRange = space.kind === 'range' && space.points === null
      return [key, isRange ? value : (listValues(space)?.[value] as JsonValue)]
    }),
  )
}

function toIndexes(plan: SweepPlan, params: TrialParams): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    plan.space.map(({ key, space }) => {
      const value = params[key] as JsonValue
      const isRange = space.kind === 'range' && space.points === null
      const index = (listValues(space) ?? []).findIndex((one) => canonicalJson(one) === canonicalJson(value))
      return [key, isRange ? value : index]
    }),
  )
}

type SearchChild = { say(words: JsonValue): Promise<Answer>; close(): Promise<void> }

/** One question at a time; the end of its descriptor 3 ends it, core's death included. */
function startChild(pythonPath: string, folder: string | null): SearchChild {
  const usual = createStepEnvironment({
    step: 'sweep',
    stepRunId: '',
    pythonPath,
    own: process.env,
    declared: {},
    cpus: 1,
  })
  const environment = folder === null ? usual : { ...usual, PYTHONPATH: folder }
  const child: ChildProcess = spawn(pythonPath, ['-m', 'slipway.sweeping'], {
    env: environment,
    // Where no module of the project stands in for one that is imported here.
    cwd: dirname(pythonPath),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  let lastWords = ''
  let waiting: { readonly hear: (answer: unknown) => void; readonly lose: (error: unknown) => void } | null = null
  const broken = () => fail('sweeps/searchBroken', { detail: lastWords.trim().split('\n').at(-1) || 'it said nothing' })
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      waiting?.lose(broken())
      resolve()
    }
    child.once('close', end)
    child.once('error', (error) => {
      lastWords = error.message
      end()
    })
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-4_096)
  })
  const [questions, answers] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  questions.on('error', () => undefined)
  const read = createFrameReader((frame) => waiting?.hear(frame))
  answers.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch (error) {
      waiting?.lose(fail('sweeps/searchBroken', { detail: String(error) }))
    }
  })
  return {
    async say(words) {
      if (child.exitCode !== null || child.signalCode !== null) throw broken()
      const answer = new Promise<unknown>((hear, lose) => {
        waiting = { hear, lose }
      })
      questions.write(encodeFrame(words))
      const heard = answerShape.safeParse(await answer)
      waiting = null
      if (!heard.success) throw fail('sweeps/searchBroken', { detail: 'its answer has another form' })
      if (heard.data.answer === 'unavailable') throw fail('sweeps/searchUnavailable', { detail: heard.data.detail })
      if (heard.data.answer === 'failed') throw fail('sweeps/searchBroken', { detail: heard.data.detail })
      return heard.data
    },
    async close() {
      questions.end()
      await exited
    },
  }
}
