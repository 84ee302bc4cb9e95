import type { FailureEntry } from '../failure.ts'

const unchanged = 'Nothing was changed.'

export const projectFailures = {
  'project/notFound': {
    exitCode: 2,
    text: ({ folder }) => ({
      message: `There is no Slipway project at ${folder} or above it.`,
      kept: unchanged,
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
  'project/settingsInvalid': {
    exitCode: 2,
    text: ({ line, problem, hint }) => ({
      message: `slipway.toml, line ${line}: ${problem}.`,
      kept: unchanged,
      remedy: hint,
    }),
  } satisfies FailureEntry<{ line: number; column: number; problem: string; hint: string }>,
  'project/folderGone': {
    exitCode: 3,
    text: ({ folder }) => ({
      message: `The project folder ${folder} is gone: it was deleted, moved or replaced while it was open.`,
      kept: 'Nothing was written elsewhere in its place.',
      remedy: 'Put the folder back, or close the project and open it where it is now.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
  'project/readOnly': {
    exitCode: 4,
    text: ({ reason }) => ({
      message: `This project is open for reading only: ${reason}.`,
      kept: 'Everything recorded can still be reviewed.',
      remedy: 'Make the folder writable, or open the project with the version of Slipway that wrote it.',
    }),
  } satisfies FailureEntry<{ reason: string }>,
  'project/pathRefused': {
    exitCode: 4,
    text: ({ path, reason }) => ({
      message: `The path ${JSON.stringify(path)} is refused: ${reason}.`,
      kept: unchanged,
      remedy: 'Give a path inside the project, relative to its folder, with forward slashes.',
    }),
  } satisfies FailureEntry<{ path: string; reason: string }>,
  'project/fileMissing': {
    exitCode: 2,
    text: ({ path }) => ({
      message: `There is no file ${path} in this project.`,
      kept: unchanged,
      remedy: 'Check the name, or create the file first.',
    }),
  } satisfies FailureEntry<{ path: string }>,
  'project/fileChanged': {
    exitCode: 1,
    text: ({ path }) => ({
      message: `${path} was changed on disk since it was opened here.`,
      kept: 'The version on disk was not overwritten, and your text is still in the editor.',
      remedy: 'Compare the two, then reload the file or save your text over it.',
    }),
  } satisfies FailureEntry<{ path: string }>,
  'project/notText': {
    exitCode: 2,
    text: ({ path, reason }) => ({
      message: `${path} cannot be shown as text: ${reason}.`,
      kept: unchanged,
      remedy: 'Open it with a program for its kind; steps may read it as they like.',
    }),
  } satisfies FailureEntry<{ path: string; reason: string }>,
  'project/diskFull': {
    exitCode: 3,
    text: ({ path }) => ({
      message: `${path} could not be saved: the disk is full.`,
      kept: 'The file on disk is as it was.',
      remedy: 'Free some space and save again.',
    }),
  } satisfies FailureEntry<{ path: string }>,
  'project/folderNotEmpty': {
    exitCode: 2,
    text: ({ folder }) => ({
      message: `${folder} exists already and is not empty.`,
      kept: unchanged,
      remedy: 'Choose a new or an empty folder.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
  'project/folderUnwritable': {
    exitCode: 3,
    text: ({ folder, cause }) => ({
      message: `The folder ${folder} cannot be written (${cause}).`,
      kept: unchanged,
      remedy: 'Choose another place, or change the rights of the folder.',
    }),
  } satisfies FailureEntry<{ folder: string; cause: string }>,
  'project/templateUnknown': {
    exitCode: 2,
    text: ({ template, nearest, known }) => ({
      message: `There is no template "${template}"${nearest ? `; did you mean "${nearest}"?` : '.'}`,
      kept: unchanged,
      remedy: `Choose one of ${known.join(', ')}.`,
    }),
  } satisfies FailureEntry<{ template: string; nearest: string | null; known: readonly string[] }>,
  'project/stepUnknown': {
    exitCode: 2,
    text: ({ step, nearest }) => ({
      message: `There is no step "${step}" in this project${nearest ? `; did you mean "${nearest}"?` : '.'}`,
      kept: unchanged,
      remedy: 'List the steps with "slipway plan".',
    }),
  } satisfies FailureEntry<{ step: string; nearest: string | null }>,
  'project/pipelineBroken': {
    exitCode: 1,
    text: ({ module, line, problem, remedy }) => ({
      message: `${module}, line ${line}: ${problem}`,
      kept: 'Nothing ran and nothing was changed.',
      remedy,
    }),
  } satisfies FailureEntry<{ module: string; line: number; problem: string; remedy: string }>,
}
