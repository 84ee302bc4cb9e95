// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { type PointerEvent, type ReactNode, useState } from 'react'
import styles from './grid.module.css'
import type { GridColumn, GridSort } from './grid.tsx'
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
  readonly activeColumn: number
  readonly menuOf: string | null
  readonly onMenu: (column: string | null) => void
  readonly onMenuClosed: () => void
  readonly onSort: (column: string, isFurther: boolean) => void
  readonly onResize: (column: string, width: number) => void
  readonly onMove: (column: string, before: string) => void
  readonly menu: (column: GridColumn) => ReactNode
}

/** Titles that sort when pressed, are dragged to another place, widened at their edge, and hold a menu of all that. */
export function GridHead(props: GridHeadProps) {
  const { id, columns, pinned, sight, activeColumn } = props
  const [dragged, setDragged] = useState<string | null>(null)
  const [target, setTarget] = useState<string | null>(null)
  const place = { starts: props.starts, pinned, firstColumn: sight.firstColumn }
  return (
    <div className={styles.head} role="row" aria-rowindex={1} style={{ blockSize: headHeight }}>
      {existing(pinned, sight.firstColumn, sight.endColumn).map((index) => {
        const column = columns[index] as GridColumn
        const order = props.sort.findIndex((one) => one.id === column.id)
        const sorted = props.sort[order]
        const isMovable = column.movable !== false
        return (
          <div
            key={column.id}
            id={`${id}--1-${index}`}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
            className={`${styles.headCell} ${pinClass(index, pinned)}`}
            data-align={column.align}
            data-active={index === activeColumn || undefined}
            data-target={(target === column.id && dragged !== column.id) || undefined}
            title={column.note ? `${column.note}.${column.title}` : undefined}
            style={placeOf(place, index)}
            draggable={isMovable}
            onContextMenu={(event) => {
              event.preventDefault()
              if (isMovable) props.onMenu(column.id)
            }}
            onDragStart={(event) => {
              setDragged(column.id)
              event.dataTransfer.effectAllowed = 'move'
            }}
            onDragEnd={() => {
              setDragged(null)
              setTarget(null)
            }}
            onDragOver={(event) => {
              if (dragged === null || !isMovable) return
              event.preventDefault()
              setTarget(column.id)
            }}
            onDrop={() => {
              if (dragged !== null && dragged !== column.id) props.onMove(dragged, column.id)
            }}
          >
            <Title
              column={column}
              sorted={sorted}
              order={props.sort.length > 1 ? order + 1 : null}
              onSort={props.onSort}
            />
            {isMovable && (
              <>
                <ColumnMenu
                  column={column}
                  open={props.menuOf === column.id}
                  onMenu={props.onMenu}
                  onClosed={props.onMenuClosed}
                  menu={props.menu}
                />
                <Edge column={column} onResize={props.onResize} />
              </>
            )}
          </div>
        )
      })}
    </div>
  )
}

type TitleProps = {
  readonly column: GridColumn
  readonly sorted: GridSort | undefined
  /** Its place among the sorting columns when there are several. */
  readonly order: number | null
  readonly onSort: (column: string, isFurther: boolean) => void
}

function Title({ column, sorted, order, onSort }: TitleProps) {
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
      {sorted && (
        <span className={styles.direction}>
          {sorted.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />}
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
    <span className={styles.edge} onPointerDown={start} onMouseDown={(event) => event.preventDefault()} aria-hidden />
  )
}

export function fitWidth(width: number): number {
  return Math.round(Math.max(narrowest, Math.min(widest, width)))
}
