import { missing, rankRows } from '../../core/domain/rank-rows.ts'
import type { RunColumn } from '../../core/domain/run-columns.ts'

/** A column as places along an axis: numbers as they are, words by their order. What is missing is NaN. */
export type AxisValues = { readonly values: Float64Array; readonly words: readonly string[] | null }

const known = new WeakMap<RunColumn, AxisValues>()
const none: AxisValues = { values: new Float64Array(), words: null }

export function axisValues(column: RunColumn | null, json: boolean): AxisValues {
  if (column === null) return none
  const before = known.get(column)
  if (before) return before
  const made = column.kind === 'number' ? ofNumbers(column) : ofWords(column, json)
  known.set(column, made)
  return made
}

function ofNumbers({ values, has }: Extract<RunColumn, { kind: 'number' }>): AxisValues {
  const out = values.slice()
  for (let row = 0; row < out.length; row++) if (has[row] === 0) out[row] = Number.NaN
  return { values: out, words: null }
}

function ofWords(column: Extract<RunColumn, { kind: 'text' }>, json: boolean): AxisValues {
  const ranks = rankRows(column, json)
  const words: string[] = Array(ranks.places).fill('')
  const values = new Float64Array(column.codes.length)
  for (let row = 0; row < values.length; row++) {
    const rank = ranks.of[row] as number
    values[row] = rank === missing ? Number.NaN : rank
    if (rank !== missing && words[rank] === '')
      words[rank] = plain(column.dictionary[(column.codes[row] as number) - 1] ?? '', json)
  }
  return { values, words }
}

function plain(word: string, json: boolean): string {
  return json && word.startsWith('"') ? (JSON.parse(word) as string) : word
}
