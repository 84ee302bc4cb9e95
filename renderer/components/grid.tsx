// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its rows
// biome-ignore-all lint/a11y/noStaticElementInteractions: it is a grid or a treegrid, as the rows say
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: both of them have these
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import styles from './grid.module.css'
import { GridHead } from './grid-head.tsx'
import { type GridRange, rangeOf } from './grid-range.ts'
import { GridRow, placesOf } from './grid-row.tsx'
import { type GridWindow, headHeight as plainHeadHeight, reveal, rowHeight, startsOf } from './grid-window.ts'
import { type GridCell, moveInGrid } from './table-keys.ts'
import { useGridWindow, useSight } from './use-grid-window.ts'

export type GridColumn = {
  readonly id: string
  readonly title: string
  /** A small word beside the title: what it belongs to. */
  readonly note?: string | undefined
  readonly width: number
  readonly align?: 'start' | 'end' | undefined
  /** False for columns that only hold a button. */
  readonly sortable?: boolean | undefined
  /** What a pointer over the title is told. */
  readonly hint?: string | undefined
  /** The title is for those who hear it: the cells speak for themselves. */
  readonly quiet?: boolean | undefined
  /** False keeps it at its place and width. */
  readonly movable?: boolean | undefined
}

export type GridSort = { readonly id: string; readonly descending: boolean }

export type GridOutline = { readonly level: number; readonly isOpen: boolean | null }

/** For grids in which cells are chosen, alone or as a range, instead of rows. */
export type GridCells = {
  readonly onCopy: (range: GridRange) => void
  readonly onFind?: (() => void) | undefined
}

/** What stands under each title, and the height of the header with it. */
export type GridUnder = { readonly headHeight: number; readonly of: (column: GridColumn) => ReactNode }

export type GridProps = {
  readonly label: string
  readonly rows: number
  /** The first `pinned` stay in sight. */
  readonly columns: readonly GridColumn[]
  readonly pinned: number
  readonly sort: readonly GridSort[]
  /** A new function whenever any cell may have changed. */
  readonly cell: (row: number, column: GridColumn) => ReactNode
  readonly isMarked?: ((row: number) => boolean) | undefined
  readonly onSort: (column: string, isFurther: boolean) => void
  readonly onResize: (column: string, width: number) => void
  /** Puts a column before another; absent where the order is given. */
  readonly onMove?: ((column: string, before: string) => void) | undefined
  readonly menu: (column: GridColumn) => ReactNode
  /** True when the focus was given to something else; otherwise the grid takes it back. */
  readonly onMenuClosed?: () => boolean
  readonly onOpen?: ((row: number, column: string) => void) | undefined
  /** `to` is the far end of a range when Shift is held. */
  readonly onMark?: (row: number, to: number | null) => void
  readonly onMarkAll?: () => void
  readonly onCopy?: (row: number) => void
  /** Further single keys while the grid has the focus. */
  readonly onKey?: (key: string, row: number) => void
  readonly cells?: GridCells | undefined
  readonly under?: GridUnder | undefined
  /** The column that something else is shown of, and who is told that another one is. */
  readonly chosen?: string | null | undefined
  readonly onChoose?: ((column: string) => void) | undefined
  readonly isBusy?: boolean | undefined
  /** For a table of groups: how deep a row stands, and whether it shows what is under it; null when nothing is. */
  readonly outline?: ((row: number) => GridOutline) | undefined
  readonly onToggle?: ((row: number) => void) | undefined
  /** Which columns exist now, so that their values can be asked for. */
  readonly onSight?: ((firstColumn: number, endColumn: number) => void) | undefined
  /** The same with the rows. */
  readonly onWindow?: ((sight: GridWindow) => void) | undefined
}

