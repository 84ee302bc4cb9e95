// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its header
import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { type CSSProperties, memo, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import styles from './grid.module.css'
import type { GridColumn, GridSort, GridUnder } from './grid.tsx'
import { existing, pinClass, placeOf } from './grid-row.tsx'
import { type GridWindow, headHeight } from './grid-window.ts'
import menuStyles from './menu.module.css'

const narrowest = 44
const widest = 800

type GridHeadProps = {
  readonly id: string
  readonly columns: readonly GridColumn[]
  readonly starts: Float64Array
  readonly pinned: number
  readonly sight: GridWindow
  readonly sort: readonly GridSort[]
  readonly under: GridUnder | undefined
  readonly chosen: string | null
  readonly onChoose: ((column: string) => void) | undefined
  readonly activeColumn: number
  readonly menuOf: string | null
  readonly onMenu: (column: string | null) => void
  readonly onMenuClosed: () => void
  readonly onSort: (column: string, isFurther: boolean) => void
  readonly onResize: (column: string, width: number) => void
  readonly onMove: ((column: string, before: string) => void) | undefined
  readonly menu: (column: GridColumn) => ReactNode
}

/** Titles that sort when pressed, are dragged to another place, widened at their edge, and hold a menu of all that. */
export function GridHead(props: GridHeadProps) {
  const { id, columns, pinned, sight, activeColumn, sort, under } = props
  const [dragged, setDragged] = useState<string | null>(null)
  const [target, setTarget] = useState<string | null>(null)
  const latest = useRef(props)
  latest.current = props
  const [acts] = useState<HeadActs>(() => ({
    choose: (column) => latest.current.onChoose?.(column),
    sort: (column, isFurther) => latest.current.onSort(column, isFurther),
    resize: (column, width) => latest.current.onResize(column, width),
    openMenu: (column) => latest.current.onMenu(column),
    menuClosed: () => latest.current.onMenuClosed(),
    menu: (column) => latest.current.menu(column),
    drag: (column) => setDragged(column),
    over: (column) => setTarget(column),
    drop: (moved, before) => latest.current.onMove?.(moved, before),
  }))
  const place = { starts: props.starts, pinned, firstColumn: sight.firstColumn }
  return (
    <div className={styles.head} role="row" aria-rowindex={1} style={{ blockSize: under?.headHeight ?? headHeight }}>
      {existing(pinned, sight.firstColumn, sight.endColumn).map((index) => {
        const column = columns[index] as GridColumn
        const order = sort.findIndex((one) => one.id === column.id)
        const { inlineSize, insetInlineStart, marginInlineStart } = placeOf(place, index)
        return (
          <HeadCell
            key={column.id}
            elementId={`${id}--1-${index}`}
            index={index}
            column={column}
            descending={sort[order]?.descending}
            order={sort.length > 1 && order >= 0 ? order + 1 : null}
            pinClass={pinClass(index, pinned)}
            isActive={index === activeColumn}
            isChosen={column.id === props.chosen}
            under={under?.of(column)}
            isTarget={target === column.id && dragged !== column.id}
            isDraggable={props.onMove !== undefined && column.movable !== false}
            dragged={dragged}
            isMenuOpen={props.menuOf === column.id}
            inlineSize={inlineSize}
            insetInlineStart={insetInlineStart}
            marginInlineStart={marginInlineStart}
            acts={acts}
          />
        )
      })}
    </div>
  )
}

type HeadActs = {
  readonly choose: (column: string) => void
  readonly sort: (column: string, isFurther: boolean) => void
  readonly resize: (column: string, width: number) => void
  readonly openMenu: (column: string | null) => void
  readonly menuClosed: () => void
  readonly menu: (column: GridColumn) => ReactNode
  readonly drag: (column: string | null) => void
  readonly over: (column: string | null) => void
  readonly drop: (moved: string, before: string) => void
}

type HeadCellProps = Pick<CSSProperties, 'inlineSize' | 'insetInlineStart' | 'marginInlineStart'> & {
  readonly elementId: string
  readonly index: number
  readonly column: GridColumn
  /** Undefined when it does not sort. */
  readonly descending: boolean | undefined
  /** Its place among the sorting columns when there are several. */
  readonly order: number | null
  readonly pinClass: string
  readonly isActive: boolean
  readonly isChosen: boolean
  readonly under: ReactNode
  readonly isTarget: boolean
  readonly isDraggable: boolean
  readonly dragged: string | null
  readonly isMenuOpen: boolean
  readonly acts: HeadActs
}

/** Drawn again only when something of it changed: a click on one title leaves the other titles alone. */
const HeadCell = memo(function HeadCell(props: HeadCellProps) {
  const { index, column, descending, dragged, acts, inlineSize, insetInlineStart, marginInlineStart } = props
  const isMovable = column.movable !== false
  return (
    <div
      id={props.elementId}
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={descending === undefined ? 'none' : descending ? 'descending' : 'ascending'}
      className={`${styles.headCell} ${props.pinClass}`}
      // With something under it a title stands at its left edge, clear of the menu.
      data-align={props.under === undefined ? column.align : undefined}
      data-active={props.isActive || undefined}
      data-target={props.isTarget || undefined}
      data-chosen={props.isChosen || undefined}
      title={column.hint ?? (column.note ? `${column.note}.${column.title}` : undefined)}
      style={{ inlineSize, insetInlineStart, marginInlineStart }}
      draggable={props.isDraggable}
      onClick={() => acts.choose(column.id)}
      onContextMenu={(event) => {
        event.preventDefault()
        if (isMovable) acts.openMenu(column.id)
      }}
      onDragStart={(event) => {
        acts.drag(column.id)
        event.dataTransfer.effectAllowed = 'move'
      }}
      onDragEnd={() => {
        acts.drag(null)
        acts.over(null)
      }}
      onDragOver={(event) => {
        if (dragged === null || !isMovable) return
        event.preventDefault()
        acts.over(column.id)
      }}
      onDrop={() => {
        if (dragged !== null && dragged !== column.id) acts.drop(dragged, column.id)
      }}
    >
      <div className={styles.titleLine}>
        <Title column={column} descending={descending} order={props.order} onSort={acts.sort} />
        {isMovable && (
          <ColumnMenu
            column={column}
            open={props.isMenuOpen}
            onMenu={acts.openMenu}
            onClosed={acts.menuClosed}
            menu={acts.menu}
          />
        )}
      </div>
      {props.under}
      {isMovable && <Edge column={column} onResize={acts.resize} />}
    </div>
  )
})

type TitleProps = {
  readonly column: GridColumn
  readonly descending: boolean | undefined
  readonly order: number | null
  readonly onSort: (column: string, isFurther: boolean) => void
}

function Title({ column, descending, order, onSort }: TitleProps) {
  const words = (
    <>
      <span className={column.quiet ? 'visually-hidden' : styles.title}>{column.title}</span>
      {column.note && <span className={styles.note}>{column.note}</span>}
    </>
  )
  if (column.sortable === false) return words
  return (
    <button
      type="button"
      className={styles.sort}
      tabIndex={-1}
      onClick={(event) => onSort(column.id, event.shiftKey || event.ctrlKey || event.metaKey)}
    >
      {words}
      {descending !== undefined && (
        <span className={styles.direction}>
          {descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />}
          {order}
        </span>
      )}
    </button>
  )
}

type ColumnMenuProps = {
  readonly column: GridColumn
  readonly open: boolean
  readonly onClosed: () => void
  readonly onMenu: (column: string | null) => void
  readonly menu: (column: GridColumn) => ReactNode
}

function ColumnMenu({ column, open, onMenu, onClosed, menu }: ColumnMenuProps) {
  return (
    <DropdownMenu.Root open={open} onOpenChange={(next) => onMenu(next ? column.id : null)}>
      <DropdownMenu.Trigger className={styles.more} tabIndex={-1} aria-label={`Column ${column.title}`}>
        <ChevronDown size={13} aria-hidden />
      </DropdownMenu.Trigger>
      {open && (
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            className={menuStyles.menu}
            align="start"
            sideOffset={4}
            onCloseAutoFocus={(event) => {
              event.preventDefault()
              onClosed()
            }}
          >
            {menu(column)}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      )}
    </DropdownMenu.Root>
  )
}

/** Dragged by the pointer; the menu widens and narrows without one. */
function Edge({ column, onResize }: Pick<GridHeadProps, 'onResize'> & { readonly column: GridColumn }) {
  const start = (event: PointerEvent<HTMLSpanElement>): void => {
    event.preventDefault()
    event.stopPropagation()
    const edge = event.currentTarget
    const from = event.clientX
    edge.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => onResize(column.id, fitWidth(column.width + moved.clientX - from))
    edge.addEventListener('pointermove', move)
    edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', move), { once: true })
  }
  // Without a mouse-down of its own the edge would drag the whole title.
  return (
    <span
      className={styles.edge}
      onPointerDown={start}
      onClick={(event) => event.stopPropagation()}
      onMouseDown={(event) => event.preventDefault()}
      aria-hidden
    />
  )
}

export function fitWidth(width: number): number {
  return Math.round(Math.max(narrowest, Math.min(widest, width)))
}
