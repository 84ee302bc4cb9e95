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
  'images/engineRefused': {
    exitCode: 3,
    text: ({ operation, answer }) => ({
      message: `The container engine could not ${operation}: ${answer}.`,
      kept: 'The image is built and stored; no container of this project was left behind.',
      remedy: 'Look at the engine ("docker info"), or serve it as a local process with --engine process.',
    }),
  } satisfies FailureEntry<{ operation: string; answer: string }>,
  'images/servingFailed': {
    exitCode: 1,
    text: ({ model, reason, log }) => ({
      message: `${model} did not start to serve: ${reason}${log ? `. It said: ${log}` : ''}`,
      kept: 'The image is untouched; what was started was stopped.',
      remedy: 'Read what it said; build the image again when its files are hurt.',
    }),
  } satisfies FailureEntry<{ model: string; reason: string; log: string }>,
  'images/servingNotFound': {
    exitCode: 2,
    text: ({ id }) => ({
      message: `Nothing is being served under "${id}".`,
      kept: 'Nothing was changed.',
      remedy: 'Serve an image first.',
    }),
  } satisfies FailureEntry<{ id: string }>,
}
