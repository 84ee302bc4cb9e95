import type { FailureEntry } from '../failure.ts'

export const engineFailures = {
  'images/engineUnavailable': {
    exitCode: 3,
    text: ({ socket, cause }) => ({
      message: `No container engine answers at ${socket} (${cause}).`,
      kept: 'The image is built and stored; building and pushing need no engine.',
      remedy: 'Start Docker and try again, or serve it as a local process with --engine process.',
    }),
  } satisfies FailureEntry<{ socket: string; cause: string }>,
}
