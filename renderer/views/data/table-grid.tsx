// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its cells
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import type { ColumnSummary, TableColumn, TableSort, TableView } from '../../../core/domain/table.ts'
import { existing, pinClass, placeOf } from '../../components/grid-row.tsx'
import { reveal, startsOf, windowOf } from '../../components/grid-window.ts'
import { moveInGrid } from '../../components/table-keys.ts'
import { useColumnSummaries } from '../../queries/table-queries.ts'
import styles from './table-grid.module.css'
import { TableGridHead } from './table-grid-head.tsx'
import { type Cell, useTableCells } from './use-table-cells.ts'
import { rowHeight, useTallScroll } from './use-tall-scroll.ts'

export const headHeight = 68
const spareRows = 4

export type Range = { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] }

export type TableGridProps = {
  readonly label: string
  readonly table: string
  readonly view: TableView
  readonly rows: number
  /** In the table's own order. */
  readonly all: readonly TableColumn[]
  /** As they stand. */
  readonly columns: readonly TableColumn[]
  readonly pinned: number
  readonly widths: Readonly<Record<string, number>>
  readonly sort: readonly TableSort[]
  readonly chosenColumn: string | null
  /** False while the table is not whole yet. */
  readonly isSummarised: boolean
  readonly onChoose: (column: string) => void
  readonly onSort: (column: string, isFurther: boolean) => void
  readonly onResize: (column: string, width: number) => void
  readonly menu: (column: TableColumn) => ReactNode
  readonly onInspect: (column: string, rowNumber: number) => void
  readonly onCopy: (range: Range) => void
  readonly onFilter: () => void
  readonly notice: (error: unknown) => ReactNode
}

