import type { FailureEntry } from '../failure.ts'

/** Asking for what was recorded: runs, artifacts, lineage. */
export const trackingFailures = {
  'tracking/runNotFound': {
    exitCode: 2,
    text: ({ run }) => ({
      message: `There is no run "${run}" in this project.`,
      kept: 'Nothing was changed.',
      remedy:
        'List the runs with "slipway runs"; a run is named by its id, 4 or more of its first characters, or "latest".',
    }),
  } satisfies FailureEntry<{ run: string }>,
  'tracking/runAmbiguous': {
    exitCode: 2,
    text: ({ run, matches }) => ({
      message: `"${run}" could be several runs: ${matches.join(', ')}.`,
      kept: 'Nothing was changed.',
      remedy: 'Give more characters of the one that you mean.',
    }),
  } satisfies FailureEntry<{ run: string; matches: readonly string[] }>,
  'tracking/runDeleted': {
    exitCode: 2,
    text: ({ run, deletedAt }) => ({
      message: `Run ${run} was deleted on ${deletedAt.slice(0, 10)}.`,
      kept: 'It lies among the deleted runs, whole, for 30 days.',
      remedy: `Run "slipway runs restore ${run}" to have it back.`,
    }),
  } satisfies FailureEntry<{ run: string; deletedAt: string }>,
  'tracking/runNotDeleted': {
    exitCode: 2,
    text: ({ run }) => ({
      message: `There is no deleted run "${run}".`,
      kept: 'Nothing was changed.',
      remedy: 'List the deleted runs with "slipway runs deleted"; what is over there cannot be had back.',
    }),
  } satisfies FailureEntry<{ run: string }>,
  'tracking/runNeeded': {
    exitCode: 4,
    text: ({ run, by }) => ({
      message: `Run ${run} cannot be deleted: ${by} counts on it.`,
      kept: 'Nothing was deleted.',
      remedy: 'Leave it out, or wait for what goes on; what a model was made of stays as long as the model.',
    }),
  } satisfies FailureEntry<{ run: string; by: string }>,
  'tracking/stepsOwed': {
    exitCode: 3,
    text: ({ run, cause }) => ({
      message: `Run ${run} reused everything, and its steps could not be written out yet: ${cause}`,
      kept: 'The run is recorded; its steps, artifacts, params and metrics follow from it, and none is lost.',
      remedy: 'Run "slipway doctor": it says what keeps them from being written.',
    }),
  } satisfies FailureEntry<{ run: string; cause: string }>,
  'tracking/stepNotFound': {
    exitCode: 2,
    text: ({ run, step, steps }) => ({
      message: `Run ${run} has no step "${step}".`,
      kept: 'Nothing was changed.',
      remedy: steps.length > 0 ? `Its steps are ${steps.join(', ')}.` : 'It has no steps.',
    }),
  } satisfies FailureEntry<{ run: string; step: string; steps: readonly string[] }>,
  'tracking/sourceNotRecorded': {
    exitCode: 2,
    text: ({ run, step }) => ({
      message: `Step "${step}" of run ${run} never started, so no source was recorded for it.`,
      kept: 'Nothing was changed.',
      remedy: 'Choose a step that ran.',
    }),
  } satisfies FailureEntry<{ run: string; step: string }>,
  'tracking/metricNotFound': {
    exitCode: 2,
    text: ({ run, metric, metrics }) => ({
      message: `Run ${run} has no metric "${metric}".`,
      kept: 'Nothing was changed.',
      remedy: metrics.length > 0 ? `It has ${metrics.join(', ')}.` : 'It has no metrics.',
    }),
  } satisfies FailureEntry<{ run: string; metric: string; metrics: readonly string[] }>,
  'tracking/artifactNotFound': {
    exitCode: 2,
    text: ({ artifact, hint }) => ({
      message: `There is no artifact "${artifact}" in this project.`,
      kept: 'Nothing was changed.',
      remedy: hint,
    }),
  } satisfies FailureEntry<{ artifact: string; hint: string }>,
  'tracking/viewsUnreadable': {
    exitCode: 2,
    text: ({ path, problem }) => ({
      message: `The saved views in ${path} cannot be read: ${problem}.`,
      kept: 'The file stays as it is.',
      remedy: 'Mend the file, or move it away and save the views again.',
    }),
  } satisfies FailureEntry<{ path: string; problem: string }>,
  'tracking/viewUnknown': {
    exitCode: 2,
    text: ({ view, views }) => ({
      message: `There is no saved view "${view}".`,
      kept: 'Nothing was changed.',
      remedy:
        views.length > 0
          ? `The views of this project are ${views.join(', ')}.`
          : 'Save one in the Runs screen of the workbench.',
    }),
  } satisfies FailureEntry<{ view: string; views: readonly string[] }>,
  'tracking/badFilter': {
    exitCode: 2,
    text: ({ filter, position, problem }) => ({
      message: `The filter is wrong at character ${position + 1}: ${problem}.\n  ${filter}\n  ${' '.repeat(position)}^`,
      kept: 'Nothing was changed.',
      remedy:
        'Compare metric.KEY, param.KEY, tag.KEY, state, experiment or id, as in: metric.evaluation.accuracy > 0.9 and state = completed',
    }),
    /** `position` counts characters from 0. */
  } satisfies FailureEntry<{ filter: string; position: number; problem: string }>,
  'tracking/badSort': {
    exitCode: 2,
    text: ({ sort, problem }) => ({
      message: `Runs cannot be sorted by "${sort}": ${problem}.`,
      kept: 'Nothing was changed.',
      remedy:
        'Sort by metric.KEY, param.KEY, tag.KEY, state, experiment, id, startedAt or durationMs, then asc or desc.',
    }),
  } satisfies FailureEntry<{ sort: string; problem: string }>,
  'tracking/interrupted': {
    exitCode: 1,
    text: ({ run }) => ({
      message: `Slipway ended while run ${run} was in progress, so the run was interrupted.`,
      kept: 'Every step that had completed is recorded and will be reused.',
      remedy: 'Run it again: it goes on where it stopped.',
    }),
  } satisfies FailureEntry<{ run: string }>,
  'tracking/wrongState': {
    exitCode: 4,
    text: ({ what, state, wanted }) => ({
      message: `${what} is ${state} and can no longer become ${wanted}.`,
      kept: 'What was recorded stays as it is.',
      remedy: 'Start a new run.',
    }),
  } satisfies FailureEntry<{ what: string; state: string; wanted: string }>,
  'lineage/notFound': {
    exitCode: 2,
    text: ({ reference }) => ({
      message: `Nothing recorded goes by "${reference}".`,
      kept: 'Nothing was changed.',
      remedy: 'Give a digest, a run, a model version such as wine@1, or the manifest digest of an image.',
    }),
  } satisfies FailureEntry<{ reference: string }>,
  'lineage/deleted': {
    exitCode: 2,
    text: ({ reference }) => ({
      message: `"${reference}" is of deleted runs alone, which lineage leaves out.`,
      kept: 'They lie among the deleted runs, whole, for 30 days.',
      remedy: `Show deleted runs, too ("slipway lineage ${reference} --deleted"), or restore the run.`,
    }),
  } satisfies FailureEntry<{ reference: string }>,
  'lineage/ambiguous': {
    exitCode: 2,
    text: ({ reference, matches }) => ({
      message: `"${reference}" could be several things: ${matches.join(', ')}.`,
      kept: 'Nothing was changed.',
      remedy: 'Give more of the one that you mean.',
    }),
  } satisfies FailureEntry<{ reference: string; matches: readonly string[] }>,
}
