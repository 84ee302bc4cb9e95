import {
  type Filter,
  type FilterOperator,
  type FilterSubject,
  type FilterValue,
  parseFilter,
} from './filter-grammar.ts'
import { type NumberColumn, nameOfSubject, type RunColumn, type RunColumnName, type TextColumn } from './run-columns.ts'

export type ColumnsOfRuns = {
  readonly count: number
  /** Null when no run has it. */
  column(name: RunColumnName): RunColumn | null
}

/**
 * One byte for each run: 1 where the filter holds. Means what the filter means to core's records: a run that lacks
 * the thing matches no comparison with it, `!=` included. @throws tracking/badFilter
 */
export function evaluateFilter(filter: string, columns: ColumnsOfRuns): Uint8Array {
  return filter.trim() === '' ? new Uint8Array(columns.count).fill(1) : evaluate(parseFilter(filter), columns)
}

function evaluate(node: Filter, columns: ColumnsOfRuns): Uint8Array {
  switch (node.kind) {
    case 'and':
    case 'or':
      return join(node.kind, evaluate(node.left, columns), evaluate(node.right, columns))
    case 'not': {
      const inner = evaluate(node.filter, columns)
      for (let row = 0; row < inner.length; row++) inner[row] = 1 - (inner[row] as number)
      return inner
    }
    case 'has':
      return match(
        node.subject,
        columns,
        () => true,
        () => true,
      )
    case 'compare':
      return compare(node.subject, node.operator, node.value, columns)
    case 'in':
      return node.values
        .map((value) => compare(node.subject, '=', value, columns))
        .reduce((one, other) => join('or', one, other))
  }
}

function join(by: 'and' | 'or', left: Uint8Array, right: Uint8Array): Uint8Array {
  if (by === 'and') for (let row = 0; row < left.length; row++) (left[row] as number) &= right[row] as number
  else for (let row = 0; row < left.length; row++) (left[row] as number) |= right[row] as number
  return left
}

function compare(
  subject: FilterSubject,
  operator: FilterOperator,
  value: FilterValue,
  columns: ColumnsOfRuns,
): Uint8Array {
  const ofText = testText(operator, value.text)
  switch (subject.of) {
    case 'metric':
    case 'durationMs': {
      const column = columns.column(nameOfSubject(subject))
      if (column?.kind !== 'number') return new Uint8Array(columns.count)
      return compareNumbers(column, operator, value.number as number)
    }
    case 'param': {
      const column = columns.column(nameOfSubject(subject))
      const isNumber = operator !== 'like' && value.number !== null && !value.quoted
      if (column?.kind === 'number' && isNumber) return compareNumbers(column, operator, value.number as number)
      const test = testParam(operator, value)
      return match(
        subject,
        columns,
        (number) => test(number, String(number)),
        (json) => test(JSON.parse(json), json),
      )
    }
    default:
      return match(subject, columns, (number) => ofText(String(number)), ofText)
  }
}

function match(
  subject: FilterSubject,
  columns: ColumnsOfRuns,
  ofNumber: (value: number) => boolean,
  ofText: (value: string) => boolean,
): Uint8Array {
  const column = columns.column(nameOfSubject(subject))
  if (column === null) return new Uint8Array(columns.count)
  return column.kind === 'number' ? matchNumbers(column, ofNumber) : matchTexts(column, ofText)
}

function matchNumbers({ values, has }: NumberColumn, test: (value: number) => boolean): Uint8Array {
  const out = new Uint8Array(values.length)
  for (let row = 0; row < out.length; row++) out[row] = has[row] === 1 && test(values[row] as number) ? 1 : 0
  return out
}

