import type { SourceSpan } from '../domain/pipeline.ts'

/** Turns offsets of one text into lines and columns, counted from 1. */
export function createSpans(module: string, text: string): (start: number, end: number) => SourceSpan {
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)

  const placeOf = (offset: number): { line: number; column: number } => {
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((lineStarts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (lineStarts[low] as number) + 1 }
  }

  return (start, end) => {
    const from = placeOf(start)
    const to = placeOf(end)
    return { module, line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
  }
}
