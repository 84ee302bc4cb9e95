import { create } from 'zustand'
import type {
  TableColumn,
  TableCondition,
  TableReading,
  TableSort,
  TableSource,
  TableView,
} from '../../../core/domain/table.ts'

/** One pill of the filter bar. */
export type Pill = { readonly condition: TableCondition; readonly isOff: boolean }

/** How a person looks at a table: kept while the window is open, so that coming back finds it again. */
export type TableLook = {
  readonly reading: TableReading
  readonly pills: readonly Pill[]
  readonly join: 'all' | 'any'
  readonly sort: readonly TableSort[]
  /** Columns by their order; those not named follow in the table's own. */
  readonly order: readonly string[]
  readonly hidden: readonly string[]
  readonly pinned: readonly string[]
  readonly widths: Readonly<Record<string, number>>
  readonly chosenColumn: string | null
  /** A value that is looked at: its column and its row in the source. */
  readonly inspected: { readonly column: string; readonly row: number } | null
}

const plain: TableLook = {
  reading: {},
  pills: [],
  join: 'all',
  sort: [],
  order: [],
  hidden: [],
  pinned: [],
  widths: {},
  chosenColumn: null,
  inspected: null,
}

const useLooks = create<{ readonly looks: Readonly<Record<string, TableLook>> }>(() => ({ looks: {} }))

export function keyOfSource(source: TableSource): string {
  if (source.kind === 'version') return `version ${source.dataset} ${source.path}`
  return source.kind === 'file' ? `file ${source.path}` : `artifact ${source.reference}`
}

export function useLook(key: string): TableLook {
  return useLooks((state) => state.looks[key] ?? plain)
}

export function changeLook(key: string, change: Partial<TableLook> | ((look: TableLook) => Partial<TableLook>)): void {
  useLooks.setState(({ looks }) => {
    const look = looks[key] ?? plain
    return { looks: { ...looks, [key]: { ...look, ...(typeof change === 'function' ? change(look) : change) } } }
  })
}

/** What is asked of core: the pills that are on, and the sort, as far as the table still has the columns. */
export function toView({ pills, join, sort }: TableLook, columns: readonly TableColumn[]): TableView {
  const known = new Set(columns.map(({ name }) => name))
  const on = pills.filter(({ isOff }) => !isOff).map(({ condition }) => condition)
  return {
    condition: on.length === 0 ? null : { kind: join, of: on },
    sort: sort.filter(({ column }) => known.has(column)),
  }
}

/** Pinned ones first, then the order that was chosen, without what is hidden. */
export function arrangeColumns(look: TableLook, columns: readonly TableColumn[]): readonly TableColumn[] {
  const place = new Map(look.order.map((name, index) => [name, index]))
  const ordered = columns
    .map((column, index) => ({ column, at: place.get(column.name) ?? look.order.length + index }))
    .sort((a, b) => a.at - b.at)
    .map(({ column }) => column)
    .filter(({ name }) => !look.hidden.includes(name))
  const isPinned = ({ name }: TableColumn) => look.pinned.includes(name)
  return [...ordered.filter(isPinned), ...ordered.filter((column) => !isPinned(column))]
}

/** A click sorts by one column and turns it around; with Shift it joins those already sorted by. */
export function nextSort(sort: readonly TableSort[], column: string, isFurther: boolean): readonly TableSort[] {
  const now = sort.find((one) => one.column === column)
  const next =
    now === undefined ? [{ column, descending: false }] : now.descending ? [] : [{ column, descending: true }]
  if (!isFurther) return next
  if (now === undefined) return [...sort, ...next]
  return sort.flatMap((one) => (one.column === column ? next : [one]))
}
