import { checkFilter } from './check-filter.ts'
import { fail } from './failure.ts'

export type FilterOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'like'
/** A value with the place where it stands. `text` is what was written, without quotes. */
export type FilterValue = {
  readonly text: string
  readonly number: number | null
  readonly quoted: boolean
  readonly position: number
}
export type KeyedSubject = {
  readonly of: 'metric' | 'param' | 'tag'
  readonly key: string
  readonly position: number
}
export type FilterSubject =
  | KeyedSubject
  | { readonly of: 'state' | 'experiment' | 'id' | 'startedAt' | 'durationMs'; readonly position: number }

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly filter: Filter }
  | {
      readonly kind: 'compare'
      readonly subject: FilterSubject
      readonly operator: FilterOperator
      readonly value: FilterValue
    }
  | { readonly kind: 'in'; readonly subject: FilterSubject; readonly values: readonly FilterValue[] }
  | { readonly kind: 'has'; readonly subject: KeyedSubject }

export type FilterToken = {
  readonly kind: 'word' | 'text' | 'symbol' | 'end'
  readonly text: string
  readonly position: number
}
type Token = FilterToken

/** SQLite's own limit of depth is 1000; nobody writes by hand what comes near. */
const deepest = 100
const mostTokens = 2_000
const tokenPattern =
  /\s*(?:(<=|>=|!=|<>|==|[=<>(),])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\p{L}\p{N}_.:/@%*+-]+))/uy

/**
 * `expr := expr or expr | expr and expr | not expr | (expr) | SUBJECT op VALUE | SUBJECT [not] in (VALUE, …) | KEYED`,
 * where `tag.keep` alone asks whether a run has it, and a key with other characters than letters, digits and `_ . : / @ % * + -` is quoted: `metric."my score"`.
 * @throws tracking/badFilter pointing at the first wrong character, or at a value that means nothing there
 */
export function parseFilter(filter: string): Filter {
  const refuse = (position: number, problem: string) => fail('tracking/badFilter', { filter, position, problem })
  const tokens = tokenizeFilter(filter)
  let at = 0
  let depth = 0

  const peek = () => tokens[at] as Token
  const next = () => tokens[at++] as Token
  const isWord = (word: string) => peek().kind === 'word' && peek().text.toLowerCase() === word
  const isSymbol = (symbol: string) => peek().kind === 'symbol' && peek().text === symbol
  const accept = (matches: boolean) => (matches ? next() : null)

  function expect(symbol: string, after: string): void {
    if (!accept(isSymbol(symbol))) throw refuse(peek().position, `expected "${symbol}" ${after}${insteadOf(peek())}`)
  }

  function parseOr(): Filter {
    let left = parseAnd()
    while (accept(isWord('or'))) left = { kind: 'or', left, right: parseAnd() }
    return left
  }

  function parseAnd(): Filter {
    let left = parseNot()
    while (accept(isWord('and'))) left = { kind: 'and', left, right: parseNot() }
    return left
  }

  function parseNot(): Filter {
    depth += 1
    if (depth > deepest) throw refuse(peek().position, `nested deeper than ${deepest}`)
    const filter = accept(isWord('not')) ? ({ kind: 'not', filter: parseNot() } as const) : parsePrimary()
    depth -= 1
    return filter
  }

  function parsePrimary(): Filter {
    if (accept(isSymbol('('))) {
      const inner = parseOr()
      expect(')', 'to close the parenthesis')
      return inner
    }
    const subject = parseSubject()
    if ('key' in subject && endsHere()) return { kind: 'has', subject }
    const negated = accept(isWord('not')) !== null
    if (accept(isWord('in'))) {
      const list = { kind: 'in', subject, values: parseList() } as const
      return negated ? { kind: 'not', filter: list } : list
    }
    if (negated) throw refuse(peek().position, `expected "in" after "not"${insteadOf(peek())}`)
    return { kind: 'compare', subject, operator: parseOperator(), value: parseValue() }
  }

  function endsHere(): boolean {
    return peek().kind === 'end' || isSymbol(')') || isWord('and') || isWord('or')
  }

  function parseSubject(): FilterSubject {
    const token = next()
    const expected = 'expected metric.KEY, param.KEY, tag.KEY, state, experiment, id, startedAt or durationMs'
    if (token.kind !== 'word') throw refuse(token.position, `${expected}${insteadOf(token)}`)
    const dot = token.text.indexOf('.')
    if (dot < 0) {
      const plain = plainSubjects.get(token.text.toLowerCase())
      if (!plain) throw refuse(token.position, `${expected}, not "${token.text}"`)
      return { of: plain, position: token.position }
    }
    const of = keyedSubjects.get(token.text.slice(0, dot).toLowerCase())
    // The name as the table shows it, without what kind of thing it names.
    if (!of)
      throw refuse(
        token.position,
        `${expected}, not "${token.text.slice(0, dot)}"; for a metric write metric.${token.text}, for a param param.${token.text}`,
      )
    const key = token.text.slice(dot + 1)
    if (key !== '') return { of, key, position: token.position }
    const quoted = accept(peek().kind === 'text')
    if (!quoted) throw refuse(peek().position, `expected the name of a ${of} after "${of}."`)
    return { of, key: quoted.text, position: token.position }
  }

  function parseOperator(): FilterOperator {
    const token = next()
    const operator = operators.get(token.kind === 'text' ? '' : token.text.toLowerCase())
    if (!operator) throw refuse(token.position, `expected = != < <= > >= like or in${insteadOf(token)}`)
    return operator
  }

  function parseValue(): FilterValue {
    const token = next()
    if (token.kind !== 'word' && token.kind !== 'text') {
      throw refuse(token.position, `expected a value${insteadOf(token)}`)
    }
    const number = token.kind === 'word' ? toNumber(token.text) : null
    return { text: token.text, number, quoted: token.kind === 'text', position: token.position }
  }

  function parseList(): readonly FilterValue[] {
    expect('(', 'after "in"')
    const values = [parseValue()]
    while (accept(isSymbol(','))) values.push(parseValue())
    expect(')', 'to close the list')
    return values
  }

  const parsed = parseOr()
  if (peek().kind !== 'end') throw refuse(peek().position, `expected "and", "or" or the end${insteadOf(peek())}`)
  checkFilter(filter, parsed)
  return parsed
}

