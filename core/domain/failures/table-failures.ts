import type { FailureEntry } from '../failure.ts'

/** Looking into tables, which may be of any size and in any state. */
export const tableFailures = {
  'tables/formatUnknown': {
    exitCode: 2,
    text: ({ path }) => ({
      message: `${path} is no table that can be opened here.`,
      kept: 'Nothing was changed.',
      remedy: 'Parquet, CSV, TSV and JSON lines open, also compressed text; save a spreadsheet as CSV first.',
    }),
  } satisfies FailureEntry<{ path: string }>,
  'tables/missing': {
    exitCode: 2,
    text: ({ path }) => ({
      message: `${path} is not there.`,
      kept: 'Nothing was changed.',
      remedy: 'Put the file back, or choose another one.',
    }),
  } satisfies FailureEntry<{ path: string }>,
  'tables/notOpen': {
    exitCode: 2,
    text: () => ({
      message: 'That table is not open any more.',
      kept: 'Its file was not touched.',
      remedy: 'Open it again.',
    }),
  } satisfies FailureEntry<Record<string, never>>,
  'tables/changed': {
    exitCode: 1,
    text: ({ path }) => ({
      message: `${path} was changed since it was opened, so its rows are no longer those on show.`,
      kept: 'Nothing was changed by this view.',
      remedy: 'Open it again to see it as it is now.',
    }),
  } satisfies FailureEntry<{ path: string }>,
  'tables/unreadable': {
    exitCode: 1,
    text: ({ path, reason }) => ({
      message: `${path} cannot be read as a table: ${reason}.`,
      kept: 'The file was left as it is.',
      remedy: 'Write the file again, or, for text, say how it is to be read (delimiter, quotes, encoding, bad lines).',
    }),
    /** `lines`: how the file begins, for choosing how to read it. */
  } satisfies FailureEntry<{ path: string; reason: string; line: number | null; lines: readonly string[] }>,
  'tables/badEncoding': {
    exitCode: 1,
    text: ({ path }) => ({
      message: `${path} is not written in UTF-8.`,
      kept: 'The file was left as it is.',
      remedy: 'Choose its encoding (Latin-1, UTF-16), or save it as UTF-8.',
    }),
  } satisfies FailureEntry<{ path: string; lines: readonly string[] }>,
  'tables/tooWide': {
    exitCode: 1,
    text: ({ path, columns, most }) => ({
      message: `${path} has ${columns} columns; text with more than ${most} cannot be read within bounded memory.`,
      kept: 'The file was left as it is.',
      remedy: 'Store it as Parquet, where columns are read one by one, or turn columns into rows.',
    }),
  } satisfies FailureEntry<{ path: string; columns: number; most: number }>,
  'tables/lineTooLong': {
    exitCode: 1,
    text: ({ path, mostBytes }) => ({
      message: `${path} holds a line of more than ${mostBytes} bytes.`,
      kept: 'The file was left as it is.',
      remedy: 'Check the line ends and the quotes of the file; a quote that never closes makes one line of many.',
    }),
  } satisfies FailureEntry<{ path: string; mostBytes: number }>,
  'tables/badCondition': {
    exitCode: 2,
    text: ({ column, problem }) => ({
      message: `The filter on "${column}" is not possible: ${problem}.`,
      kept: 'The table is shown as before.',
      remedy: 'Correct the value, or choose another comparison.',
    }),
  } satisfies FailureEntry<{ column: string; problem: string }>,
  'tables/columnNotFound': {
    exitCode: 2,
    text: ({ column }) => ({
      message: `The table has no column "${column}".`,
      kept: 'Nothing was changed.',
      remedy: 'Take the filter, sort or column away; the file may have changed since it was chosen.',
    }),
  } satisfies FailureEntry<{ column: string }>,
  'tables/outOfMemory': {
    exitCode: 3,
    text: ({ memoryBytes }) => ({
      message: `This needs more memory than a table may take here (${Math.round(memoryBytes / 1024 ** 2)} MB).`,
      kept: 'The table stays open; nothing was written.',
      remedy: 'Filter first, show fewer columns, or sort by a smaller column.',
    }),
  } satisfies FailureEntry<{ memoryBytes: number }>,
  'tables/readerCrashed': {
    exitCode: 1,
    text: ({ how, words }) => ({
      message: `The process that reads tables ended (${how})${words === '' ? '' : `: ${words}`}.`,
      kept: 'Everything else goes on; the file was left as it is.',
      remedy:
        'Try again: a new process is started. If it happens again the file is damaged or too large for this machine.',
    }),
  } satisfies FailureEntry<{ how: string; words: string }>,
  'tables/refused': {
    exitCode: 1,
    text: ({ reason }) => ({
      message: `The table cannot answer that: ${reason}.`,
      kept: 'Nothing was changed.',
      remedy: 'Choose other columns or conditions.',
    }),
  } satisfies FailureEntry<{ reason: string }>,
  'tables/exportExists': {
    exitCode: 2,
    text: ({ path }) => ({
      message: `${path} exists already.`,
      kept: 'It was left as it is.',
      remedy: 'Choose another name.',
    }),
  } satisfies FailureEntry<{ path: string }>,
}
