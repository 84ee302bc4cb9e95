import { fail } from '../domain/failure.ts'
import type { TableColumn, TableComparison, TableCondition, TableTextMatch } from '../domain/table.ts'
import type { Ask } from './duckdb-session.ts'
import { quoteName } from './source-queries.ts'

/** A condition in the engine's words. Values never stand in the text: they are its parameters, in order. */
export type Where = { readonly sql: string; readonly values: readonly string[] }

const mostParts = 500
const deepest = 20

const signs: Readonly<Record<TableComparison, string>> = {
  equal: 'IS NOT DISTINCT FROM',
  notEqual: 'IS DISTINCT FROM',
  less: '<',
  atMost: '<=',
  more: '>',
  atLeast: '>=',
}

const matches: Readonly<Record<TableTextMatch, (text: string, value: string, matchCase: boolean) => string>> = {
  contains: (text, value, matchCase) => `contains(${fold(text, matchCase)}, ${fold(value, matchCase)})`,
  startsWith: (text, value, matchCase) => `starts_with(${fold(text, matchCase)}, ${fold(value, matchCase)})`,
  endsWith: (text, value, matchCase) => `ends_with(${fold(text, matchCase)}, ${fold(value, matchCase)})`,
  matches: (text, value, matchCase) => `regexp_matches(${text}, ${value}, ${matchCase ? "'c'" : "'i'"})`,
}

const fold = (sql: string, matchCase: boolean) => (matchCase ? sql : `lower(${sql})`)

/**
 * Every value is tried as its column's type first, so that a wrong one is told by its column.
 * @throws tables/badCondition, tables/columnNotFound
 */
export async function toWhere(
  ask: Ask,
  condition: TableCondition | null,
  columns: readonly TableColumn[],
): Promise<Where> {
  if (condition === null) return { sql: '', values: [] }
  const values: string[] = []
  const writer = createWriter(columns, (value) => `$${values.push(value)}`)
  const sql = writer.write(condition, 0)
  for (const { column, type, value, shown } of writer.typed) {
    const [[isWrong] = []] = await ask(`SELECT TRY_CAST($1 AS ${type}) IS NULL`, [value])
    if (isWrong) throw fail('tables/badCondition', { column, problem: `"${value}" is no ${shown}` })
  }
  for (const { column, value } of writer.patterns) await tryPattern(ask, column, value)
  return { sql: `WHERE ${sql}`, values }
}

/** The condition as text that stands for itself, for people to take along. */
export function writeCondition(condition: TableCondition, columns: readonly TableColumn[]): string {
  return createWriter(columns, (value) => `'${value.replaceAll("'", "''")}'`).write(condition, 0)
}

function createWriter(columns: readonly TableColumn[], bind: (value: string) => string) {
  const known = new Map(columns.map((column) => [column.name, column]))
  const typed: { column: string; type: string; value: string; shown: string }[] = []
  const patterns: { column: string; value: string }[] = []
  let parts = 0

  const find = (name: string): TableColumn => {
    const column = known.get(name)
    if (!column) throw fail('tables/columnNotFound', { column: name })
    return column
  }

  /** Both sides in the type that they are compared as. Lists, bytes and categories are compared as they read. */
  const sides = (column: TableColumn, value: string): readonly [string, string] => {
    const name = quoteName(column.name)
    if (column.kind === 'text' && column.type === 'VARCHAR') return [name, bind(value)]
    if (!['number', 'time', 'boolean'].includes(column.kind)) return [`CAST(${name} AS VARCHAR)`, bind(value)]
    const isFraction = /INT/.test(column.type) && !/^\s*[+-]?\d+\s*$/.test(value)
    const type = isFraction ? 'DOUBLE' : column.type
    typed.push({ column: column.name, type, value, shown: column.type })
    return [isFraction ? `CAST(${name} AS DOUBLE)` : name, `CAST(${bind(value)} AS ${type})`]
  }

  const write = (condition: TableCondition, depth: number): string => {
    if (++parts > mostParts || depth > deepest)
      throw fail('tables/badCondition', { column: '', problem: 'it has too many parts' })
    switch (condition.kind) {
      case 'all':
      case 'any': {
        if (condition.of.length === 0) return condition.kind === 'all' ? 'true' : 'false'
        const word = condition.kind === 'all' ? ' AND ' : ' OR '
        return `(${condition.of.map((part) => write(part, depth + 1)).join(word)})`
      }
      case 'not':
        // A missing value fails a comparison, so it passes the opposite.
        return `((${write(condition.of, depth + 1)}) IS NOT TRUE)`
      case 'compare': {
        const [left, right] = sides(find(condition.column), condition.value)
        return `(${left} ${signs[condition.is]} ${right})`
      }
      case 'between': {
        const column = find(condition.column)
        const [low, from] = sides(column, condition.from)
        const [high, to] = sides(column, condition.to)
        return `(${low} >= ${from} AND ${high} <= ${to})`
      }
      case 'oneOf': {
        const column = find(condition.column)
        const each = condition.values.map((value) => sides(column, value).join(' = '))
        return each.length === 0 ? 'false' : `(${each.join(' OR ')})`
      }
      case 'text': {
        const column = find(condition.column)
        if (condition.is === 'matches') patterns.push({ column: column.name, value: condition.value })
        const text = `CAST(${quoteName(column.name)} AS VARCHAR)`
        return matches[condition.is](text, bind(condition.value), condition.matchCase)
      }
      case 'missing':
        return `(${quoteName(find(condition.column).name)} IS NULL)`
      case 'nan': {
        const column = find(condition.column)
        return isFloating(column.type) ? `isnan(${quoteName(column.name)})` : 'false'
      }
    }
  }
  return { write, typed, patterns }
}

async function tryPattern(ask: Ask, column: string, pattern: string): Promise<void> {
  try {
    await ask(`SELECT regexp_matches('', $1)`, [pattern])
  } catch (error) {
    const problem = (error as Error).message.replace(/^[\w ]+Error: /, '').split('\n')[0] as string
    throw fail('tables/badCondition', { column, problem: `"${pattern}" is no pattern (${problem})` }, { cause: error })
  }
}

export function isFloating(type: string): boolean {
  return type === 'DOUBLE' || type === 'FLOAT'
}
