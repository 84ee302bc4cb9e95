// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its rows
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import styles from './table.module.css'
import { moveInGrid } from './table-keys.ts'

export type TableColumn<Row> = {
  readonly id: string
  readonly title: string
  /** A small line under the title, a type for example. */
  readonly note?: string
  readonly width?: number
  readonly align?: 'start' | 'end'
  /** What sorting compares and copying takes. */
  readonly value: (row: Row) => string | number | boolean | null
  /** What is shown; the value itself when absent. */
  readonly cell?: (row: Row) => ReactNode
  readonly sortable?: boolean
}

type TableProps<Row> = {
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly TableColumn<Row>[]
  readonly rowId: (row: Row, index: number) => string
  /** Rows that are marked; given together with `onSelect`. */
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (selected: ReadonlySet<string>) => void
  readonly onOpen?: (row: Row) => void
  /** Further single keys while the grid has the focus: `c` compares, … */
  readonly onKey?: (key: string, row: Row) => void
  readonly sort?: SortingState
  readonly empty?: ReactNode
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })
const rowHeight = 28
const headHeight = 30
const usualWidth = 130

/** A grid whose rows and columns exist only while they are in sight. Arrows walk it, Enter opens, Space marks. */
export function Table<Row extends object>(props: TableProps<Row>) {
  const { label, rows: data, columns, rowId, selected, onSelect, onOpen, onKey, empty } = props
  const [sorting, setSorting] = useState<SortingState>(props.sort ?? [])
  const [active, setActive] = useState({ row: 0, column: 0 })
  const place = useRef<HTMLDivElement>(null)
  const id = useId()
  const definitions = useMemo<ColumnDef<typeof features, Row>[]>(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: Row) => column.value(row) ?? undefined,
        sortFn: compareValues,
        sortUndefined: 'last',
        enableSorting: column.sortable ?? true,
      })) as ColumnDef<typeof features, Row>[],
    [columns],
  )
  const table = useTable({
    features,
    columns: definitions,
    data: data as Row[],
    getRowId: rowId,
    state: { sorting },
    onSortingChange: setSorting,
  })
  const rows = table.getRowModel().rows
  const lines = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    paddingStart: headHeight,
    scrollPaddingStart: headHeight,
  })
  const fields = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => place.current,
    estimateSize: (index) => columns[index]?.width ?? usualWidth,
    overscan: 4,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths belong to the columns, so new columns are measured anew
  useEffect(() => fields.measure(), [columns])

  const hear = (event: KeyboardEvent) => {
    const row = rows[active.row]
    const to = moveInGrid(event, active, { rows: rows.length, columns: columns.length }, pageRows(place.current))
    if (to) {
      setActive(to)
      lines.scrollToIndex(to.row)
      fields.scrollToIndex(to.column)
    } else if (event.key === 'Enter' && row) onOpen?.(row.original)
    else if (event.key === ' ' && row && onSelect) onSelect(toggled(selected, row.id))
    else if ((event.ctrlKey || event.metaKey) && event.key === 'a' && onSelect) onSelect(new Set(rows.map((r) => r.id)))
    else if ((event.ctrlKey || event.metaKey) && event.key === 'c' && row) copyRows()
    else if (row && onKey && !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1)
      return onKey(event.key.toLowerCase(), row.original)
    else return
    event.preventDefault()
  }
  const copyRows = () => {
    const chosen = selected?.size ? rows.filter((row) => selected.has(row.id)) : rows.slice(active.row, active.row + 1)
    const text = [
      columns.map((column) => column.title),
      ...chosen.map((row) => columns.map((column) => column.value(row.original) ?? '')),
    ]
    void navigator.clipboard.writeText(text.map((cells) => cells.join('\t')).join('\n'))
  }

  if (rows.length === 0 && empty) return empty
  const sheet = { blockSize: lines.getTotalSize(), inlineSize: fields.getTotalSize() }
  const current = rows[active.row]
  return (
    <div
      ref={place}
      className={styles.place}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-multiselectable={onSelect ? true : undefined}
      aria-activedescendant={current ? cellId(id, current.id, columns[active.column]?.id) : undefined}
      tabIndex={0}
      onKeyDown={hear}
    >
      <div className={styles.sheet} style={sheet} role="presentation">
        <div className={styles.head} role="row" aria-rowindex={1} style={{ blockSize: headHeight }}>
          {fields.getVirtualItems().map((item) => {
            const column = columns[item.index] as TableColumn<Row>
            const sorted = sorting.find((s) => s.id === column.id)
            return (
              <div
                key={column.id}
                role="columnheader"
                aria-colindex={item.index + 1}
                aria-sort={sorted ? (sorted.desc ? 'descending' : 'ascending') : 'none'}
                className={styles.headCell}
                data-align={column.align}
                style={{ inlineSize: item.size, transform: `translateX(${item.start}px)` }}
              >
                <HeadLabel column={column} sorted={sorted} onSort={() => setSorting(nextSorting(sorting, column.id))} />
              </div>
            )
          })}
        </div>
        {lines.getVirtualItems().map((line) => {
          const row = rows[line.index] as (typeof rows)[number]
          return (
            <div
              key={row.id}
              role="row"
              aria-rowindex={line.index + 2}
              aria-selected={selected ? selected.has(row.id) : undefined}
              className={styles.row}
              data-marked={selected?.has(row.id) || undefined}
              data-openable={onOpen ? true : undefined}
              style={{ blockSize: line.size, transform: `translateY(${line.start}px)` }}
              onClick={(event) => {
                setActive({ ...active, row: line.index })
                if (onSelect && (event.ctrlKey || event.metaKey)) onSelect(toggled(selected, row.id))
              }}
              onDoubleClick={() => onOpen?.(row.original)}
            >
              {fields.getVirtualItems().map((item) => {
                const column = columns[item.index] as TableColumn<Row>
                const value = column.value(row.original)
                return (
                  <div
                    key={column.id}
                    id={cellId(id, row.id, column.id)}
                    role="gridcell"
                    aria-colindex={item.index + 1}
                    className={styles.cell}
                    data-align={column.align}
                    data-active={(active.row === line.index && active.column === item.index) || undefined}
                    style={{ inlineSize: item.size, transform: `translateX(${item.start}px)` }}
                  >
                    {column.cell ? column.cell(row.original) : <PlainValue value={value} />}
                  </div>
                )
              })}
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** Names of rows and columns may hold anything; an element's id may not. */
function cellId(table: string, row: string, column: string | undefined): string {
  return `${table}-${encodeURIComponent(row)}-${encodeURIComponent(column ?? '')}`
}

type HeadLabelProps = {
  readonly column: Pick<TableColumn<never>, 'title' | 'note' | 'sortable'>
  readonly sorted: { readonly desc: boolean } | undefined
  readonly onSort: () => void
}

function HeadLabel({ column, sorted, onSort }: HeadLabelProps) {
  const words = (
    <>
      <span className={styles.title}>{column.title}</span>
      {column.note && <span className={styles.note}>{column.note}</span>}
    </>
  )
  if (column.sortable === false) return words
  return (
    <button type="button" className={styles.sort} onClick={onSort} tabIndex={-1}>
      {words}
      {sorted && (sorted.desc ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
    </button>
  )
}

function PlainValue({ value }: { readonly value: string | number | boolean | null }) {
  return value === null ? <span className={styles.null}>null</span> : String(value)
}

function nextSorting(sorting: SortingState, id: string): SortingState {
  const now = sorting.find((s) => s.id === id)
  if (!now) return [{ id, desc: false }]
  return now.desc ? [] : [{ id, desc: true }]
}

function toggled(selected: ReadonlySet<string> | undefined, id: string): ReadonlySet<string> {
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return next
}

const collator = new Intl.Collator('en', { numeric: true })

function compareValues<Values extends { getValue(id: string): unknown }>(a: Values, b: Values, id: string): number {
  const [left, right] = [a.getValue(id), b.getValue(id)]
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return collator.compare(String(left), String(right))
}

function pageRows(element: HTMLElement | null): number {
  return Math.max(1, Math.floor(((element?.clientHeight ?? 0) - headHeight) / rowHeight) - 1)
}
