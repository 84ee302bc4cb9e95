import type { SqlValue } from '../../../core/database/database.ts'
import { fail } from '../../../core/domain/failure.ts'
import {
  type Filter,
  type FilterOperator,
  type FilterSubject,
  type FilterValue,
  type KeyedSubject,
  parseFilter,
} from '../../../core/domain/filter-grammar.ts'

/** A condition on `run`, or an order of it, with the parameters in the order of its question marks. */
export type SqlPart = { readonly sql: string; readonly params: readonly SqlValue[] }

const columns = {
  state: 'run.state',
  experiment: 'run.experiment',
  id: 'run.id',
  startedAt: 'run.started_at',
  durationMs: 'run.duration_ms',
} as const
/** `like` and the comparisons as SQLite spells them; nothing that a person wrote becomes SQL. */
const sqlOperators: Record<FilterOperator, string> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  like: 'LIKE',
}

/**
 * Words become parameters. A run without the metric, param or tag matches no comparison with it, `!=` included;
 * `not` turns exactly what stands after it. @throws tracking/badFilter
 */
export function compileFilter(filter: string | undefined): SqlPart {
  if (filter === undefined || filter.trim() === '') return { sql: '1', params: [] }
  return compile(parseFilter(filter))

  function compile(node: Filter): SqlPart {
    switch (node.kind) {
      case 'and':
      case 'or':
        return join(node.kind === 'and' ? ' AND ' : ' OR ', [compile(node.left), compile(node.right)])
      case 'not': {
        const inner = compile(node.filter)
        return { sql: `NOT COALESCE(${inner.sql}, 0)`, params: inner.params }
      }
      case 'compare':
        return compare(node.subject, node.operator, node.value)
      case 'has':
        return has(node.subject)
      case 'in':
        return join(
          ' OR ',
          node.values.map((value) => compare(node.subject, '=', value)),
        )
    }
  }

  function compare(subject: FilterSubject, operator: FilterOperator, value: FilterValue): SqlPart {
    const sql = sqlOperators[operator]
    switch (subject.of) {
      case 'metric':
        return compareMetric(subject.key, operator, value)
      case 'param':
        return keyed('run_param', subject.key, compareParam(operator, value))
      case 'tag':
        return keyed('run_tag', subject.key, { sql: `value ${sql} ?`, params: [value.text] })
      case 'durationMs':
        return { sql: `${columns.durationMs} ${sql} ?`, params: [value.number] }
      case 'state':
      case 'experiment':
      case 'id':
      case 'startedAt':
        return { sql: `${columns[subject.of]} ${sql} ?`, params: [value.text] }
    }
  }

  function has({ of, key }: KeyedSubject): SqlPart {
    if (of !== 'metric') return keyed(of === 'param' ? 'run_param' : 'run_tag', key, { sql: '1', params: [] })
    const runs = 'SELECT run FROM metric_latest WHERE key = (SELECT number FROM metric_key WHERE name = ?)'
    return { sql: `run.number IN (${runs})`, params: [key] }
  }

  function compareMetric(key: string, operator: FilterOperator, value: FilterValue): SqlPart {
    const number = value.number as number
    const test = Number.isNaN(number) ? testNaN(operator) : testNumber(operator, number)
    return {
      sql: `run.number IN (SELECT run FROM metric_latest
        WHERE key = (SELECT number FROM metric_key WHERE name = ?) AND ${test.sql})`,
      params: [key, ...test.params],
    }
  }
}

/** Sort keys as in `metric.evaluation.accuracy desc`; runs that lack it come last. @throws tracking/badSort */
export function compileSort(sort: string | undefined): SqlPart {
  if (sort === undefined || sort.trim() === '') return { sql: 'run.number DESC', params: [] }
  const refuse = (problem: string) => fail('tracking/badSort', { sort, problem })
  const match = /^(.+?)(?:\s+(asc|desc))?$/is.exec(sort.trim()) as RegExpExecArray
  const direction = match[2]?.toLowerCase() === 'desc' ? 'DESC' : 'ASC'
  const [, of, quotedKey, plainKey] = /^(metric|param|tag)s?\.(?:"(.*)"|(.+))$/is.exec(match[1] as string) ?? []
  const tail = `${direction}, run.number DESC`
  if (of === undefined) {
    const name = match[1] as keyof typeof columns
    const column = Object.hasOwn(columns, name) ? columns[name] : null
    if (column === null) throw refuse(`"${match[1]}" is nothing that runs have`)
    return { sql: `${column} IS NULL, ${column} ${tail}`, params: [] }
  }
  const value = sortValues[of.toLowerCase() as keyof typeof sortValues]
  const key = (quotedKey ?? plainKey) as string
  return { sql: `(${value}) IS NULL, (${value}) ${tail}`, params: [key, key] }
}

const sortValues = {
  metric: `SELECT value FROM metric_latest WHERE run = run.number AND key = (SELECT number FROM metric_key WHERE name = ?)`,
  param: `SELECT json_extract(value, '$') FROM run_param WHERE run = run.number AND key = ?`,
  tag: `SELECT value FROM run_tag WHERE run = run.number AND key = ?`,
} as const

function join(by: string, parts: readonly SqlPart[]): SqlPart {
  return { sql: `(${parts.map((part) => part.sql).join(by)})`, params: parts.flatMap((part) => part.params) }
}

function keyed(table: 'run_param' | 'run_tag', key: string, test: SqlPart): SqlPart {
  return {
    sql: `EXISTS (SELECT 1 FROM ${table} WHERE run = run.number AND key = ? AND ${test.sql})`,
    params: [key, ...test.params],
  }
}

/** Params are canonical JSON: numbers compare as numbers, texts as texts, `true`, `false` and `null` as themselves. */
function compareParam(operator: FilterOperator, value: FilterValue): SqlPart {
  const sql = sqlOperators[operator]
  if (operator === 'like') return { sql: `json_extract(value, '$') LIKE ?`, params: [value.text] }
  if (value.number !== null && !value.quoted) {
    return {
      sql: `json_type(value) IN ('integer', 'real') AND json_extract(value, '$') ${sql} ?`,
      params: [value.number],
    }
  }
  const asText = JSON.stringify(value.text)
  if (operator === '=') return { sql: 'value IN (?, ?)', params: [asText, value.text] }
  if (operator === '!=') return { sql: 'value NOT IN (?, ?)', params: [asText, value.text] }
  return { sql: `json_type(value) = 'text' AND json_extract(value, '$') ${sql} ?`, params: [value.text] }
}

/** NaN stands as no value: it differs from every number and comes neither before nor after one. */
function testNumber(operator: FilterOperator, number: number): SqlPart {
  const sql = `value ${sqlOperators[operator]} ?`
  return { sql: operator === '!=' ? `(${sql} OR value IS NULL)` : sql, params: [number] }
}

function testNaN(operator: FilterOperator): SqlPart {
  if (operator === '=') return { sql: 'value IS NULL', params: [] }
  return { sql: operator === '!=' ? 'value IS NOT NULL' : '0', params: [] }
}
