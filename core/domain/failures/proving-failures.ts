import type { FailureEntry } from '../failure.ts'

const kept = 'The run and everything recorded of it stay as they are.'

/** Executing a past run again. */
export const provingFailures = {
  'proving/runNotCompleted': {
    exitCode: 4,
    text: ({ run, state }) => ({
      message: `Run ${run} is ${state}; only a completed run gave something that can be proved.`,
      kept,
      remedy: 'Choose a completed run from "slipway runs".',
    }),
  } satisfies FailureEntry<{ run: string; state: string }>,
  'proving/otherPlatform': {
    exitCode: 3,
    text: ({ run, recorded, here }) => ({
      message: `Run ${run} was executed on ${recorded}, and this computer is ${here}.`,
      kept,
      remedy: `Copy the project folder to a computer of the kind ${recorded} and prove it there.`,
    }),
  } satisfies FailureEntry<{ run: string; recorded: string; here: string }>,
  'proving/pythonGone': {
    exitCode: 3,
    text: ({ python, found }) => ({
      message: `The run was made with Python ${python}, which is not on this computer${found.length ? ` (found ${found.join(', ')})` : ''}.`,
      kept,
      remedy: `Install Python ${python} beside the others, with pyenv or uv for instance, and prove it again.`,
    }),
  } satisfies FailureEntry<{ python: string; found: readonly string[] }>,
  'proving/packagesMissing': {
    exitCode: 3,
    text: ({ lock, detail }) => ({
      message: `The environment of the run (lock ${lock.slice(0, 19)}…) cannot be made again: ${detail}`,
      kept: `${kept} What was downloaded stays.`,
      remedy:
        'Connect to the network once and prove it again: the environment is kept, and later proofs need no network.',
    }),
  } satisfies FailureEntry<{ lock: string; detail: string }>,
  'proving/notRecorded': {
    exitCode: 3,
    text: ({ step, what }) => ({
      message: `Step "${step}" cannot be executed again: ${what} was not recorded.`,
      kept,
      remedy: 'Run the pipeline again with --no-cache; that run can be proved.',
    }),
  } satisfies FailureEntry<{ step: string; what: string }>,
  'proving/fileNotKept': {
    exitCode: 3,
    text: ({ step, path, recorded, found }) => ({
      message: `Step "${step}" read ${path} as ${recorded}; its bytes were not kept, and the project now holds ${found ?? 'no such file'}.`,
      kept,
      remedy: `Put that version of ${path} back and prove it again, or raise keepFile and keepRun under [recording] so that files this large are kept.`,
    }),
  } satisfies FailureEntry<{ step: string; path: string; recorded: string; found: string | null }>,
  'proving/variableChanged': {
    exitCode: 3,
    text: ({ step, variable, wasSet }) => ({
      message: `Step "${step}" read the environment variable ${variable}, which ${wasSet ? 'had another value' : 'was not set'} when the run was made.`,
      kept,
      remedy: wasSet
        ? `Set ${variable} to what it was, and prove it again; only the digest of a value is recorded, since it may be a secret.`
        : `Remove ${variable} from the environment or from slipway.toml, and prove it again.`,
    }),
  } satisfies FailureEntry<{ step: string; variable: string; wasSet: boolean }>,
  'proving/comparisonFailed': {
    exitCode: 3,
    text: ({ step, detail }) => ({
      message: `What step "${step}" gave cannot be compared: ${detail}`,
      kept,
      remedy: 'Read the message; a class that its values need may be missing from the recorded modules.',
    }),
  } satisfies FailureEntry<{ step: string; detail: string }>,
}
