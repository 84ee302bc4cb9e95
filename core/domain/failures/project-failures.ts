import type { FailureEntry } from '../failure.ts'

export const projectFailures = {
  'project/notFound': {
    exitCode: 2,
    text: ({ folder }) => ({
      message: `There is no Slipway project at ${folder} or above it.`,
      kept: 'Nothing was changed.',
      remedy: 'Run "slipway init FOLDER" to make one, or pass -C FOLDER.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
  'project/notTrusted': {
    exitCode: 4,
    text: ({ folder }) => ({
      message: `The project at ${folder} is not trusted yet, so none of its code may run.`,
      kept: 'The project was read, nothing of it was executed.',
      remedy: 'Look at its code, then trust it in the workbench or pass --trust.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
}
