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
}
