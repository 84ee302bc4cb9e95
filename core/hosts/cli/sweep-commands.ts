import { DescribedError } from '../../api/described-error.ts'
import { fail } from '../../domain/failure.ts'
import type { Job } from '../../domain/job.ts'
import {
  type Sweep,
  type SweepDetail,
  type SweepGoal,
  type SweepMethod,
  suggestGoal,
  sweepMethods,
} from '../../domain/sweep.ts'
import { anyNumber, type Command, type Option, required } from './command.ts'
import { formatTable } from './format-table.ts'
import { parseParams, parseWholeNumber } from './parse-params.ts'
import type { Session } from './session.ts'

const aSweep = required('SWEEP', 'an id, a unique prefix of at least 4 characters, or latest')
const options: readonly Option[] = [
  {
    name: 'over',
    value: 'STEP.PARAM=SPACE',
    many: true,
    description: 'what to search: 0.1,1,10 or ["a","b"] or 2..8 or 2..8:2 or 0..1:points=5 or 1e-4..1e-1:log',
  },
  { name: 'metric', value: 'KEY', description: 'what to compare trials by, e.g. evaluation.accuracy' },
  {
    name: 'goal',
    value: 'GOAL',
    choices: ['max', 'min'],
    description: 'which is better (default: min of a loss or an error, else max)',
  },
  {
    name: 'method',
    value: 'METHOD',
    choices: sweepMethods,
    description: 'default: grid when every value is listed, else random; bayes uses Optuna',
  },
  { name: 'trials', value: 'N', description: 'how many (default: the whole grid, else 20)' },
  { name: 'parallel', value: 'N', description: 'trials at the same time (default: 1)' },
  { name: 'seed', value: 'N', description: 'the same seed gives the same trials (default: drawn, and recorded)' },
  { name: 'stop-early', value: 'RULE', choices: ['median'], description: 'stop a trial that is worse than the median' },
  { name: 'warm-up', value: 'N', description: 'complete trials before one is stopped (default: 3)' },
  { name: 'warm-up-iterations', value: 'N', description: 'iterations of its own before one is stopped (default: 1)' },
  { name: 'max-failures', value: 'N', description: 'failed trials in a row that end the sweep (default: 5)' },
  { name: 'param', short: 'p', value: 'STEP.PARAM=VALUE', many: true, description: 'a param that stays the same' },
  { name: 'experiment', value: 'NAME', description: 'the experiment that its runs belong to' },
]

const start: Command = {
  words: ['sweep', 'start'],
  summary: 'Search over params: each trial is a run, and what trials share runs once',
  positionals: [anyNumber('STEP', 'steps that each trial brings up to date (default: all)')],
  options,
  examples: [
    'slipway sweep start --over train.C=0.01,0.1,1,10 --metric evaluation.accuracy --trust',
    'slipway sweep start --over train.lr=1e-4..1e-1:log --metric train.loss --goal min --method bayes --trials 30 --seed 7',
  ],
  async run(call, session) {
    const whole = (name: string) => parseWholeNumber(call.option(name), `--${name}`)
    const metric = call.option('metric')
    if (metric === null) throw usage('A sweep needs a metric.', 'Write --metric evaluation.accuracy, for example.')
    const warmUp = { warmUpTrials: whole('warm-up') ?? 3, warmUpIterations: whole('warm-up-iterations') ?? 1 }
    const request = {
      steps: [...call.args('STEP')],
      over: parseOver(call.options('over')),
      params: parseParams(call.options('param')),
      metric,
      goal: (call.option('goal') as SweepGoal | null) ?? suggestGoal(metric),
      method: (call.option('method') ?? undefined) as SweepMethod | undefined,
      trials: whole('trials'),
      parallel: whole('parallel'),
      seed: whole('seed'),
      stopEarly: call.option('stop-early') === null ? null : { rule: 'median' as const, ...warmUp },
      maxFailures: whole('max-failures'),
      experiment: call.option('experiment') ?? undefined,
    }
    return runToEnd(session, (project) => project.sweeps.start(request))
  },
}

const resume: Command = {
  words: ['sweep', 'resume'],
  summary: 'Go on with a sweep that was cut off or cancelled; completed trials are not repeated',
  positionals: [aSweep],
  options: [{ name: 'retry-failed', description: 'try the failed trials again, too' }],
  examples: ['slipway sweep resume latest', 'slipway sweep resume 4f2a --retry-failed --json'],
  run: (call, session) =>
    runToEnd(session, (project) =>
      project.sweeps.resume({ sweep: call.arg('SWEEP') as string, retryFailed: call.has('retry-failed') }),
    ),
}

