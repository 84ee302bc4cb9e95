import type { JsonValue } from '../domain/json.ts'
import { childOf, namedChildren, type SyntaxNode } from './python-syntax.ts'

/** A piece of code with the way to look up names where it stands. */
export type Expression = {
  readonly node: SyntaxNode
  readonly source: string
  /** What a constant of that name was set to; null when it is none. */
  readonly resolve: (name: string, attributes: readonly string[]) => Expression | null
}

/** Why an expression is no JSON literal, as the end of a sentence. */
export class NotJson extends Error {}

const deepestConstant = 20

/** The value of a literal: numbers, strings, lists, tuples, dicts, and names of constants. @throws NotJson */
export function evaluateLiteral(expression: Expression, depth = 0): JsonValue {
  if (depth > deepestConstant) throw new NotJson('it refers to itself')
  const { node, source } = expression
  const inner = (child: SyntaxNode) => evaluateLiteral({ ...expression, node: child }, depth)
  const written = source.slice(node.start, node.end)
  switch (node.type) {
    case 'true':
      return true
    case 'false':
      return false
    case 'none':
      return null
    case 'integer':
      return toInteger(written)
    case 'float':
      return toFloat(written)
    case 'string':
      return toText(written)
    case 'concatenated_string':
      return namedChildren(node)
        .map((part) => toText(source.slice(part.start, part.end)))
        .join('')
    case 'parenthesized_expression':
      return inner(namedChildren(node)[0] as SyntaxNode)
    case 'unary_operator':
      return toSigned(node, inner)
    case 'list':
    case 'tuple':
      return namedChildren(node).map((child) => {
        if (child.type === 'list_splat') throw new NotJson('it unpacks another value')
        return inner(child)
      })
    case 'dictionary':
      return toObject(node, inner)
    case 'identifier':
    case 'attribute':
      return followConstant(expression, written, depth)
    default:
      throw new NotJson(nameOfKind[node.type] ?? 'it is computed when the module runs')
  }
}

const nameOfKind: Readonly<Record<string, string>> = {
  set: 'a set has no form in JSON',
  lambda: 'a function has no form in JSON',
  call: 'it is the result of a call',
  list_comprehension: 'it is computed when the module runs',
  ellipsis: '... has no form in JSON',
}

function followConstant(expression: Expression, written: string, depth: number): JsonValue {
  const names = written.replace(/\s/g, '').split('.')
  const found = names.every((name) => /^\w+$/u.test(name))
    ? expression.resolve(names[0] as string, names.slice(1))
    : null
  if (!found) throw new NotJson(`${written} is not a constant that can be read without running the module`)
  return evaluateLiteral(found, depth + 1)
}

function toSigned(node: SyntaxNode, inner: (child: SyntaxNode) => JsonValue): JsonValue {
  const operator = node.children[0]?.type
  const value = inner(childOf(node, 'argument') as SyntaxNode)
  if (typeof value !== 'number' || (operator !== '-' && operator !== '+'))
    throw new NotJson('it is computed when the module runs')
  return operator === '-' ? -value : value
}

function toObject(node: SyntaxNode, inner: (child: SyntaxNode) => JsonValue): JsonValue {
  const entries = namedChildren(node).map((pair): [string, JsonValue] => {
    const key = childOf(pair, 'key')
    const value = childOf(pair, 'value')
    if (pair.type !== 'pair' || !key || !value) throw new NotJson('it unpacks another value')
    const name = inner(key)
    if (typeof name !== 'string') throw new NotJson('its keys are not texts')
    return [name, inner(value)]
  })
  return Object.fromEntries(entries)
}

function toInteger(written: string): number {
  const digits = written.replaceAll('_', '')
  const value = Number(digits)
  if (/[jJ]$/.test(digits)) throw new NotJson('a complex number has no form in JSON')
  if (!Number.isSafeInteger(value)) throw new NotJson('it is larger than 2^53, where JSON numbers stop being exact')
  return value
}

function toFloat(written: string): number {
  const value = Number(written.replaceAll('_', ''))
  if (/[jJ]$/.test(written)) throw new NotJson('a complex number has no form in JSON')
  if (!Number.isFinite(value)) throw new NotJson('it is larger than JSON can hold')
  return value
}

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
}

function toText(written: string): string {
  const match = /^([A-Za-z]*)('''|"""|'|")([\s\S]*)\2$/.exec(written)
  if (!match) throw new NotJson('it cannot be read as a text')
  const prefix = (match[1] as string).toLowerCase()
  const body = (match[3] as string).replaceAll('\r\n', '\n')
  if (prefix.includes('f') || prefix.includes('t')) throw new NotJson('it is computed when the module runs')
  if (prefix.includes('b')) throw new NotJson('bytes have no form in JSON')
  if (prefix.includes('r')) return body
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|N\{[^}]*\}|([\s\S]))/g,
    (whole, x, u, longU, octal, simple) => {
      if (x ?? u ?? longU) return String.fromCodePoint(Number.parseInt(x ?? u ?? longU, 16))
      if (octal) return String.fromCodePoint(Number.parseInt(octal, 8))
      if (simple === undefined) throw new NotJson('it names a character that only Python can look up')
      return simpleEscapes[simple] ?? whole
    },
  )
}
