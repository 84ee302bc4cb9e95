import { Refusal } from './refusal.ts'

/** A field as written: null for nothing between the commas, a text for anything else, `""` included. */
export type CsvField = string | null

/** RFC 4180, with LF or CRLF; a last empty line is no row. @throws Refusal 400 naming the line */
export function parseCsv(text: string): readonly (readonly CsvField[])[] {
  const rows: CsvField[][] = []
  let row: CsvField[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    const [field, end] = text[at] === '"' ? readQuoted(text, at, rows.length + 1) : readBare(text, at)
    row.push(field)
    at = end
    if (text[at] === ',') {
      at += 1
      if (at === text.length) row.push(null)
      else continue
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1
    if (at < text.length && text[at] !== '\n')
      throw new Refusal(400, `line ${rows.length + 1}: text after a closing quote`)
    at += 1
    rows.push(row)
    row = []
  }
  return rows
}

function readBare(text: string, start: number): [CsvField, number] {
  let at = start
  while (at < text.length && text[at] !== ',' && text[at] !== '\n') at += 1
  const end = text[at - 1] === '\r' && text[at] === '\n' && at > start ? at - 1 : at
  return [end === start ? null : text.slice(start, end), end]
}

function readQuoted(text: string, start: number, line: number): [CsvField, number] {
  let field = ''
  let at = start + 1
  for (;;) {
    const close = text.indexOf('"', at)
    if (close < 0) throw new Refusal(400, `line ${line}: a quoted field has no end`)
    field += text.slice(at, close)
    if (text[close + 1] !== '"') return [field, close + 1]
    field += '"'
    at = close + 2
  }
}
