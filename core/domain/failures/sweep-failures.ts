import type { FailureEntry } from '../failure.ts'

const nothing = 'Nothing ran and nothing was changed.'
const trialsKept = 'Every trial that ended is recorded, and its run with it.'

export const sweepFailures = {
  'sweeps/notFound': {
    exitCode: 2,
    text: ({ sweep }) => ({
      message: `There is no sweep "${sweep}" in this project.`,
      kept: 'Nothing was changed.',
      remedy:
        'List them with "slipway sweep list"; a sweep is named by its id, 4 or more of its first characters, or "latest".',
    }),
  } satisfies FailureEntry<{ sweep: string }>,
  'sweeps/ambiguous': {
    exitCode: 2,
    text: ({ sweep, matches }) => ({
      message: `"${sweep}" could be several sweeps: ${matches.join(', ')}.`,
      kept: 'Nothing was changed.',
      remedy: 'Give more characters of the one that you mean.',
    }),
  } satisfies FailureEntry<{ sweep: string; matches: readonly string[] }>,
  'sweeps/badSpace': {
    exitCode: 2,
    text: ({ key, text, problem, hint }) => ({
      message: `${key}=${text} cannot be searched: ${problem}.`,
      kept: nothing,
      remedy: hint,
    }),
  } satisfies FailureEntry<{ key: string; text: string; problem: string; hint: string }>,
  'sweeps/badRequest': {
    exitCode: 2,
    text: ({ problem, hint }) => ({ message: `This sweep cannot be made: ${problem}.`, kept: nothing, remedy: hint }),
  } satisfies FailureEntry<{ problem: string; hint: string }>,
  'sweeps/metricUnknown': {
    exitCode: 2,
    text: ({ metric, nearest }) => ({
      message: `No step or artifact of this pipeline can give the metric "${metric}"${nearest ? `; did you mean "${nearest}"?` : '.'}`,
      kept: nothing,
      remedy: 'A metric is ARTIFACT.KEY for a number in a returned dict, or STEP.KEY for one that log_metric recorded.',
    }),
  } satisfies FailureEntry<{ metric: string; nearest: string | null }>,
  'sweeps/metricMissing': {
    exitCode: 1,
    text: ({ metric, metrics, nearest }) => ({
      message: `The trial completed without a finite value of ${metric}${nearest ? `; did you mean "${nearest}"?` : '.'}`,
      kept: 'Its run is recorded.',
      remedy: metrics.length > 0 ? `It gave ${metrics.join(', ')}.` : 'Return a dict of numbers, or call log_metric.',
    }),
  } satisfies FailureEntry<{ metric: string; metrics: readonly string[]; nearest: string | null }>,
  'sweeps/stoppedEarly': {
    exitCode: 1,
    text: ({ metric, value, median, iteration }) => ({
      message: `Stopped early: at iteration ${iteration}, ${metric} was ${value}, and the median of the finished trials ${median}.`,
      kept: 'What it logged until then is recorded.',
      remedy: 'Run it alone with the same params to see it through, or start the sweep without --stop-early.',
    }),
  } satisfies FailureEntry<{ metric: string; value: number; median: number; iteration: number }>,
  'sweeps/tooManyFailures': {
    exitCode: 1,
    text: ({ count, last }) => ({
      message: `${count} trials failed one after the other, the last one so: ${last}`,
      kept: trialsKept,
      remedy: 'Mend what failed, then go on with "slipway sweep resume SWEEP --retry-failed".',
    }),
  } satisfies FailureEntry<{ count: number; last: string }>,
  'sweeps/noneCompleted': {
    exitCode: 1,
    text: ({ last }) => ({
      message: `No trial completed${last ? `; the last one failed so: ${last}` : '.'}`,
      kept: trialsKept,
      remedy: 'Mend what failed, then go on with "slipway sweep resume SWEEP --retry-failed".',
    }),
  } satisfies FailureEntry<{ last: string | null }>,
  'sweeps/interrupted': {
    exitCode: 1,
    text: ({ sweep }) => ({
      message: `Slipway ended while sweep ${sweep} was in progress, so the sweep was interrupted.`,
      kept: trialsKept,
      remedy: `Go on with Resume on its page, or "slipway sweep resume ${sweep}": completed trials are not repeated.`,
    }),
  } satisfies FailureEntry<{ sweep: string }>,
  'sweeps/wrongState': {
    exitCode: 4,
    text: ({ sweep, problem, hint }) => ({ message: `Sweep ${sweep} ${problem}.`, kept: trialsKept, remedy: hint }),
  } satisfies FailureEntry<{ sweep: string; problem: string; hint: string }>,
  'sweeps/searchUnavailable': {
    exitCode: 3,
    text: ({ detail }) => ({
      message: `Bayesian search needs Optuna, which could not be had for this project's Python: ${detail}`,
      kept: 'The environment, its lock and all records are untouched.',
      remedy:
        'Search at random (--method random), which needs nothing; or connect to the network once, after which Optuna is kept for this lock; or put optuna among the requirements.',
    }),
  } satisfies FailureEntry<{ detail: string }>,
  'sweeps/searchBroken': {
    exitCode: 3,
    text: ({ detail }) => ({
      message: `The process that proposes trials ended or answered nonsense: ${detail}`,
      kept: trialsKept,
      remedy: 'Go on with "slipway sweep resume SWEEP"; should it happen again, use --method random.',
    }),
  } satisfies FailureEntry<{ detail: string }>,
}
