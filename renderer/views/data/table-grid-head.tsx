// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its header
import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { PointerEvent, ReactNode } from 'react'
import type { ColumnSummary, TableColumn, TableSort } from '../../../core/domain/table.ts'
import { fitWidth } from '../../components/grid-head.tsx'
import { pinClass, placeOf } from '../../components/grid-row.tsx'
import menuStyles from '../../components/menu.module.css'
import { MiniSummary } from './mini-summary.tsx'
import styles from './table-grid.module.css'

type HeadProps = {
  readonly id: string
  readonly columns: readonly TableColumn[]
  readonly indexes: readonly number[]
  readonly pinned: number
  readonly place: { readonly starts: Float64Array; readonly pinned: number; readonly firstColumn: number }
  readonly sort: readonly TableSort[]
  readonly summaries: ReadonlyMap<string, ColumnSummary>
  readonly activeColumn: number
  readonly chosenColumn: string | null
  readonly menuOf: string | null
  readonly menu: (column: TableColumn) => ReactNode
  readonly onMenu: (column: string | null) => void
  readonly onMenuClosed: () => void
  readonly onChoose: (column: string) => void
  readonly onSort: (column: string, isFurther: boolean) => void
  readonly onResize: (column: string, width: number) => void
}

/** Name, type and what a column holds at a glance; pressed it sorts, at its edge it widens, its menu does the rest. */
export function TableGridHead(props: HeadProps) {
  return (
    <div className={styles.head} role="row" aria-rowindex={1}>
      {props.indexes.map((index) => {
        const column = props.columns[index] as TableColumn
        const order = props.sort.findIndex((one) => one.column === column.name)
        const sorted = props.sort[order]
        return (
          <div
            key={column.name}
            id={`${props.id}--1-${index}`}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
            className={`${styles.headCell} ${pinClass(index, props.pinned)}`}
            data-active={index === props.activeColumn || undefined}
            data-chosen={column.name === props.chosenColumn || undefined}
            style={placeOf(props.place, index)}
            onClick={() => props.onChoose(column.name)}
            onContextMenu={(event) => {
              event.preventDefault()
              props.onMenu(column.name)
            }}
          >
            <div className={styles.titleLine}>
              <button
                type="button"
                className={styles.sort}
                tabIndex={-1}
                title={column.name}
                onClick={(event) => props.onSort(column.name, event.shiftKey || event.ctrlKey || event.metaKey)}
              >
                <span className={styles.title}>{column.name}</span>
                {sorted && (
                  <span className={styles.direction}>
                    {sorted.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />}
                    {props.sort.length > 1 ? order + 1 : null}
                  </span>
                )}
              </button>
              <DropdownMenu.Root
                open={props.menuOf === column.name}
                onOpenChange={(next) => props.onMenu(next ? column.name : null)}
              >
                <DropdownMenu.Trigger className={styles.more} tabIndex={-1} aria-label={`Column ${column.name}`}>
                  <ChevronDown size={13} aria-hidden />
                </DropdownMenu.Trigger>
                {props.menuOf === column.name && (
                  <DropdownMenu.Portal>
                    <DropdownMenu.Content
                      className={menuStyles.menu}
                      align="start"
                      sideOffset={4}
                      onCloseAutoFocus={(event) => {
                        event.preventDefault()
                        props.onMenuClosed()
                      }}
                    >
                      {props.menu(column)}
                    </DropdownMenu.Content>
                  </DropdownMenu.Portal>
                )}
              </DropdownMenu.Root>
            </div>
            <span className={styles.type} title={column.type}>
              {column.type.toLowerCase()}
            </span>
            <MiniSummary summary={props.summaries.get(column.name)} />
            <Edge column={column.name} width={widthIn(props.place.starts, index)} onResize={props.onResize} />
          </div>
        )
      })}
    </div>
  )
}

function widthIn(starts: Float64Array, index: number): number {
  return (starts[index + 1] as number) - (starts[index] as number)
}

/** Dragged by the pointer; the menu widens and narrows without one. */
function Edge(props: {
  readonly column: string
  readonly width: number
  readonly onResize: (column: string, width: number) => void
}) {
  const start = (event: PointerEvent<HTMLSpanElement>): void => {
    event.preventDefault()
    event.stopPropagation()
    const edge = event.currentTarget
    const from = event.clientX
    edge.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) =>
      props.onResize(props.column, fitWidth(props.width + moved.clientX - from))
    edge.addEventListener('pointermove', move)
    edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', move), { once: true })
  }
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
