import { useRef } from 'react'
import { evaluateFilter } from '../../../core/domain/evaluate-filter.ts'
import type { DescribedFailure } from '../../../core/domain/failure.ts'
import { lengthOf } from '../../../core/domain/patch-column.ts'
import { columnsOfFilter, kindOf, type RunColumn, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { sortAllRows, sortRows } from '../../../core/domain/sort-rows.ts'
import { toDescribedFailure } from '../../clients/described-error.ts'
import type { GridSort } from '../../components/grid.tsx'
import type { RunColumns } from '../../live/run-columns-store.ts'

export type RunsOrder = {
  /** The rows that match, as they are shown. */
  readonly rows: Uint32Array
  /** What is wrong with the filter; the rows are then those of the last good one. */
  readonly problem: DescribedFailure | null
  /** Columns that the filter or the sort still wait for. */
  readonly waitsFor: readonly RunColumnName[]
}

type Made = { readonly of: readonly unknown[]; readonly order: RunsOrder }

const nothing: RunsOrder = { rows: new Uint32Array(), problem: null, waitsFor: [] }

/** Which runs, in which order. Made anew only when the filter, the sort or a column that they read has changed. */
export function useRunsOrder(columns: RunColumns, count: number, filter: string, sort: readonly GridSort[]): RunsOrder {
  const made = useRef<Made>({ of: [], order: nothing })
  let filtering: readonly RunColumnName[]
  try {
    filtering = columnsOfFilter(filter)
  } catch (error) {
    return { ...made.current.order, problem: toDescribedFailure(error) }
  }
  const sorting = sort.map(({ id }) => id as RunColumnName)
  const names = [...new Set([...filtering, ...sorting])]
  const read = names.map((name) => columns.column(name))
  const waitsFor = names.filter((_, index) => read[index] === undefined)
  if (waitsFor.length > 0) {
    const { rows } = made.current.order
    return { rows: rows.length > 0 || made.current.of.length > 0 ? rows : newestFirst(count), problem: null, waitsFor }
  }
  const of = [count, filter, ...sort.flatMap(({ id, descending }) => [id, descending]), ...read]
  if (of.length !== made.current.of.length || of.some((part, index) => part !== made.current.of[index])) {
    const rows = orderOf()
    made.current = { of, order: { rows, problem: null, waitsFor: [] } }
  }
  return made.current.order

  function orderOf(): Uint32Array {
    const byName = new Map(names.map((name, index) => [name, read[index] as RunColumn | null]))
    const column = (name: RunColumnName) => byName.get(name) ?? null
    const keys = sort.map(({ id, descending }) => {
      const name = id as RunColumnName
      return { column: column(name), descending, json: kindOf(name) === 'param' }
    })
    const [only, another] = keys
    if (filter.trim() === '' && only?.column && another === undefined && lengthOf(only.column) === count) {
      return sortAllRows({ ...only, column: only.column })
    }
    const matching = filter.trim() === '' ? newestFirst(count) : matchingRows(evaluateFilter(filter, { count, column }))
    return keys.length === 0 ? matching : sortRows(matching, keys)
  }
}

/** Newest first, as without any sort. */
function matchingRows(holds: Uint8Array): Uint32Array {
  let size = 0
  for (let row = 0; row < holds.length; row++) size += holds[row] as number
  const rows = new Uint32Array(size)
  for (let row = holds.length - 1, at = 0; row >= 0; row--) if (holds[row] === 1) rows[at++] = row
  return rows
}

function newestFirst(count: number): Uint32Array {
  const rows = new Uint32Array(count)
  for (let at = 0; at < count; at++) rows[at] = count - 1 - at
  return rows
}
