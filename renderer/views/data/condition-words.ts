import type { TableColumn, TableColumnKind, TableCondition } from '../../../core/domain/table.ts'

/** One way to ask something of a column, as the filter bar offers it. */
export type Asking = {
  readonly id: string
  readonly words: string
  readonly values: 0 | 1 | 2 | 'many'
  readonly make: (column: string, values: readonly string[]) => TableCondition
}

const compare = (id: 'equal' | 'notEqual' | 'less' | 'atMost' | 'more' | 'atLeast', words: string): Asking => ({
  id,
  words,
  values: 1,
  make: (column, [value = '']) => ({ kind: 'compare', column, is: id, value }),
})
const text = (id: 'contains' | 'startsWith' | 'endsWith' | 'matches', words: string): Asking => ({
  id,
  words,
  values: 1,
  make: (column, [value = '']) => ({ kind: 'text', column, is: id, value, matchCase: false }),
})
const equal = compare('equal', 'is')
const notEqual = compare('notEqual', 'is not')
const oneOf: Asking = {
  id: 'oneOf',
  words: 'is one of',
  values: 'many',
  make: (column, values) => ({ kind: 'oneOf', column, values }),
}
const missing: Asking = { id: 'missing', words: 'is null', values: 0, make: (column) => ({ kind: 'missing', column }) }
const present: Asking = {
  id: 'present',
  words: 'is not null',
  values: 0,
  make: (column) => ({ kind: 'not', of: { kind: 'missing', column } }),
}
const nan: Asking = { id: 'nan', words: 'is NaN', values: 0, make: (column) => ({ kind: 'nan', column }) }
const between: Asking = {
  id: 'between',
  words: 'is between',
  values: 2,
  make: (column, [from = '', to = '']) => ({ kind: 'between', column, from, to }),
}
const orders = [compare('more', '>'), compare('atLeast', '≥'), compare('less', '<'), compare('atMost', '≤'), between]
const texts = [
  text('contains', 'contains'),
  text('startsWith', 'starts with'),
  text('endsWith', 'ends with'),
  text('matches', 'matches pattern'),
]

/** What can be asked of a column, the likeliest first. */
export const askingsOf: Readonly<Record<TableColumnKind, readonly Asking[]>> = {
  number: [equal, notEqual, ...orders, oneOf, missing, present, nan],
  text: [...texts.slice(0, 1), equal, notEqual, oneOf, ...texts.slice(1), missing, present],
  boolean: [equal, missing, present],
  time: [orders[1], orders[0], orders[3], orders[2], between, equal, missing, present].filter(
    (asking) => asking !== undefined,
  ),
  nested: [...texts.slice(0, 1), missing, present],
  bytes: [missing, present],
}

const signs = { equal: '=', notEqual: '≠', less: '<', atMost: '≤', more: '>', atLeast: '≥' } as const
const verbs = { contains: 'contains', startsWith: 'starts with', endsWith: 'ends with', matches: 'matches' } as const

/** A condition in one line, for a pill. */
export function describeCondition(condition: TableCondition): string {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.map(describeCondition).join(condition.kind === 'all' ? ' and ' : ' or ')
    case 'not':
      return condition.of.kind === 'missing'
        ? `${condition.of.column} is not null`
        : `not (${describeCondition(condition.of)})`
    case 'compare':
      return `${condition.column} ${signs[condition.is]} ${condition.value === '' ? '""' : condition.value}`
    case 'between':
      return `${condition.from} ≤ ${condition.column} ≤ ${condition.to}`
    case 'oneOf':
      return `${condition.column} in ${condition.values.join(', ')}`
    case 'text':
      return `${condition.column} ${verbs[condition.is]} ${condition.value}`
    case 'missing':
      return `${condition.column} is null`
    case 'nan':
      return `${condition.column} is NaN`
  }
}

export function askingsFor(column: TableColumn | undefined): readonly Asking[] {
  if (column === undefined) return []
  const isFloating = /FLOAT|DOUBLE/.test(column.type)
  return askingsOf[column.kind].filter(({ id }) => id !== 'nan' || isFloating)
}
