/** One line of a step's output. Lines keep their ANSI codes; showing them is the viewer's part. */
export type LogLine = {
  readonly number: number
  readonly step: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** What one run has said so far, bounded: the oldest lines go first, and `dropped` counts them. */
export type LogLines = {
  readonly lines: readonly LogLine[]
  readonly dropped: number
  readonly bytes: number
  /** Text after the last line break, per step and stream, waiting for its end. */
  readonly open: Readonly<Record<string, string>>
}

export const noLog: LogLines = { lines: [], dropped: 0, bytes: 0, open: {} }
export const largestLogBytes = 10 * 1024 * 1024
const longestLine = 20_000

export type LogChunk = { readonly step: string; readonly stream: 'stdout' | 'stderr'; readonly text: string }

/** Adds what arrived. A carriage return without a line feed starts its line again, as progress bars expect. */
export function appendLog(log: LogLines, chunks: readonly LogChunk[], limitBytes = largestLogBytes): LogLines {
  const lines = [...log.lines]
  const open = { ...log.open }
  let { dropped, bytes } = log
  let number = lines.length + dropped
  for (const { step, stream, text } of chunks) {
    const key = `${stream} ${step}`
    const parts = ((open[key] ?? '') + text).split('\n')
    open[key] = (parts.pop() as string).slice(-longestLine)
    for (const part of parts) {
      const line = toShown(part)
      lines.push({ number: ++number, step, stream, text: line })
      bytes += line.length
    }
  }
  let first = 0
  while (bytes > limitBytes && first < lines.length - 1) bytes -= (lines[first++] as LogLine).text.length
  dropped += first
  return { lines: first > 0 ? lines.slice(first) : lines, dropped, bytes, open }
}

/** All lines, the unfinished ones last. */
export function visibleLines(log: LogLines): readonly LogLine[] {
  const unfinished = Object.entries(log.open).filter(([, text]) => text !== '')
  if (unfinished.length === 0) return log.lines
  return [
    ...log.lines,
    ...unfinished.map(([key, text], index) => {
      const [stream = 'stdout', ...step] = key.split(' ')
      return {
        number: log.lines.length + log.dropped + index + 1,
        step: step.join(' '),
        stream: stream as LogLine['stream'],
        text: toShown(text),
      }
    }),
  ]
}

/** The lines of a kept log, which comes as one text. */
export function toLogLines(text: string, step: string): readonly LogLine[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, index) => ({ number: index + 1, step, stream: 'stdout', text: toShown(line) }))
}

/** What a terminal would show of a line, cut where nobody reads on; the kept log has it all. */
function toShown(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  const last = text.slice(text.lastIndexOf('\r') + 1)
  const shown = last.length > longestLine ? `${last.slice(0, longestLine)} … (${last.length} characters)` : last
  return shown.replace(unprintable, '\ufffd')
}

/** Control characters but for the tab and those that colours begin with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g