/** A grid of any size: rows and columns exist only while they are in sight, the pinned ones always. */
export function Grid(props: GridProps) {
  const { label, rows, columns, pinned, sort, cell, isMarked, cells } = props
  const id = useId()
  const place = useRef<HTMLDivElement>(null)
  // The header is row −1 for the one who walks it by keys.
  const [active, setActive] = useState<GridCell>({ row: 0, column: 0 })
  const [anchor, setAnchor] = useState<GridCell | null>(null)
  const [menuOf, setMenuOf] = useState<string | null>(null)
  const starts = useMemo(() => startsOf(columns.map((column) => column.width)), [columns])
  const headHeight = props.under?.headHeight ?? plainHeadHeight
  const { sight, sheetHeight, revealRow } = useGridWindow(place, { rows, starts, pinned, headHeight })
  const { firstColumn, endColumn } = sight
  const places = useMemo(
    () => placesOf({ starts, pinned, firstColumn }, endColumn),
    [starts, pinned, firstColumn, endColumn],
  )
  useSight(sight, props.onWindow)
  useEffect(() => props.onSight?.(firstColumn, endColumn), [props.onSight, firstColumn, endColumn])
  const row = Math.min(active.row, rows - 1)
  const column = Math.min(active.column, columns.length - 1)
  const exists =
    (row < 0 || (row >= sight.firstRow && row < sight.endRow)) &&
    (column < pinned || (column >= sight.firstColumn && column < sight.endColumn))
  const range = rangeOf({ row, column }, anchor)

  function moveTo(to: GridCell): void {
    setActive(to)
    const chosen = columns[to.column]?.id
    if (chosen !== undefined && chosen !== props.chosen) props.onChoose?.(chosen)
    const element = place.current
    if (element === null) return
    const width = starts[pinned] as number
    const [start, end] = [starts[to.column] as number, starts[to.column + 1] as number]
    if (to.column >= pinned) element.scrollLeft = reveal(element.scrollLeft, element.clientWidth, width, start, end)
    if (to.row >= 0) revealRow(to.row)
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
      const extending = event.shiftKey && row >= 0
      const least = (event.key === 'ArrowUp' || row < 0) && !(cells && extending) ? 0 : Math.min(1, rows)
      const next = { row: Math.max(least, to.row) - 1, column: to.column }
      if (cells) setAnchor(extending ? (anchor ?? { row, column }) : null)
      else if (extending && next.row >= 0) props.onMark?.(row, next.row)
      moveTo(next)
    } else if (cells && hearCells(event, control)) {
      // It was for the cells.
    } else if (row < 0) {
      if (event.key !== 'Enter' && event.key !== ' ') return
      const on = columns[column]
      if (on && on.sortable !== false) props.onSort(on.id, event.shiftKey)
    } else if (event.key === 'Enter') props.onOpen?.(row, columns[column]?.id ?? '')
    else if (event.key === ' ') props.onMark?.(row, null)
    else if (control && event.key === 'a' && props.onMarkAll) props.onMarkAll()
    else if (control && event.key === 'c' && props.onCopy) props.onCopy(row)
    else if (!control && !event.altKey && event.key.length === 1 && props.onKey)
      props.onKey(event.key.toLowerCase(), row)
    else return
    event.preventDefault()
  }

  function hearCells({ key }: KeyboardEvent, control: boolean): boolean {
    if (control && key === 'a') {
      setAnchor({ row: 0, column: 0 })
      setActive({ row: rows - 1, column: columns.length - 1 })
    } else if (control && key === 'c' && row >= 0) cells?.onCopy(range)
    else if (control && key === 'f' && cells?.onFind) cells.onFind()
    else if (key === 'Escape' && anchor !== null) setAnchor(null)
    else return false
    return true
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
    const on = columnOf(event) ?? column
    if (cells) {
      setAnchor(event.shiftKey ? (anchor ?? { row: Math.max(0, row), column }) : null)
      moveTo({ row: at, column: on })
    } else setActive({ row: at, column: on })
    place.current?.focus({ preventScroll: true })
    if (cells) return
    if (event.shiftKey) props.onMark?.(row, at)
    else if (event.ctrlKey || event.metaKey) props.onMark?.(at, null)
  }

  /** Rows keep these while they are not drawn anew, and yet act on what is active now. */
  const now = {
    click,
    open: (event: MouseEvent, at: number) => props.onOpen?.(at, columns[columnOf(event) ?? column]?.id ?? ''),
  }
  const latest = useRef(now)
  latest.current = now
  const [rowActs] = useState(() => ({
    click: (event: MouseEvent, at: number) => latest.current.click(event, at),
    open: (event: MouseEvent, at: number) => latest.current.open(event, at),
  }))
  const total = starts[columns.length] as number
  // Nobody waits for the rows just out of sight: they, and what is new in them, are drawn after the others.
  const later = useDeferredValue(
    useMemo(() => ({ cell, rows }), [cell, rows]),
    null,
  )
  const isSeen = (line: number) => line >= sight.firstSeen && line < sight.endSeen
  const cellOf = (line: number) => (later === null || line >= later.rows || isSeen(line) ? cell : later.cell)
  const existing = sight.endRow - sight.firstRow
  const lines = Array.from({ length: existing }, (_, index) => sight.firstRow + index)
  return (
    <div
      ref={place}
      className={styles.place}
      role={props.outline ? 'treegrid' : 'grid'}
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-busy={props.isBusy}
      data-cells={cells ? true : undefined}
      aria-activedescendant={exists ? cellId(id, row, column) : undefined}
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
        <GridHead
          id={id}
          columns={columns}
          starts={starts}
          pinned={pinned}
          sight={sight}
          sort={sort}
          under={props.under}
          chosen={props.chosen ?? null}
          onChoose={props.onChoose}
          activeColumn={row < 0 ? column : -1}
          menuOf={menuOf}
          onMenu={setMenuOf}
          onMenuClosed={() => {
            if (!props.onMenuClosed?.()) place.current?.focus({ preventScroll: true })
          }}
          {...{ onSort: props.onSort, onResize: props.onResize, onMove: props.onMove, menu: props.menu }}
        />
        {(later === null ? lines.filter(isSeen) : lines).map((line) => (
          <GridRow
            key={line % existing}
            id={id}
            row={line}
            top={headHeight + sight.lift + line * rowHeight}
            columns={columns}
            places={places}
            pinned={pinned}
            firstColumn={firstColumn}
            endColumn={endColumn}
            activeColumn={line === row ? column : -1}
            isMarked={isMarked?.(line)}
            firstMarked={anchor !== null && isWithin(range.rows, line) ? range.columns[0] : -1}
            lastMarked={anchor !== null && isWithin(range.rows, line) ? range.columns[1] : -1}
            outline={props.outline?.(line)}
            cell={cellOf(line)}
            opensWhole={props.onOpen !== undefined && !cells}
            acts={rowActs}
          />
        ))}
      </div>
    </div>
  )
}

function isWithin([first, last]: readonly [number, number], row: number): boolean {
  return row >= first && row <= last
}

/** The column of the cell that was pressed, from 0. */
function columnOf({ target }: MouseEvent): number | null {
  const index = (target as Element).closest('[aria-colindex]')?.getAttribute('aria-colindex')
  return index ? Number(index) - 1 : null
}

export function cellId(grid: string, row: number, column: number): string {
  return `${grid}-${row}-${column}`
}
