import { useRef } from 'react'
import { aggregate, groupRows, type RunGroup } from '../../../core/domain/group-rows.ts'
import { kindOf, type RunColumn, type RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'
import type { RunsLayout } from './runs-layout.ts'

export type GroupLine = RunGroup & {
  /** Tells it from all others, also after a sort. */
  readonly key: string
  readonly level: number
  readonly by: RunColumnName
  readonly isOpen: boolean
}

/** What stands in the table, line by line: a run by its row, or a group of runs. */
export type RunLines = {
  readonly count: number
  at(line: number): number | GroupLine
  /** Every group that exists now, open or not. */
  readonly groups: readonly GroupLine[]
}

type Grouping = Pick<RunsLayout, 'groupBy' | 'aggregate' | 'sort'>
type ReadColumn = (name: RunColumnName) => RunColumn | null

/** Groups, and under each that is open what it holds. */
export function linesOf(
  rows: Uint32Array,
  { groupBy, aggregate: how, sort }: Grouping,
  opened: ReadonlySet<string>,
  column: ReadColumn,
): RunLines {
  if (groupBy.length === 0) return { count: rows.length, at: (line) => rows[line] as number, groups: [] }
  const lines: (number | GroupLine)[] = []
  const groups: GroupLine[] = []
  const [first] = sort
  function add(some: Uint32Array, level: number, path: readonly unknown[]): void {
    const by = groupBy[level]
    if (by === undefined) {
      for (const row of some) lines.push(row)
      return
    }
    const found = groupRows(some, column(by), kindOf(by) === 'param')
    const sorting = first ? column(first.id as RunColumnName) : null
    for (const group of inOrder(found, by, first, sorting, how)) {
      const key = JSON.stringify([...path, group.value])
      const line: GroupLine = { ...group, key, level, by, isOpen: opened.has(key) }
      lines.push(line)
      groups.push(line)
      if (line.isOpen) add(group.rows, level + 1, [...path, group.value])
    }
  }
  add(rows, 0, [])
  return { count: lines.length, at: (line) => lines[line] as number | GroupLine, groups }
}

/** By what the table is sorted by: the value that they share, or the numbers that are summed up; else by the value. */
function inOrder(
  groups: readonly RunGroup[],
  by: RunColumnName,
  sort: RunsLayout['sort'][number] | undefined,
  sorting: RunColumn | null,
  how: RunsLayout['aggregate'],
): readonly RunGroup[] {
  if (sort === undefined) return groups
  if (sort.id === by) {
    if (!sort.descending) return groups
    return [...groups.filter(({ value }) => value !== null).reverse(), ...groups.filter(({ value }) => value === null)]
  }
  if (sorting?.kind !== 'number') return groups
  const sums = new Map(groups.map((group) => [group, aggregate(sorting, group.rows, how)]))
  const sign = sort.descending ? -1 : 1
  return [...groups].sort((a, b) => {
    const [one, other] = [sums.get(a) ?? null, sums.get(b) ?? null]
    if (one === null || other === null) return Number(one === null) - Number(other === null)
    return sign * (one - other)
  })
}

type Made = { readonly of: readonly unknown[]; readonly lines: RunLines }

/** Made anew only when the rows, the grouping or a column that it reads has changed. */
export function useRunLines(
  columns: RunColumns,
  rows: Uint32Array,
  layout: RunsLayout,
  opened: ReadonlySet<string>,
): { readonly lines: RunLines; readonly waitsFor: readonly RunColumnName[] } {
  const made = useRef<Made | null>(null)
  const names = [...layout.groupBy, ...layout.sort.slice(0, 1).map(({ id }) => id as RunColumnName)]
  const waitsFor = names.filter((name) => columns.column(name) === undefined)
  const isReady = waitsFor.length === 0
  const grouping: Grouping = isReady ? layout : { ...layout, groupBy: [] }
  const of = [
    rows,
    opened,
    grouping.aggregate,
    JSON.stringify([grouping.groupBy, grouping.sort]),
    ...names.map((name) => columns.column(name)),
  ]
  const before = made.current
  if (before === null || before.of.length !== of.length || before.of.some((part, index) => part !== of[index])) {
    const lines = linesOf(rows, grouping, opened, (name) => columns.column(name) ?? null)
    made.current = { of, lines }
  }
  return { lines: (made.current as Made).lines, waitsFor: layout.groupBy.length > 0 ? waitsFor : [] }
}