/** The words, texts and symbols of a filter, and its end. @throws tracking/badFilter at a character without a meaning */
export function tokenizeFilter(filter: string): readonly Token[] {
  const refuse = (position: number, problem: string) => fail('tracking/badFilter', { filter, position, problem })
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  while (filter.slice(tokenPattern.lastIndex).trim() !== '') {
    const start = tokenPattern.lastIndex
    const match = tokenPattern.exec(filter)
    const position = start + (/\s*/.exec(filter.slice(start)) as RegExpExecArray)[0].length
    if (!match) {
      const quote = filter[position] === '"' || filter[position] === "'"
      throw refuse(position, quote ? 'this quote is never closed' : `"${filter[position]}" has no meaning here`)
    }
    const [, symbol, double, single, word] = match
    const quoted = double ?? single
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, position })
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/gs, '$1'), position })
    else tokens.push({ kind: 'word', text: word as string, position })
    if (tokens.length > mostTokens) throw refuse(position, 'the filter is too long')
  }
  tokens.push({ kind: 'end', text: '', position: filter.trimEnd().length })
  return tokens
}

function insteadOf(token: Token): string {
  return token.kind === 'end' ? ', but the filter ends here' : `, not "${token.text}"`
}

const special: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['infinity', Infinity],
  ['-infinity', -Infinity],
])

function toNumber(text: string): number | null {
  const named = special.get(text.toLowerCase())
  if (named !== undefined) return named
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : null
}

const operators = new Map<string, FilterOperator>([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['like', 'like'],
])

const plainSubjects = new Map<string, Exclude<FilterSubject['of'], 'metric' | 'param' | 'tag'>>([
  ['state', 'state'],
  ['status', 'state'],
  ['experiment', 'experiment'],
  ['id', 'id'],
  ['startedat', 'startedAt'],
  ['durationms', 'durationMs'],
])

/** MLflow's plural spellings are read too. */
const keyedSubjects = new Map<string, 'metric' | 'param' | 'tag'>([
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['param', 'param'],
  ['params', 'param'],
  ['tag', 'tag'],
  ['tags', 'tag'],
])
