// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its rows
// biome-ignore-all lint/a11y/noStaticElementInteractions: it is a grid or a treegrid, as the rows say
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: both of them have these
import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import styles from './grid.module.css'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import { headHeight, reveal, rowHeight, startsOf } from './grid-window.ts'
import { moveInGrid } from './table-keys.ts'
import { useGridWindow } from './use-grid-window.ts'

export type GridColumn = {
  readonly id: string
  readonly title: string
  /** A small word beside the title: what it belongs to. */
  readonly note?: string | undefined
  readonly width: number
  readonly align?: 'start' | 'end' | undefined
  /** False for columns that only hold a button. */
  readonly sortable?: boolean | undefined
  /** The title is for those who hear it: the cells speak for themselves. */
  readonly quiet?: boolean | undefined
  /** False keeps it at its place and width. */
  readonly movable?: boolean | undefined
}

export type GridSort = { readonly id: string; readonly descending: boolean }

export type GridOutline = { readonly level: number; readonly isOpen: boolean | null }

export type GridProps = {
  readonly label: string
  readonly rows: number
  /** The first `pinned` stay in sight. */
  readonly columns: readonly GridColumn[]
  readonly pinned: number
  readonly sort: readonly GridSort[]
  /** A new function whenever any cell may have changed. */
  readonly cell: (row: number, column: GridColumn) => ReactNode
  readonly isMarked: (row: number) => boolean
  readonly onSort: (column: string, isFurther: boolean) => void
  readonly onResize: (column: string, width: number) => void
  /** Puts a column before another. */
  readonly onMove: (column: string, before: string) => void
  readonly menu: (column: GridColumn) => ReactNode
  /** True when the focus was given to something else; otherwise the grid takes it back. */
  readonly onMenuClosed?: () => boolean
  readonly onOpen: (row: number) => void
  /** `to` is the far end of a range when Shift is held. */
  readonly onMark: (row: number, to: number | null) => void
  readonly onMarkAll: () => void
  readonly onCopy: (row: number) => void
  /** Further single keys while the grid has the focus. */
  readonly onKey: (key: string, row: number) => void
  /** For a table of groups: how deep a row stands, and whether it shows what is under it; null when nothing is. */
  readonly outline?: ((row: number) => GridOutline) | undefined
  readonly onToggle?: ((row: number) => void) | undefined
  /** Which columns exist now, so that their values can be asked for. */
  readonly onSight?: (firstColumn: number, endColumn: number) => void
}

/** The header is row −1 for the one who walks it by keys. */
type Active = { readonly row: number; readonly column: number }

/** A grid of any size: rows and columns exist only while they are in sight, the pinned ones always. */
export function Grid(props: GridProps) {
  const { label, rows, columns, pinned, sort, cell, isMarked } = props
  const id = useId()
  const place = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<Active>({ row: 0, column: 0 })
  const [menuOf, setMenuOf] = useState<string | null>(null)
  const starts = useMemo(() => startsOf(columns.map((column) => column.width)), [columns])
  const sight = useGridWindow(place, rows, starts, pinned, props.onSight)
  const row = Math.min(active.row, rows - 1)
  const column = Math.min(active.column, columns.length - 1)
  const exists =
    (row < 0 || (row >= sight.firstRow && row < sight.endRow)) &&
    (column < pinned || (column >= sight.firstColumn && column < sight.endColumn))

  function moveTo(to: Active): void {
    setActive(to)
    const element = place.current
    if (element === null) return
    const width = starts[pinned] as number
    const [start, end] = [starts[to.column] as number, starts[to.column + 1] as number]
    if (to.column >= pinned) element.scrollLeft = reveal(element.scrollLeft, element.clientWidth, width, start, end)
    const height = element.clientHeight - headHeight
    if (to.row >= 0) {
      element.scrollTop = reveal(element.scrollTop, height, 0, to.row * rowHeight, (to.row + 1) * rowHeight)
    }
  }

  function hear(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(((place.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1)
    const at = { row: row + 1, column }
    // The header counts as a row here, and is passed by only by walking up to it.
    const to = moveInGrid(event, at, { rows: rows + 1, columns: columns.length }, page)
    const control = event.ctrlKey || event.metaKey
    if (event.key === 'F10' && event.shiftKey) setMenuOf(columns[column]?.id ?? null)
    else if (turns(event)) props.onToggle?.(row)
    else if (to) {
      const least = event.key === 'ArrowUp' || row < 0 ? 0 : Math.min(1, rows)
      const next = { row: Math.max(least, to.row) - 1, column: to.column }
      if (event.shiftKey && row >= 0 && next.row >= 0) props.onMark(row, next.row)
      moveTo(next)
    } else if (row < 0) {
      if (event.key !== 'Enter' && event.key !== ' ') return
      const on = columns[column]
      if (on && on.sortable !== false) props.onSort(on.id, event.shiftKey)
    } else if (event.key === 'Enter') props.onOpen(row)
    else if (event.key === ' ') props.onMark(row, null)
    else if (control && event.key === 'a') props.onMarkAll()
    else if (control && event.key === 'c') props.onCopy(row)
    else if (!control && !event.altKey && event.key.length === 1) props.onKey(event.key.toLowerCase(), row)
    else return
    event.preventDefault()
  }

  /** To the right into what is closed; to the left, from the first cell, out of what is open. */
  function turns(event: KeyboardEvent): boolean {
    const isOpen = row < 0 ? null : (props.outline?.(row).isOpen ?? null)
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false
    return (
      (event.key === 'ArrowRight' && isOpen === false) || (event.key === 'ArrowLeft' && isOpen === true && column === 0)
    )
  }

  function click(event: MouseEvent, at: number): void {
    setActive({ row: at, column })
    place.current?.focus({ preventScroll: true })
    if (event.shiftKey) props.onMark(row, at)
    else if (event.ctrlKey || event.metaKey) props.onMark(at, null)
  }

  const total = starts[columns.length] as number
  const lines = Array.from({ length: sight.endRow - sight.firstRow }, (_, index) => sight.firstRow + index)
  return (
    <div
      ref={place}
      className={styles.place}
      role={props.outline ? 'treegrid' : 'grid'}
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-activedescendant={exists ? cellId(id, row, column) : undefined}
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.target === place.current) hear(event)
      }}
    >
      <div
        className={styles.sheet}
        style={{ blockSize: headHeight + rows * rowHeight, inlineSize: total }}
        role="presentation"
      >
        <GridHead
          id={id}
          columns={columns}
          starts={starts}
          pinned={pinned}
          sight={sight}
          sort={sort}
          activeColumn={row < 0 ? column : -1}
          menuOf={menuOf}
          onMenu={setMenuOf}
          onMenuClosed={() => {
            if (!props.onMenuClosed?.()) place.current?.focus({ preventScroll: true })
          }}
          {...{ onSort: props.onSort, onResize: props.onResize, onMove: props.onMove, menu: props.menu }}
        />
        {lines.map((line) => (
          <GridRow
            key={line % lines.length}
            id={id}
            row={line}
            columns={columns}
            starts={starts}
            pinned={pinned}
            firstColumn={sight.firstColumn}
            endColumn={sight.endColumn}
            activeColumn={line === row ? column : -1}
            isMarked={isMarked(line)}
            outline={props.outline?.(line)}
            cell={cell}
            onClick={click}
            onOpen={props.onOpen}
          />
        ))}
      </div>
    </div>
  )
}

export function cellId(grid: string, row: number, column: number): string {
  return `${grid}-${row}-${column}`
}
