// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its rows
import { type CSSProperties, type MouseEvent, memo, type ReactNode } from 'react'
import styles from './grid.module.css'
import type { GridColumn, GridOutline } from './grid.tsx'
import { rowHeight } from './grid-window.ts'

type GridRowProps = {
  readonly id: string
  readonly row: number
  /** Where it stands on the sheet, in pixels. */
  readonly top: number
  readonly columns: readonly GridColumn[]
  /** Of each column that exists, by its index; the same objects while nothing moves. */
  readonly places: ReadonlyMap<number, CSSProperties>
  readonly pinned: number
  readonly firstColumn: number
  readonly endColumn: number
  /** −1 when the active cell is in another row. */
  readonly activeColumn: number
  /** Undefined where rows cannot be marked. */
  readonly isMarked: boolean | undefined
  /** The columns of it that are within a range of cells; −1 when none are. */
  readonly firstMarked: number
  readonly lastMarked: number
  readonly outline: GridOutline | undefined
  readonly cell: (row: number, column: GridColumn) => ReactNode
  readonly opensWhole: boolean
  readonly acts: {
    readonly click: (event: MouseEvent, row: number) => void
    readonly open: (event: MouseEvent, row: number) => void
  }
}

/** One row: what is pinned, then what is in sight. Drawn again only when something of it changed. */
export const GridRow = memo(
  function GridRow(props: GridRowProps) {
    const { id, row, columns, pinned, firstColumn, endColumn, activeColumn, isMarked, outline, acts } = props
    const isWithin = (index: number) => (index >= props.firstMarked && index <= props.lastMarked) || undefined
    const indexes = existing(pinned, firstColumn, endColumn)
    return (
      <div
        role="row"
        aria-rowindex={row + 2}
        aria-selected={isMarked}
        aria-level={outline && outline.level + 1}
        aria-expanded={outline?.isOpen ?? undefined}
        className={styles.row}
        data-marked={isMarked || undefined}
        data-openable={props.opensWhole || undefined}
        style={{ blockSize: rowHeight, transform: `translateY(${props.top}px)` }}
        onClick={(event) => acts.click(event, row)}
        onDoubleClick={(event) => acts.open(event, row)}
      >
        {indexes.map((index) => {
          const column = columns[index] as GridColumn
          return (
            <div
              key={column.id}
              id={`${id}-${row}-${index}`}
              role="gridcell"
              aria-colindex={index + 1}
              aria-selected={isWithin(index)}
              className={`${styles.cell} ${pinClass(index, pinned)}`}
              data-align={column.align}
              data-quiet={column.quiet}
              data-active={index === activeColumn || undefined}
              data-marked={isWithin(index)}
              style={props.places.get(index)}
            >
              {props.cell(row, column)}
            </div>
          )
        })}
      </div>
    )
  },
  (before, now) =>
    before.row === now.row &&
    before.top === now.top &&
    before.cell === now.cell &&
    before.columns === now.columns &&
    before.pinned === now.pinned &&
    before.firstColumn === now.firstColumn &&
    before.endColumn === now.endColumn &&
    before.activeColumn === now.activeColumn &&
    before.isMarked === now.isMarked &&
    before.firstMarked === now.firstMarked &&
    before.lastMarked === now.lastMarked &&
    before.outline?.level === now.outline?.level &&
    before.outline?.isOpen === now.outline?.isOpen,
)

export function existing(pinned: number, firstColumn: number, endColumn: number): readonly number[] {
  const first = Math.max(pinned, firstColumn)
  const rest = Math.max(0, endColumn - first)
  return [...Array(pinned).keys(), ...Array.from({ length: rest }, (_, index) => first + index)]
}

export function pinClass(index: number, pinned: number): string {
  if (index >= pinned) return ''
  return `${styles.pinned} ${index === pinned - 1 ? styles.lastPinned : ''}`
}

type Placing = {
  readonly starts: Float64Array
  readonly pinned: number
  readonly firstColumn: number
}

export function placesOf(placing: Placing, endColumn: number): ReadonlyMap<number, CSSProperties> {
  const { pinned, firstColumn } = placing
  return new Map(existing(pinned, firstColumn, endColumn).map((index) => [index, placeOf(placing, index)]))
}

/** The pinned ones stick to the left; the first of the others makes room for those that do not exist now. */
export function placeOf({ starts, pinned, firstColumn }: Placing, index: number): CSSProperties {
  const start = starts[index] as number
  const inlineSize = (starts[index + 1] as number) - start
  if (index < pinned) return { inlineSize, insetInlineStart: start }
  const isFirst = index === Math.max(pinned, firstColumn)
  return isFirst ? { inlineSize, marginInlineStart: start - (starts[pinned] as number) } : { inlineSize }
}
