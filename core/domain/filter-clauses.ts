import { parseFilter, tokenizeFilter } from './filter-grammar.ts'

/** A part of a filter that could stand alone, and where it stands. */
export type FilterClause = { readonly text: string; readonly from: number; readonly to: number }

/** What a filter asks for all at once: its parts between the outermost `and`s; one part when it says `or` there. */
export function clausesOf(filter: string): readonly FilterClause[] {
  if (filter.trim() === '') return []
  parseFilter(filter)
  const cuts: { readonly from: number; readonly to: number }[] = []
  let depth = 0
  for (const { kind, text, position } of tokenizeFilter(filter)) {
    if (kind === 'symbol' && text === '(') depth += 1
    if (kind === 'symbol' && text === ')') depth -= 1
    if (kind !== 'word' || depth > 0) continue
    if (text.toLowerCase() === 'or') return [cut(filter, 0, filter.length)]
    if (text.toLowerCase() === 'and') cuts.push({ from: position, to: position + text.length })
  }
  const starts = [0, ...cuts.map(({ to }) => to)]
  return starts.map((from, index) => cut(filter, from, cuts[index]?.from ?? filter.length))
}

/** The filter without one of its parts. */
export function withoutClause(filter: string, clause: FilterClause): string {
  return clausesOf(filter)
    .filter(({ from }) => from !== clause.from)
    .map(({ text }) => text)
    .join(' and ')
}

/** The filter with a further part; what says `or` is held together first. */
export function withClause(filter: string, added: string): string {
  const clauses = clausesOf(filter)
  const [only] = clauses
  const saysOr = clauses.length === 1 && only !== undefined && parseFilter(only.text).kind === 'or'
  return [...clauses.map(({ text }) => (saysOr ? `(${text})` : text)), added].join(' and ')
}

function cut(filter: string, from: number, to: number): FilterClause {
  const text = filter.slice(from, to)
  const start = from + text.length - text.trimStart().length
  return { text: text.trim(), from: start, to: start + text.trim().length }
}

/** A key as a filter spells it: quoted when it holds more than letters, digits and a few signs. */
export function spellName(kind: 'metric' | 'param' | 'tag', key: string): string {
  return /^[\p{L}\p{N}_.:/@%*+-]+$/u.test(key) ? `${kind}.${key}` : `${kind}.${quote(key)}`
}

export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}
