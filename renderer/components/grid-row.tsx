// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only a part exists cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for its rows
import { type CSSProperties, type MouseEvent, memo, type ReactNode } from 'react'
import styles from './grid.module.css'
import type { GridColumn, GridOutline } from './grid.tsx'
import { headHeight, rowHeight } from './grid-window.ts'

type GridRowProps = {
  readonly id: string
  readonly row: number
  readonly columns: readonly GridColumn[]
  readonly starts: Float64Array
  readonly pinned: number
  readonly firstColumn: number
  readonly endColumn: number
  /** −1 when the active cell is in another row. */
  readonly activeColumn: number
  readonly isMarked: boolean
  readonly outline: GridOutline | undefined
  readonly cell: (row: number, column: GridColumn) => ReactNode
  readonly onClick: (event: MouseEvent, row: number) => void
  readonly onOpen: (row: number) => void
}

/** One row: what is pinned, then what is in sight. Drawn again only when something of it changed. */
export const GridRow = memo(
  function GridRow(props: GridRowProps) {
    const { id, row, columns, pinned, firstColumn, endColumn, activeColumn, isMarked, outline, onClick, onOpen } = props
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
        data-openable
        style={{ blockSize: rowHeight, transform: `translateY(${headHeight + row * rowHeight}px)` }}
        onClick={(event) => onClick(event, row)}
        onDoubleClick={() => onOpen(row)}
      >
        {indexes.map((index) => {
          const column = columns[index] as GridColumn
          return (
            <div
              key={column.id}
              id={`${id}-${row}-${index}`}
              role="gridcell"
              aria-colindex={index + 1}
              className={`${styles.cell} ${pinClass(index, pinned)}`}
              data-align={column.align}
              data-quiet={column.quiet}
              data-active={index === activeColumn || undefined}
              style={placeOf(props, index)}
            >
              {props.cell(row, column)}
            </div>
          )
        })}
      </div>
    )
  },
  // `onClick` and `onOpen` act on the row they are given, so an older one does the same.
  (before, now) =>
    before.row === now.row &&
    before.cell === now.cell &&
    before.columns === now.columns &&
    before.pinned === now.pinned &&
    before.firstColumn === now.firstColumn &&
    before.endColumn === now.endColumn &&
    before.activeColumn === now.activeColumn &&
    before.isMarked === now.isMarked &&
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

/** The pinned ones stick to the left; the first of the others makes room for those that do not exist now. */
export function placeOf(
  { starts, pinned, firstColumn }: Pick<GridRowProps, 'starts' | 'pinned' | 'firstColumn'>,
  index: number,
): CSSProperties {
  const start = starts[index] as number
  const inlineSize = (starts[index + 1] as number) - start
  if (index < pinned) return { inlineSize, insetInlineStart: start }
  const isFirst = index === Math.max(pinned, firstColumn)
  return isFirst ? { inlineSize, marginInlineStart: start - (starts[pinned] as number) } : { inlineSize }
}
