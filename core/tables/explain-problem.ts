import { closeSync, openSync, readSync } from 'node:fs'
import { fail, isFailure } from '../domain/failure.ts'
import type { TableFormat } from '../domain/table.ts'

const headBytes = 64 * 1024
const shownLines = 20
const shownLineLength = 200

export type ReadFile = { readonly file: string; readonly path: string; readonly format: TableFormat }

/**
 * The engine's words as a failure of ours. What it says of a file names our own link to it and lists its options:
 * the first sentence is the reason.
 */
export function explainProblem(error: unknown, read: ReadFile, limits: { readonly memoryBytes: number }): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error
  const words = error.message
  const { path } = read
  const lines = () => readFirstLines(read)
  if (/^INTERRUPT/i.test(words)) return fail('execution/canceled', { what: `Reading ${path}` }, { cause: error })
  if (/^Out of Memory|OutOfMemory|std::bad_alloc/i.test(words))
    return fail('tables/outOfMemory', { memoryBytes: limits.memoryBytes }, { cause: error })
  if (/not utf-8 encoded|not utf-16 encoded|File is not/i.test(words))
    return fail('tables/badEncoding', { path, lines: lines() }, { cause: error })
  if (/Maximum line size|maximum_object_size/i.test(words))
    return fail('tables/lineTooLong', { path, mostBytes: Number(/of (\d+)/.exec(words)?.[1] ?? 0) }, { cause: error })
  const line = /\bLine: (\d+)|in line (\d+)/.exec(words)
  const problem = { reason: shorten(words, read.file), line: line ? Number(line[1] ?? line[2]) : null }
  if (/^(IO|Invalid Input|Invalid|Conversion|Serialization|Parser|Not implemented)\b/i.test(words))
    return fail('tables/unreadable', { path, ...problem, lines: lines() }, { cause: error })
  return fail('tables/refused', { reason: problem.reason }, { cause: error })
}

/** How a text file begins, for people who choose how it is to be read. */
export function readFirstLines({ file, format }: ReadFile): string[] {
  if (format === 'parquet') return []
  const bytes = readHead(file)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return []
  const text = new TextDecoder(isUtf16(bytes) ? 'utf-16le' : 'utf-8').decode(bytes)
  return text
    .split(/\r?\n/)
    .slice(0, shownLines)
    .map((line) => (line.length > shownLineLength ? `${line.slice(0, shownLineLength)}…` : line))
}

export function readHead(file: string, most = headBytes): Buffer {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(most)
    return bytes.subarray(0, readSync(handle, bytes, 0, most, 0))
  } finally {
    closeSync(handle)
  }
}

export function isUtf16(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe
}

function shorten(words: string, file: string): string {
  const [first = '', ...rest] = words.split('\n').map((line) => line.trim())
  const sentence = /\bon Line: \d+$/.test(first)
    ? [first, ...rest.filter((line) => !/^Original Line/.test(line))]
    : [first]
  return sentence
    .slice(0, 2)
    .join(': ')
    .replace(/^[\w ]+Error: /, '')
    .replaceAll(file, 'it')
    .replace(/[.\s]+$/, '')
    .slice(0, 300)
}
