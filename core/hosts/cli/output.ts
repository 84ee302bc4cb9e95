import type { DescribedFailure } from '../../domain/failure.ts'
import type { Job } from '../../domain/job.ts'
import { toPlainText } from './format-table.ts'
import { createProgressLine } from './progress-line.ts'

export type OutputOptions = {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: boolean
}

/** Where a command's words go: the answer to stdout, everything on the way to stderr. */
export type Output = OutputOptions & {
  /** Bytes or text of the answer itself. */
  write(chunk: string | Uint8Array): Promise<void>
  /** A line for people on the way; silenced by --quiet. */
  note(line: string): void
  /** A line about what went wrong, which --quiet keeps. */
  alert(line: string): void
  /** More of the same as a note, with --verbose only. */
  detail(line: string): void
  progress(job: Job): void
  /** The one document of --json. */
  document(value: unknown): Promise<void>
  failure(failure: DescribedFailure, stack: string | null): Promise<void>
}

type Stream = {
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

export function createOutput(options: OutputOptions, stdout: Stream, stderr: Stream): Output {
  const line = createProgressLine(stderr, { live: stderr.isTTY === true && !options.quiet, quiet: options.quiet })
  const write = (chunk: string | Uint8Array) =>
    new Promise<void>((done, refuse) => stdout.write(chunk, (error) => (error ? refuse(error) : done())))
  const paint = (code: number, text: string) =>
    options.color && stderr.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text
  return {
    ...options,
    write,
    note(text) {
      if (!options.quiet) line.print(toPlainLines(text))
    },
    alert: (text) => line.print(toPlainLines(text)),
    detail(text) {
      if (options.verbose) line.print(text)
    },
    progress: (job) => line.show(job),
    document: (value) => write(`${JSON.stringify(value, null, stdout.isTTY ? 2 : undefined)}\n`),
    async failure({ code, message, kept, remedy, details }, stack) {
      line.clear()
      if (options.json) return write(`${JSON.stringify({ error: { code, message, kept, remedy, details } })}\n`)
      stderr.write(`${paint(31, toPlainLines(message))}\n${toPlainLines(kept)}\n${toPlainLines(remedy)}\n`)
      if (options.verbose && stack) stderr.write(`\n${code}\n${stack}\n`)
      else if (!options.verbose && code === 'host/unexpected') stderr.write('With --verbose it says where.\n')
    },
  }
}

/** What a step or a stranger's file says of itself may be part of it. */
function toPlainLines(text: string): string {
  return text.replace(/[^\n\t]+/g, toPlainText)
}