/** NaN differs from every number and comes neither before nor after one. Of millions of rows: a loop for each operator. */
function compareNumbers({ values, has }: NumberColumn, operator: FilterOperator, target: number): Uint8Array {
  const count = values.length
  const out = new Uint8Array(count)
  if (Number.isNaN(target)) {
    const wanted = operator === '=' ? 1 : operator === '!=' ? 0 : null
    if (wanted === null) return out
    for (let row = 0; row < count; row++) out[row] = (Number.isNaN(values[row]) ? 1 : 0) === wanted ? 1 : 0
  } else if (operator === '=') for (let row = 0; row < count; row++) out[row] = values[row] === target ? 1 : 0
  else if (operator === '!=') for (let row = 0; row < count; row++) out[row] = values[row] !== target ? 1 : 0
  else if (operator === '<') for (let row = 0; row < count; row++) out[row] = (values[row] as number) < target ? 1 : 0
  else if (operator === '<=') for (let row = 0; row < count; row++) out[row] = (values[row] as number) <= target ? 1 : 0
  else if (operator === '>') for (let row = 0; row < count; row++) out[row] = (values[row] as number) > target ? 1 : 0
  else if (operator === '>=') for (let row = 0; row < count; row++) out[row] = (values[row] as number) >= target ? 1 : 0
  for (let row = 0; row < count; row++) (out[row] as number) &= has[row] as number
  return out
}

/** Each word is looked at once, however many runs say it. */
function matchTexts({ codes, dictionary }: TextColumn, test: (value: string) => boolean): Uint8Array {
  const holds = new Uint8Array(dictionary.length + 1)
  for (const [index, word] of dictionary.entries()) holds[index + 1] = test(word) ? 1 : 0
  const out = new Uint8Array(codes.length)
  for (let row = 0; row < out.length; row++) out[row] = holds[codes[row] as number] as number
  return out
}

const never = (): boolean => false

function testNumber(operator: FilterOperator, target: number): (value: number) => boolean {
  return Number.isNaN(target) || operator === 'like' ? never : testOrder(operator, target)
}

function testText(operator: FilterOperator, target: string): (value: string) => boolean {
  return operator === 'like' ? testLike(target) : testOrder(operator, target)
}

function testOrder<Value extends number | string>(
  operator: Exclude<FilterOperator, 'like'>,
  target: Value,
): (value: Value) => boolean {
  switch (operator) {
    case '=':
      return (value) => value === target
    case '!=':
      return (value) => value !== target
    case '<':
      return (value) => value < target
    case '<=':
      return (value) => value <= target
    case '>':
      return (value) => value > target
    case '>=':
      return (value) => value >= target
  }
}

/** Numbers compare as numbers, texts as texts, `true`, `false` and `null` as themselves. */
function testParam(operator: FilterOperator, value: FilterValue): (param: unknown, json: string) => boolean {
  if (operator === 'like') {
    const isLike = testLike(value.text)
    return (param) => param !== null && isLike(toPlainText(param))
  }
  if (value.number !== null && !value.quoted) {
    const test = testNumber(operator, value.number)
    return (param) => typeof param === 'number' && test(param)
  }
  const asText = JSON.stringify(value.text)
  if (operator === '=') return (_, json) => json === asText || json === value.text
  if (operator === '!=') return (_, json) => json !== asText && json !== value.text
  const test = testText(operator, value.text)
  return (param) => typeof param === 'string' && test(param)
}

/** What SQLite takes out of JSON: truth is 1, structures stay JSON. */
function toPlainText(param: unknown): string {
  if (typeof param === 'boolean') return param ? '1' : '0'
  return typeof param === 'object' ? JSON.stringify(param) : String(param)
}

/** As SQLite's LIKE: `%` is anything, `_` one character, and the case of a–z does not count. */
function testLike(pattern: string): (value: string) => boolean {
  const source = [...lower(pattern)]
    .map((letter) => (letter === '%' ? '.*' : letter === '_' ? '.' : letter.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')))
    .join('')
  const expression = new RegExp(`^${source}$`, 'su')
  return (value) => expression.test(lower(value))
}

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
