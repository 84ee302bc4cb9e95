import type { FailureEntry } from '../failure.ts'

/** The project's database and its content-addressed store. */
export const storageFailures = {
  'database/sqliteTooOld': {
    exitCode: 3,
    text: ({ found, needed }) => ({
      message: `This build carries SQLite ${found}; ${needed} or newer is needed to keep records safe.`,
      kept: 'No database was opened.',
      remedy: 'Reinstall Slipway so that its own SQLite is used.',
    }),
  } satisfies FailureEntry<{ found: string; needed: string }>,
  'database/notADatabase': {
    exitCode: 5,
    text: ({ file, what }) => ({
      message: `${file} is ${what}, not the records of a Slipway project.`,
      kept: 'It was left as it is; nothing was put in its place.',
      remedy: 'Put the right slipway.db back (verified copies lie in .slipway/backups), or move this one away.',
    }),
  } satisfies FailureEntry<{ file: string; what: string }>,
  'database/missing': {
    exitCode: 5,
    text: ({ file, blobs }) => ({
      message: `${file} is gone, while the store beside it still holds ${blobs} recorded ${blobs === 1 ? 'blob' : 'blobs'}.`,
      kept: 'The store was left as it is; no empty database was put in its place.',
      remedy: 'Put slipway.db back (verified copies lie in .slipway/backups), or move .slipway away to start anew.',
    }),
  } satisfies FailureEntry<{ file: string; blobs: number }>,
  'database/hurt': {
    exitCode: 5,
    text: ({ file, finding }) => ({
      message: `The records in ${file} are damaged: ${finding}.`,
      kept: 'The damaged file was left as it is.',
      remedy: 'Run "slipway doctor" for the extent; verified copies lie in .slipway/backups.',
    }),
  } satisfies FailureEntry<{ file: string; finding: string }>,
  'database/readOnly': {
    exitCode: 4,
    text: ({ reason }) => ({
      message: `This project is open for review only: ${reason}`,
      kept: 'Everything recorded can be read; nothing was changed.',
      remedy: 'Make the folder writable or use the newer Slipway, then open it again.',
    }),
  } satisfies FailureEntry<{ reason: string }>,
  'database/full': {
    exitCode: 3,
    text: ({ file }) => ({
      message: `There is no space left to record into ${file}.`,
      kept: 'What was acknowledged before is stored; this last change is not.',
      remedy: 'Run "slipway gc" to see what Slipway itself can give back, or free other space, and try again.',
    }),
  } satisfies FailureEntry<{ file: string }>,
  'database/unwritable': {
    exitCode: 3,
    text: ({ file, cause }) => ({
      message: `The system could not read or write ${file} (${cause}).`,
      kept: 'What was acknowledged before is stored; this last change is not.',
      remedy: 'Check the disk and the folder, then open the project again.',
    }),
  } satisfies FailureEntry<{ file: string; cause: string }>,
  'database/busy': {
    exitCode: 3,
    text: ({ file }) => ({
      message: `Another program holds ${file} locked.`,
      kept: 'This last change was not recorded; everything before it is.',
      remedy: 'Close other programs that have the file open (a database browser, a synchroniser) and try again.',
    }),
  } satisfies FailureEntry<{ file: string }>,
  'database/owedFailed': {
    exitCode: 5,
    text: ({ file, cause }) => ({
      message: `What follows from a run that reused everything could not be written out in ${file}: ${cause}.`,
      kept: 'The run itself is recorded, and so is everything else.',
      remedy: 'Run "slipway doctor" for the extent, and start that run again to have it whole.',
    }),
  } satisfies FailureEntry<{ file: string; cause: string }>,
  'database/migrationFailed': {
    exitCode: 5,
    text: ({ file, migration, cause }) => ({
      message: `${file} could not be brought to the present format (${migration}: ${cause}).`,
      kept: 'The records are as they were before.',
      remedy: 'Open the project with the Slipway that made it, and report this with "slipway doctor --json".',
    }),
  } satisfies FailureEntry<{ file: string; migration: string; cause: string }>,
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
  'store/blobUnreadable': {
    exitCode: 5,
    text: ({ digest, cause }) => ({
      message: `The stored bytes ${digest} cannot be read (${cause}).`,
      kept: 'Every other record is untouched.',
      remedy: 'Give yourself the right to read .slipway/store, or run "slipway doctor".',
    }),
  } satisfies FailureEntry<{ digest: string; cause: string }>,
  'store/digestMismatch': {
    exitCode: 5,
    text: ({ expected, found }) => ({
      message: `The bytes that arrived are not the announced ones: expected ${expected}, got ${found}.`,
      kept: 'They were thrown away; the store is unchanged.',
      remedy: 'Fetch them again; if it stays, the source is wrong or changed on the way.',
    }),
  } satisfies FailureEntry<{ expected: string; found: string }>,
  'store/notALayout': {
    exitCode: 5,
    text: ({ folder, problem }) => ({
      message: `${folder} is not a sound OCI image layout: ${problem}.`,
      kept: 'It was left as it is.',
      remedy: 'Run "slipway doctor", or put the file back from a copy of the project.',
    }),
  } satisfies FailureEntry<{ folder: string; problem: string }>,
  'store/notAFile': {
    exitCode: 4,
    text: ({ file, what }) => ({
      message: `"${file}" is ${what}; only regular files can be stored.`,
      kept: 'Nothing was stored.',
      remedy: 'Give a regular file, or a folder of regular files.',
    }),
  } satisfies FailureEntry<{ file: string; what: string }>,
  'store/fileChanging': {
    exitCode: 3,
    text: ({ file }) => ({
      message: `"${file}" was changed or replaced while it was read.`,
      kept: 'Nothing was stored of it.',
      remedy: 'Wait until the program that writes it is done, then try again.',
    }),
  } satisfies FailureEntry<{ file: string }>,
  'store/fileUnreadable': {
    exitCode: 3,
    text: ({ file, cause }) => ({
      message: `"${file}" cannot be read (${cause}).`,
      kept: 'Nothing was stored of it.',
      remedy: 'Give yourself the right to read it, or check the disk.',
    }),
  } satisfies FailureEntry<{ file: string; cause: string }>,
  'store/full': {
    exitCode: 3,
    text: ({ folder }) => ({
      message: `There is no space left in ${folder}.`,
      kept: 'What was stored before is intact; these last bytes were not kept.',
      remedy: 'Run "slipway gc" to see what Slipway itself can give back, or free other space, and try again.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
  'store/folderReplaced': {
    exitCode: 4,
    text: ({ folder }) => ({
      message: `${folder} is no folder of its own but leads elsewhere, so nothing is moved or ended by way of it.`,
      kept: 'Nothing was moved, and nothing was ended.',
      remedy: 'Put the real folder in its place (a link can point at the whole project instead), then try again.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
  'store/trashFull': {
    exitCode: 3,
    text: ({ moved, folder }) => ({
      message: `There is not even space for names in ${folder}: ${moved} blobs were moved there before it was full.`,
      kept: 'Everything is still there, in the store or in the trash.',
      remedy: 'Run "slipway gc --empty-trash": it ends what it moves at once, after asking.',
    }),
  } satisfies FailureEntry<{ moved: number; folder: string }>,
  'store/readOnly': {
    exitCode: 4,
    text: ({ folder, cause }) => ({
      message: `Nothing can be stored in ${folder} (${cause}).`,
      kept: 'What was stored before can be read.',
      remedy: 'Make the folder writable, or work in a copy of the project.',
    }),
  } satisfies FailureEntry<{ folder: string; cause: string }>,
  'store/unwritable': {
    exitCode: 3,
    text: ({ folder, cause }) => ({
      message: `The system could not read or write in ${folder} (${cause}).`,
      kept: 'What was stored before is intact; these last bytes were not kept.',
      remedy: 'Check the disk and try again.',
    }),
  } satisfies FailureEntry<{ folder: string; cause: string }>,
}
