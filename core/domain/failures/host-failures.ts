import { describeBytes } from '../describe-bytes.ts'
import type { FailureEntry } from '../failure.ts'

const nothingChanged = 'Nothing was changed.'

export const hostFailures = {
  'host/unexpected': {
    exitCode: 1,
    text: ({ defect }) => ({
      message: `Something went wrong inside Slipway: ${defect}`,
      kept: 'What was acknowledged before is stored.',
      remedy: 'Try again, and report it with what "slipway doctor --json" prints if it stays.',
    }),
  } satisfies FailureEntry<{ defect: string }>,
  'host/usage': {
    exitCode: 2,
    text: ({ problem, hint }) => ({ message: problem, kept: nothingChanged, remedy: hint }),
  } satisfies FailureEntry<{ problem: string; hint: string }>,
  'host/needsAnswer': {
    exitCode: 2,
    text: ({ question, flag }) => ({
      message: `"${question}" cannot be asked: there is no terminal.`,
      kept: nothingChanged,
      remedy: `Pass ${flag} to answer it.`,
    }),
  } satisfies FailureEntry<{ question: string; flag: string }>,
  'host/messageTooLong': {
    exitCode: 1,
    text: ({ bytes, longestBytes }) => ({
      message: `That is more than one message to or from the core may hold: ${bytes === null ? 'too much to be measured' : describeBytes(bytes)}, of at most ${describeBytes(longestBytes)}.`,
      kept: 'The connection lives on, and what was recorded stays as it is.',
      remedy: 'Ask for less at once: fewer runs (a filter, --limit), one step, one file, a shorter page.',
    }),
  } satisfies FailureEntry<{ bytes: number | null; longestBytes: number }>,
  'host/connectionLost': {
    exitCode: 3,
    text: () => ({
      message: 'The Slipway that had this project open ended before it answered.',
      kept: 'What it had acknowledged is stored.',
      remedy: 'Try again: the project is opened anew.',
    }),
  } satisfies FailureEntry<Record<string, never>>,
  'host/projectBusy': {
    exitCode: 3,
    text: ({ folder, pid }) => ({
      message: `Another Slipway (process ${pid}) has the project at ${folder} open and does not answer.`,
      kept: nothingChanged,
      remedy: `Close it, or end process ${pid} if it hangs, and try again.`,
    }),
  } satisfies FailureEntry<{ folder: string; pid: number }>,
  'host/projectElsewhere': {
    exitCode: 3,
    text: ({ folder, host }) => ({
      message: `The project at ${folder} is open on another computer (${host}).`,
      kept: nothingChanged,
      remedy: `Close it there. If ${host} is gone for good, delete .slipway/core.lock and open it again.`,
    }),
  } satisfies FailureEntry<{ folder: string; host: string }>,
  'host/otherVersion': {
    exitCode: 3,
    text: ({ theirs, ours }) => ({
      message: `This project is open in Slipway ${theirs}, and this is Slipway ${ours}.`,
      kept: nothingChanged,
      remedy: 'Close the other one, or use the same version.',
    }),
  } satisfies FailureEntry<{ theirs: string; ours: string }>,
  'host/runtimeFolderUnsafe': {
    exitCode: 4,
    text: ({ folder, problem }) => ({
      message: `The folder for sockets, ${folder}, is not safe to use: ${problem}.`,
      kept: nothingChanged,
      remedy: 'Remove it, or point TMPDIR at a folder that only you may write to.',
    }),
  } satisfies FailureEntry<{ folder: string; problem: string }>,
  'host/homeUnwritable': {
    exitCode: 3,
    text: ({ folder, problem }) => ({
      message: `Slipway's own folder ${folder} cannot be written: ${problem}.`,
      kept: 'Projects and their records are untouched.',
      remedy: 'Free space or give yourself write access there, or set SLIPWAY_HOME to another folder.',
    }),
  } satisfies FailureEntry<{ folder: string; problem: string }>,
  'host/portTaken': {
    exitCode: 3,
    text: ({ port }) => ({
      message: `Port ${port} is taken by another program.`,
      kept: nothingChanged,
      remedy: 'Choose another with --port, or leave it out to get a free one.',
    }),
  } satisfies FailureEntry<{ port: number }>,
  'host/notBuilt': {
    exitCode: 3,
    text: ({ what }) => ({
      message: `${what} has not been built yet.`,
      kept: nothingChanged,
      remedy: 'Run "npm run build" in the clone, then try again.',
    }),
  } satisfies FailureEntry<{ what: string }>,
  'host/folderUnreadable': {
    exitCode: 2,
    text: ({ folder, problem }) => ({
      message: `The folder ${folder} cannot be read: ${problem}.`,
      kept: nothingChanged,
      remedy: 'Choose another folder, or give yourself access to it.',
    }),
  } satisfies FailureEntry<{ folder: string; problem: string }>,
  'host/diskSilent': {
    exitCode: 3,
    text: ({ folder }) => ({
      message: `The disk of the folder ${folder} does not answer.`,
      kept: nothingChanged,
      remedy: 'Connect it again where it is one of the network or was taken out, or choose a folder on another disk.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
  'host/unknownProject': {
    exitCode: 2,
    text: ({ key }) => ({
      message: `No project is known as "${key}".`,
      kept: nothingChanged,
      remedy: 'Open its folder first.',
    }),
  } satisfies FailureEntry<{ key: string }>,
  'host/jobNotFound': {
    exitCode: 2,
    text: ({ id }) => ({
      message: `There is no job "${id}" any more.`,
      kept: nothingChanged,
      remedy: 'Look at the list of jobs: it may have ended.',
    }),
  } satisfies FailureEntry<{ id: string }>,
  'host/jobNotCancellable': {
    exitCode: 4,
    text: ({ title }) => ({
      message: `"${title}" cannot be cancelled at this point.`,
      kept: nothingChanged,
      remedy: 'Wait for it to end; it is short.',
    }),
  } satisfies FailureEntry<{ title: string }>,
  'host/noModelInRun': {
    exitCode: 1,
    text: ({ run }) => ({
      message: `Run ${run} gave no model, so there is nothing to put into an image.`,
      kept: 'The run and its artifacts are recorded.',
      remedy: 'Add a step that returns a fitted model, then run again.',
    }),
  } satisfies FailureEntry<{ run: string }>,
}
