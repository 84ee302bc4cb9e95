import type { FailureEntry } from '../failure.ts'

export const environmentFailures = {
  'environments/pythonMissing': {
    exitCode: 3,
    text: ({ wanted, found }) => ({
      message: `No Python that fits "${wanted}" was found${found.length ? `; found ${found.join(', ')}` : ''}.`,
      kept: 'Recorded runs can still be reviewed without Python.',
      remedy: 'Install a fitting Python (3.10 or newer) or change [environment] python in slipway.toml.',
    }),
  } satisfies FailureEntry<{ wanted: string; found: readonly string[] }>,
}
