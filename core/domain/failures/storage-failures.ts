import type { FailureEntry } from '../failure.ts'

export const storageFailures = {
  'store/blobMissing': {
    exitCode: 5,
    text: ({ digest }) => ({
      message: `The stored bytes ${digest} are missing.`,
      kept: 'Every other record is untouched.',
      remedy: 'Run "slipway doctor" to see what depends on them; a run that makes them again restores them.',
    }),
  } satisfies FailureEntry<{ digest: string }>,
  'store/blobHurt': {
    exitCode: 5,
    text: ({ digest, found }) => ({
      message: `The stored bytes ${digest} no longer match their digest (they hash to ${found}).`,
      kept: 'They were not used. Every other record is untouched.',
      remedy: 'Run "slipway doctor" to see what depends on them.',
    }),
  } satisfies FailureEntry<{ digest: string; found: string }>,
}
