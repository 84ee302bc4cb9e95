import { describeBytes } from '../describe-bytes.ts'
import type { FailureEntry } from '../failure.ts'

const unchanged = 'Nothing was changed.'
const mostWorded = 5

/** The first of many, and how many more there are. */
function wordSome(all: readonly string[]): string {
  const more = all.length - mostWorded
  return all.slice(0, mostWorded).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

export const dataFailures = {
  'data/unknown': {
    exitCode: 2,
    text: ({ name, nearest }) => ({
      message: `There is no dataset "${name}"${nearest ? `; did you mean "${nearest}"?` : '.'}`,
      kept: unchanged,
      remedy: 'List them with "slipway data", or add one with "slipway data add NAME PATH".',
    }),
  } satisfies FailureEntry<{ name: string; nearest: string | null }>,
  'data/versionUnknown': {
    exitCode: 2,
    text: ({ name, version, newest }) => ({
      message: `The dataset "${name}" has no version ${JSON.stringify(version)}.`,
      kept: unchanged,
      remedy:
        newest === null
          ? `Make its first version with "slipway data add ${name}".`
          : `Its versions are 1 to ${newest}; "now" means the files on disk, and a digest names one too.`,
    }),
  } satisfies FailureEntry<{ name: string; version: string; newest: number | null }>,
  'data/pathNeeded': {
    exitCode: 2,
    text: ({ name }) => ({
      message: `slipway.toml has no dataset "${name}" yet, so its path has to be given.`,
      kept: unchanged,
      remedy: `Run "slipway data add ${name} PATH" with a file, folder or glob in the project.`,
    }),
  } satisfies FailureEntry<{ name: string }>,
  'data/pathDiffers': {
    exitCode: 2,
    text: ({ name, declared, given }) => ({
      message: `slipway.toml says that the dataset "${name}" is ${declared}, not ${given}.`,
      kept: unchanged,
      remedy: 'Leave the path out, choose another name, or edit the path in slipway.toml.',
    }),
  } satisfies FailureEntry<{ name: string; declared: string; given: string }>,
  'data/nothingThere': {
    exitCode: 2,
    text: ({ name, path }) => ({
      message: `There is no file at ${path}, where the dataset "${name}" should be.`,
      kept: unchanged,
      remedy: 'Put the files there, or restore them with "slipway data restore NAME@VERSION".',
    }),
  } satisfies FailureEntry<{ name: string; path: string }>,
  'data/fileRefused': {
    exitCode: 4,
    text: ({ path, reason }) => ({
      message: `${JSON.stringify(path)} cannot be part of a dataset: ${reason}.`,
      kept: 'Nothing was stored and nothing was changed.',
      remedy: 'Move it away or name the files more closely; only regular files are taken.',
    }),
  } satisfies FailureEntry<{ path: string; reason: string }>,
  'data/tooLarge': {
    exitCode: 3,
    text: ({ name, sizeBytes, freeBytes }) => ({
      message: `The dataset "${name}" has ${describeBytes(sizeBytes)}, and the disk of the project has ${describeBytes(freeBytes)} left.`,
      kept: 'Nothing was read or stored.',
      remedy: 'Free some space, or take it in without its bytes: --no-keep records digests alone.',
    }),
  } satisfies FailureEntry<{ name: string; sizeBytes: number; freeBytes: number }>,
  'data/noRoom': {
    exitCode: 3,
    text: ({ folder, sizeBytes, freeBytes }) => ({
      message: `Restoring needs ${describeBytes(sizeBytes)}, and the disk of ${folder} has ${describeBytes(freeBytes)} left.`,
      kept: unchanged,
      remedy: 'Free some space, or restore to a folder on another disk (--to FOLDER).',
    }),
  } satisfies FailureEntry<{ folder: string; sizeBytes: number; freeBytes: number }>,
  'data/notKept': {
    exitCode: 3,
    text: ({ name, version, files, path }) => ({
      message: `${files} of the files of ${name}@${version} are not in the store (the first is ${path}).`,
      kept: unchanged,
      remedy: 'Put the files back from where they came, then run "slipway data add" to keep them.',
    }),
  } satisfies FailureEntry<{ name: string; version: number; files: number; path: string }>,
  'data/namesCollide': {
    exitCode: 3,
    text: ({ first, second }) => ({
      message: `This disk takes ${JSON.stringify(first)} and ${JSON.stringify(second)} for one name.`,
      kept: unchanged,
      remedy: 'Restore to a folder on a disk that tells them apart (--to FOLDER).',
    }),
  } satisfies FailureEntry<{ first: string; second: string }>,
  'data/keyUnfit': {
    exitCode: 2,
    text: ({ columns, reason }) => ({
      message: `Rows cannot be matched by ${columns.join(', ')}: ${reason}.`,
      kept: unchanged,
      remedy: 'Give columns that tell every row from every other (--key A --key B), or none to compare whole rows.',
    }),
  } satisfies FailureEntry<{ columns: readonly string[]; reason: string }>,
  'data/schemaDiffers': {
    exitCode: 4,
    text: ({ name, path, problems }) => ({
      message: `The dataset "${name}" (${path}) has not the columns that slipway.toml expects: ${wordSome(problems)}.`,
      kept: 'No step ran.',
      remedy: `Mend the file; or, when the change is meant, run "slipway data add ${name}" and "slipway data expect ${name}".`,
    }),
  } satisfies FailureEntry<{ name: string; path: string; problems: readonly string[] }>,
  'data/noColumns': {
    exitCode: 2,
    text: ({ name, note }) => ({
      message: `The dataset "${name}" has no columns that could be expected: ${note}.`,
      kept: unchanged,
      remedy: 'Expect columns of a dataset that is a table (Parquet, CSV, JSON lines).',
    }),
  } satisfies FailureEntry<{ name: string; note: string }>,
  'data/outUnwritable': {
    exitCode: 3,
    text: ({ file, cause }) => ({
      message: `${file} could not be written (${cause}).`,
      kept: 'The dataset and its versions are untouched.',
      remedy: 'Choose another place, or change the rights of the folder.',
    }),
  } satisfies FailureEntry<{ file: string; cause: string }>,
  'data/outExists': {
    exitCode: 2,
    text: ({ file }) => ({
      message: `${file} exists already.`,
      kept: 'It is untouched.',
      remedy: 'Choose another name, or move the file away.',
    }),
  } satisfies FailureEntry<{ file: string }>,
}