const list: Command = {
  words: ['sweep', 'list'],
  summary: 'List the sweeps',
  positionals: [],
  options: [],
  examples: ['slipway sweep list', 'slipway sweep list --json'],
  async run(_, session) {
    const sweeps = await (await session.project()).sweeps.list({})
    return {
      json: { sweeps },
      text: formatTable(
        ['SWEEP', 'STATE', 'METHOD', 'TRIALS', 'STARTED', 'METRIC', 'BEST'],
        sweeps.map((sweep) => [
          sweep.id,
          sweep.state,
          sweep.plan.method,
          `${countEnded(sweep)}/${sweep.plan.trials}`,
          sweep.startedAt.slice(0, 19).replace('T', ' '),
          sweep.plan.metric,
          sweep.best === null ? '' : String(Number(sweep.best.value.toPrecision(6))),
        ]),
        'There are no sweeps. Start one with "slipway sweep start".',
      ),
    }
  },
}

const show: Command = {
  words: ['sweep', 'show'],
  summary: 'One sweep with its trials',
  positionals: [aSweep],
  options: [],
  examples: ['slipway sweep show latest', 'slipway sweep show 4f2a --json'],
  async run(call, session) {
    const detail = await (await session.project()).sweeps.get({ sweep: call.arg('SWEEP') as string })
    return { json: detail, text: describeSweep(detail) }
  },
}

const cancel: Command = {
  words: ['sweep', 'cancel'],
  summary: 'Cancel a running sweep; when it returns, nothing of it runs any more',
  positionals: [aSweep],
  options: [],
  examples: ['slipway sweep cancel latest', 'slipway sweep cancel 4f2a --json'],
  async run(call, session) {
    const detail = await (await session.project()).sweeps.cancel({ sweep: call.arg('SWEEP') as string })
    return { json: detail, text: describeSweep(detail) }
  },
}

type Project = Awaited<ReturnType<Session['trustedProject']>>

async function runToEnd(session: Session, begin: (project: Project) => Promise<{ job: Job; sweepId: string }>) {
  const project = await session.trustedProject()
  let sweepId = ''
  const job = await session.follow(async (api) => {
    const started = await begin(api)
    sweepId = started.sweepId
    return started.job
  })
  const detail = await project.sweeps.get({ sweep: sweepId })
  const { sweep } = detail
  if (job.failure && sweep.state === 'running') throw new DescribedError(job.failure)
  if (sweep.failure)
    for (const line of [sweep.failure.message, sweep.failure.kept, sweep.failure.remedy]) session.output.alert(line)
  const exitCode = sweep.state === 'completed' ? 0 : sweep.state === 'canceled' ? 130 : (sweep.failure?.exitCode ?? 1)
  return { json: detail, text: describeSweep(detail), exitCode } as const
}

function describeSweep({ sweep, trials, notes = [] }: SweepDetail): string {
  const { plan, best } = sweep
  const keys = plan.space.map(({ key }) => key)
  const bestWords = best
    ? `best trial ${best.trial}: ${plan.metric} ${best.value}, run ${best.runId}`
    : 'no trial completed yet'
  return [
    `sweep ${sweep.id}  ${sweep.state}, ${plan.method}, seed ${plan.seed}, ${countEnded(sweep)} of ${plan.trials} trials\n`,
    `${bestWords}\n`,
    ...notes.map((note) => `note: ${note}\n`),
    '\n',
    formatTable(
      ['TRIAL', 'STATE', ...keys, plan.metric, 'RUN', 'WHY'],
      trials.map((trial) => [
        String(trial.number),
        trial.number === best?.trial ? `${trial.state}, best` : trial.state,
        ...keys.map((key) => JSON.stringify(trial.params[key] ?? null)),
        trial.value === null ? '' : String(Number(trial.value.toPrecision(6))),
        trial.runId ?? '',
        trial.failure?.message.split('\n')[0] ?? '',
      ]),
      'No trials yet.',
    ),
  ].join('')
}

function countEnded({ counts }: Sweep): number {
  return counts.completed + counts.failed + counts.stopped
}

function parseOver(written: readonly string[]): Record<string, string> {
  const over: Record<string, string> = {}
  for (const text of written) {
    const equals = text.indexOf('=')
    const key = text.slice(0, equals)
    if (equals < 0 || !/^[^.\s]+\.[^.\s]+$/.test(key))
      throw usage(`"${text}" names no param.`, 'Write --over STEP.PARAM=SPACE, for example --over train.C=0.1,1,10.')
    if (key in over) throw usage(`${key} is searched twice.`, 'Give all its values in one --over.')
    over[key] = text.slice(equals + 1)
  }
  return over
}

function usage(problem: string, hint: string): Error {
  return fail('host/usage', { problem, hint })
}

export const sweepCommands: readonly Command[] = [start, list, show, resume, cancel]
