import type { TableColumn, TableComparison, TableCondition, TableTextMatch } from '../domain/table.ts'

/** How one data-frame library says what a condition asks. `column` and `value` are already in its words. */
export type FrameWords = {
  column(name: string): string
  time(text: string): string
  compare(column: string, is: TableComparison, value: string): string
  between(column: string, from: string, to: string): string
  oneOf(column: string, values: readonly string[]): string
  text(column: string, is: TableTextMatch, value: string, matchCase: boolean): string
  missing(column: string): string
  nan(column: string): string
  not(condition: string): string
  readonly always: Readonly<Record<'true' | 'false', string>>
}

/** A Python string; JSON's escapes are Python's too. */
export function python(text: string): string {
  return JSON.stringify(text)
}

const signs: Readonly<Record<TableComparison, string>> = {
  equal: '==',
  notEqual: '!=',
  less: '<',
  atMost: '<=',
  more: '>',
  atLeast: '>=',
}

export const pandasWords: FrameWords = {
  column: (name) => `table[${python(name)}]`,
  time: (text) => `pd.Timestamp(${python(text)})`,
  compare: (column, is, value) => `(${column} ${signs[is]} ${value})`,
  between: (column, from, to) => `${column}.between(${from}, ${to})`,
  oneOf: (column, values) => `${column}.isin([${values.join(', ')}])`,
  text(column, is, value, matchCase) {
    const own = `${column}.astype("string")`
    if (is === 'contains' || is === 'matches')
      return `${own}.str.contains(${python(value)}, case=${matchCase ? 'True' : 'False'}, regex=${is === 'matches' ? 'True' : 'False'}, na=False)`
    const folded = matchCase ? own : `${own}.str.lower()`
    return `${folded}.str.${is.toLowerCase()}(${python(matchCase ? value : value.toLowerCase())}, na=False)`
  },
  missing: (column) => `${column}.isna()`,
  nan: (column) => `${column}.isna()`,
  not: (condition) => `~${condition}`,
  always: { true: 'table.index.notna()', false: 'table.index.isna()' },
}

export const polarsWords: FrameWords = {
  column: (name) => `pl.col(${python(name)})`,
  time: (text) => `pl.lit(${python(text)}).str.to_datetime()`,
  compare(column, is, value) {
    if (is === 'equal') return `${column}.eq_missing(${value})`
    if (is === 'notEqual') return `${column}.ne_missing(${value})`
    return `(${column} ${signs[is]} ${value})`
  },
  between: (column, from, to) => `${column}.is_between(${from}, ${to})`,
  oneOf: (column, values) => `${column}.is_in([${values.join(', ')}])`,
  text(column, is, value, matchCase) {
    const own = `${column}.cast(pl.String)`
    if (is === 'matches') return `${own}.str.contains(${python(matchCase ? value : `(?i)${value}`)})`
    const folded = matchCase ? own : `${own}.str.to_lowercase()`
    const wanted = python(matchCase ? value : value.toLowerCase())
    if (is === 'contains') return `${folded}.str.contains(${wanted}, literal=True)`
    return `${folded}.str.${is === 'startsWith' ? 'starts_with' : 'ends_with'}(${wanted})`
  },
  missing: (column) => `${column}.is_null()`,
  nan: (column) => `${column}.is_nan()`,
  not: (condition) => `~${condition}.fill_null(False)`,
  always: { true: 'pl.lit(True)', false: 'pl.lit(False)' },
}

/** Writes a condition with one library's words. */
export function createFrameWords(words: FrameWords, columns: readonly TableColumn[]) {
  const kinds = new Map(columns.map(({ name, kind }) => [name, kind]))
  const value = (column: string, text: string): string => {
    const kind = kinds.get(column)
    if (kind === 'number')
      return /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text.trim()) ? text.trim() : `float(${python(text)})`
    if (kind === 'boolean') return /^(t|true|1|yes|y)$/i.test(text.trim()) ? 'True' : 'False'
    return kind === 'time' ? words.time(text) : python(text)
  }
  const write = (condition: TableCondition): string => {
    switch (condition.kind) {
      case 'all':
      case 'any': {
        if (condition.of.length === 0) return words.always[condition.kind === 'all' ? 'true' : 'false']
        if (condition.of.length === 1) return write(condition.of[0] as TableCondition)
        return `(${condition.of.map(write).join(condition.kind === 'all' ? ' & ' : ' | ')})`
      }
      case 'not':
        return words.not(`(${write(condition.of)})`)
      case 'compare':
        return words.compare(words.column(condition.column), condition.is, value(condition.column, condition.value))
      case 'between': {
        const { column, from, to } = condition
        return words.between(words.column(column), value(column, from), value(column, to))
      }
      case 'oneOf':
        return words.oneOf(
          words.column(condition.column),
          condition.values.map((text) => value(condition.column, text)),
        )
      case 'text':
        return words.text(words.column(condition.column), condition.is, condition.value, condition.matchCase)
      case 'missing':
        return words.missing(words.column(condition.column))
      case 'nan':
        return words.nan(words.column(condition.column))
    }
  }
  return { write }
}
