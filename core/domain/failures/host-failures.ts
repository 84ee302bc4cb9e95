import type { FailureEntry } from '../failure.ts'

export const hostFailures = {
  'host/unexpected': {
    exitCode: 1,
    text: ({ defect }) => ({
      message: `Something went wrong inside Slipway: ${defect}`,
      kept: 'What was acknowledged before is stored.',
      remedy: 'Try again with --verbose, and report it with "slipway doctor --json" if it stays.',
    }),
  } satisfies FailureEntry<{ defect: string }>,
  'host/usage': {
    exitCode: 2,
    text: ({ problem, hint }) => ({ message: problem, kept: 'Nothing was changed.', remedy: hint }),
  } satisfies FailureEntry<{ problem: string; hint: string }>,
}