/** A table of any size: what is in sight is asked for, everything else is only counted. The header is row −1. */
export function TableGrid(props: TableGridProps) {
  const { label, rows, all, columns, pinned, widths } = props
  const id = useId()
  const place = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState({ row: 0, column: 0 })
  const [anchor, setAnchor] = useState<{ row: number; column: number } | null>(null)
  const [menuOf, setMenuOf] = useState<string | null>(null)
  const starts = useMemo(() => startsOf(columns.map((column) => widthOf(column, widths))), [columns, widths])
  const { scroll, sheetHeight, goTo } = useTallScroll(place, rows, headHeight)
  const { firstColumn, endColumn } = windowOf(
    { top: 0, left: scroll.scrollLeft, width: scroll.width, height: 0 },
    0,
    starts,
    pinned,
  )
  const firstRow = Math.max(0, Math.floor(scroll.topRow) - spareRows)
  const endRow = Math.min(rows, Math.ceil(scroll.topRow + scroll.height / rowHeight) + spareRows)
  const indexes = existing(pinned, firstColumn, endColumn)
  const shown = indexes.map((index) => columns[index] as TableColumn)
  const shownKey = shown.map(({ name }) => name).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names tell the columns
  const sight = useMemo(() => ({ firstRow, endRow, columns: shown }), [firstRow, endRow, shownKey])
  const cells = useTableCells(props.table, props.view, all, sight)
  const summaries = useSummaries(props.table, props.view, props.isSummarised ? shown.map(({ name }) => name) : [])
  const row = Math.min(active.row, rows - 1)
  const column = Math.min(active.column, columns.length - 1)
  const range = toRange({ row, column }, anchor)
  const exists = row < 0 || (row >= firstRow && row < endRow)

  function moveTo(to: { row: number; column: number }): void {
    setActive(to)
    const name = columns[to.column]?.name
    if (name !== undefined && name !== props.chosenColumn) props.onChoose(name)
    const element = place.current
    if (element === null) return
    const before = starts[pinned] as number
    const [start, end] = [starts[to.column] as number, starts[to.column + 1] as number]
    if (to.column >= pinned) element.scrollLeft = reveal(element.scrollLeft, element.clientWidth, before, start, end)
    const fitting = Math.floor(scroll.height / rowHeight)
    if (to.row >= 0 && to.row < scroll.topRow) goTo(to.row)
    else if (to.row >= scroll.topRow + fitting) goTo(to.row - fitting + 1)
  }

  function hear(event: KeyboardEvent): void {
    const control = event.ctrlKey || event.metaKey
    const page = Math.max(1, Math.floor(scroll.height / rowHeight) - 1)
    const at = { row: row + 1, column }
    const to = moveInGrid(event, at, { rows: rows + 1, columns: columns.length }, page)
    const name = columns[column]?.name
    if (event.key === 'F10' && event.shiftKey) setMenuOf(name ?? null)
    else if (to) {
      const least = event.key === 'ArrowUp' || row < 0 ? 0 : Math.min(1, rows)
      if (event.shiftKey && row >= 0) setAnchor(anchor ?? { row, column })
      else setAnchor(null)
      moveTo({ row: Math.max(event.shiftKey ? 1 : least, to.row) - 1, column: to.column })
    } else if (event.key === 'Enter' && row < 0 && name) props.onSort(name, event.shiftKey)
    else if (event.key === 'Enter') inspect(row, column)
    else if (control && event.key === 'a') {
      setAnchor({ row: 0, column: 0 })
      setActive({ row: rows - 1, column: columns.length - 1 })
    } else if (control && event.key === 'c' && row >= 0) props.onCopy(range)
    else if (control && event.key === 'f') props.onFilter()
    else if (event.key === 'Escape' && anchor) setAnchor(null)
    else return
    event.preventDefault()
  }

  function inspect(at: number, index: number): void {
    const rowNumber = cells.rowNumber(at)
    const name = columns[index]?.name
    if (rowNumber !== undefined && name !== undefined) props.onInspect(name, rowNumber)
  }

  const lines = Array.from({ length: Math.max(0, endRow - firstRow) }, (_, index) => firstRow + index)
  const total = starts[columns.length] as number
  return (
    <div className={styles.frame}>
      {cells.error !== null && <div className={styles.notice}>{props.notice(cells.error)}</div>}
      <div
        ref={place}
        className={styles.place}
        role="grid"
        aria-label={label}
        aria-rowcount={rows + 1}
        aria-colcount={columns.length}
        aria-busy={cells.isAsking}
        aria-multiselectable
        aria-activedescendant={exists ? `${id}-${row}-${column}` : undefined}
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.target === place.current) hear(event)
        }}
      >
        <div
          className={styles.sheet}
          style={{ blockSize: headHeight + sheetHeight, inlineSize: total }}
          role="presentation"
        >
          <TableGridHead
            id={id}
            columns={columns}
            indexes={indexes}
            pinned={pinned}
            place={{ starts, pinned, firstColumn }}
            sort={props.sort}
            summaries={summaries}
            activeColumn={row < 0 ? column : -1}
            chosenColumn={props.chosenColumn}
            menuOf={menuOf}
            menu={props.menu}
            onMenu={setMenuOf}
            onMenuClosed={() => place.current?.focus({ preventScroll: true })}
            onChoose={props.onChoose}
            onSort={props.onSort}
            onResize={props.onResize}
          />
          {lines.map((line) => (
            <div
              key={line}
              role="row"
              aria-rowindex={line + 2}
              className={styles.row}
              style={{
                blockSize: rowHeight,
                transform: `translateY(${headHeight + scroll.scrollTop + (line - scroll.topRow) * rowHeight}px)`,
              }}
            >
              {indexes.map((index) => {
                const { name, kind } = columns[index] as TableColumn
                const isIn = isWithin(range, line, index)
                return (
                  <div
                    key={name}
                    id={`${id}-${line}-${index}`}
                    role="gridcell"
                    aria-colindex={index + 1}
                    aria-selected={anchor !== null && isIn ? true : undefined}
                    className={`${styles.cell} ${pinClass(index, pinned)}`}
                    data-align={kind === 'number' ? 'end' : undefined}
                    data-active={(line === row && index === column) || undefined}
                    data-marked={(anchor !== null && isIn) || undefined}
                    style={placeOf({ starts, pinned, firstColumn }, index)}
                    onClick={(event) => {
                      setAnchor(event.shiftKey ? (anchor ?? { row: Math.max(0, row), column }) : null)
                      moveTo({ row: line, column: index })
                      place.current?.focus({ preventScroll: true })
                    }}
                    onDoubleClick={() => inspect(line, index)}
                  >
                    <Value cell={cells.cell(line, name)} />
                  </div>
                )
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

/** Of the columns in sight alone; those of the others are never asked for. */
function useSummaries(table: string, view: TableView, columns: readonly string[]): ReadonlyMap<string, ColumnSummary> {
  const answers = useColumnSummaries(table, view, columns)
  return new Map(columns.flatMap((name, index) => (answers[index]?.data ? [[name, answers[index].data] as const] : [])))
}

function Value({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined) return <span className={styles.awaited} />
  if (cell.text === null) return <span className={styles.null}>null</span>
  if (cell.text === '') return <span className={styles.null}>empty</span>
  return (
    <span className={styles.words}>
      {cell.text.includes('\n') || cell.text.includes('\t') ? showBreaks(cell.text) : cell.text}
      {cell.isCut && <span className={styles.null}> … open to see all</span>}
    </span>
  )
}

/** A line break or tab inside a value, as a sign: a row is one line. */
function showBreaks(text: string): string {
  return text.replaceAll('\r\n', '⏎').replaceAll('\n', '⏎').replaceAll('\t', '⇥')
}

type Place = { readonly row: number; readonly column: number }

function toRange(active: Place, anchor: Place | null): Range {
  const other = anchor ?? active
  return {
    rows: [Math.max(0, Math.min(active.row, other.row)), Math.max(0, active.row, other.row)],
    columns: [Math.min(active.column, other.column), Math.max(active.column, other.column)],
  }
}

function isWithin({ rows, columns }: Range, row: number, column: number): boolean {
  return row >= rows[0] && row <= rows[1] && column >= columns[0] && column <= columns[1]
}

const usualWidths: Readonly<Record<TableColumn['kind'], number>> = {
  number: 120,
  text: 190,
  boolean: 100,
  time: 170,
  nested: 220,
  bytes: 160,
}

export function widthOf({ name, kind }: TableColumn, widths: Readonly<Record<string, number>>): number {
  return widths[name] ?? Math.max(usualWidths[kind], Math.min(300, name.length * 8 + 56))
}
