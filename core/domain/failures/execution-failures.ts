import type { FailureEntry } from '../failure.ts'

export const executionFailures = {
  'execution/canceled': {
    exitCode: 130,
    text: ({ what }) => ({
      message: `${what} was cancelled.`,
      kept: 'What was complete is recorded and will be reused.',
      remedy: 'Run it again when you are ready.',
    }),
  } satisfies FailureEntry<{ what: string }>,
  'execution/variableRefused': {
    exitCode: 4,
    text: ({ step, variable }) => ({
      message: `[steps.${step}] sets the environment variable ${JSON.stringify(variable)}, which a project may not set.`,
      kept: 'Nothing ran and nothing was changed.',
      remedy:
        'Remove it from slipway.toml; variables of the loader, of Python itself, proxies and credentials belong to your computer.',
    }),
  } satisfies FailureEntry<{ step: string; variable: string }>,
  'execution/stepFailed': {
    exitCode: 1,
    text: ({ step, message, remedy }) => ({
      message: `Step "${step}" failed: ${message}`,
      kept: 'Steps that completed are recorded and will be reused.',
      remedy,
    }),
  } satisfies FailureEntry<{ step: string; message: string; remedy: string }>,
  'execution/outputRefused': {
    exitCode: 1,
    text: ({ problem }) => ({
      message: `What the step gave cannot be stored: ${problem}.`,
      kept: 'Nothing of this step was recorded; steps that completed are.',
      remedy: 'Leave file descriptor 4 of the process and the files of Slipway alone, and run it again.',
    }),
  } satisfies FailureEntry<{ problem: string }>,
  'execution/storeOverwritten': {
    exitCode: 5,
    text: ({ digests }) => ({
      message: `The step wrote over ${digests.length === 1 ? 'a value' : `${digests.length} values`} in Slipway's own store.`,
      kept: 'What it hurt was moved to the trash, and is made anew by the next run; nothing of this step was recorded.',
      remedy: 'Let the step write beside the pipeline, never inside .slipway, and run again.',
    }),
  } satisfies FailureEntry<{ digests: readonly string[] }>,
  'execution/sideFileBlocked': {
    exitCode: 3,
    text: ({ path, cause }) => ({
      message: `The file ${path}, which a step wrote, cannot be put back (${cause}).`,
      kept: 'Its recorded content is in the store, and nothing was overwritten.',
      remedy: 'Remove or rename what stands in its place, or make the folder writable, and run again.',
    }),
  } satisfies FailureEntry<{ path: string; cause: string }>,
  'execution/paramUnknown': {
    exitCode: 2,
    text: ({ key, nearest }) => ({
      message: `There is no param "${key}" in this pipeline${nearest ? `; did you mean "${nearest}"?` : '.'}`,
      kept: 'Nothing ran and nothing was changed.',
      remedy: 'Params are written STEP.PARAM=VALUE, with the names that the pipeline declares.',
    }),
  } satisfies FailureEntry<{ key: string; nearest: string | null }>,
  'execution/paramUnfit': {
    exitCode: 2,
    text: ({ key, value, wanted }) => ({
      message: `${value} is not ${wanted}, as the pipeline declares "${key}".`,
      kept: 'Nothing ran and nothing was changed.',
      remedy: 'Values are written as in JSON (0.5, true, null, [1, 2]); anything else is a text.',
    }),
  } satisfies FailureEntry<{ key: string; value: string; wanted: string }>,
}
