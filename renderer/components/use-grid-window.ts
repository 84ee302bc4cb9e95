import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { type GridWindow, reveal, rowHeight, windowOf } from './grid-window.ts'

/** Browsers cannot lay out an element taller than some 30 million pixels; a table may have more rows than that. */
const tallestSheet = 12_000_000

type GridSize = {
  readonly rows: number
  readonly starts: Float64Array
  readonly pinned: number
  readonly headHeight: number
}

export type GridSight = GridWindow & {
  /** What is added to where a row would stand, for a sheet that is shorter than its rows. */
  readonly lift: number
  /** Of the rows that exist those that can be seen; one past the last. */
  readonly firstSeen: number
  readonly endSeen: number
}

export type GridScroll = {
  readonly sight: GridSight
  readonly sheetHeight: number
  /** Scrolls as little as brings a row into sight. */
  readonly revealRow: (row: number) => void
}

/**
 * Follows the scrolling and the size of a place; draws anew only when other rows or columns have to exist. Where the
 * sheet would be too tall the scrollbar stands for the whole table, and the wheel and the keys still move row by row.
 */
export function useGridWindow(place: RefObject<HTMLDivElement | null>, size: GridSize): GridScroll {
  const { rows, starts, pinned, headHeight } = size
  const sheetHeight = Math.min(rows * rowHeight, tallestSheet)
  const isSqueezed = rows * rowHeight > tallestSheet
  /** For a squeezed sheet: the row that stands at the upper edge at this place of the scrollbar. */
  const edge = useRef({ scrollTop: 0, row: 0 })
  const [, redraw] = useState(0)

  const heightOf = (element: HTMLElement | null) => Math.max(0, (element?.clientHeight ?? 0) - headHeight)

  function edgeRow(scrollTop: number, height: number): number {
    if (!isSqueezed) return scrollTop / rowHeight
    if (Math.abs(scrollTop - edge.current.scrollTop) >= 1) {
      const range = sheetHeight - height
      const last = Math.max(0, rows - height / rowHeight)
      edge.current = { scrollTop, row: range <= 0 ? 0 : Math.round((scrollTop / range) * last) }
    }
    return edge.current.row
  }

  function measure(): GridSight {
    const element = place.current
    const height = heightOf(element)
    const scrollTop = element?.scrollTop ?? 0
    const top = edgeRow(scrollTop, height) * rowHeight
    const view = { top, left: element?.scrollLeft ?? 0, width: element?.clientWidth ?? 0, height }
    return {
      ...windowOf(view, rows, starts, pinned),
      lift: isSqueezed ? scrollTop - top : 0,
      firstSeen: Math.floor(top / rowHeight),
      endSeen: Math.ceil((top + height) / rowHeight),
    }
  }

  function goTo(row: number): void {
    const element = place.current
    if (element === null) return
    const height = heightOf(element)
    const last = Math.max(0, rows - height / rowHeight)
    const at = Math.max(0, Math.min(last, row))
    element.scrollTop = last === 0 ? 0 : (at / last) * (sheetHeight - height)
    edge.current = { scrollTop: element.scrollTop, row: Math.round(at) }
    redraw((count) => count + 1)
  }

  function revealRow(row: number): void {
    const element = place.current
    if (element === null) return
    const height = heightOf(element)
    if (isSqueezed) {
      const fitting = Math.floor(height / rowHeight)
      const top = edgeRow(element.scrollTop, height)
      if (row < top) goTo(row)
      else if (row >= top + fitting) goTo(row - fitting + 1)
      return
    }
    element.scrollTop = reveal(element.scrollTop, height, 0, row * rowHeight, (row + 1) * rowHeight)
  }

  const sight = measure()
  const shown = useRef(sight)
  shown.current = sight
  const latest = useRef({ measure, turn: goTo, edgeRow, isSqueezed, heightOf })
  latest.current = { measure, turn: goTo, edgeRow, isSqueezed, heightOf }

  useLayoutEffect(() => {
    const element = place.current
    if (element === null) return
    const look = (): void => {
      if (!isSame(latest.current.measure(), shown.current)) flushSync(() => redraw((count) => count + 1))
    }
    const turn = (event: WheelEvent): void => {
      const { isSqueezed, edgeRow, heightOf, turn } = latest.current
      if (!isSqueezed || event.ctrlKey || Math.abs(event.deltaY) < Math.abs(event.deltaX)) return
      event.preventDefault()
      const lines = event.deltaMode === 0 ? event.deltaY / rowHeight : event.deltaY
      turn(edgeRow(element.scrollTop, heightOf(element)) + (lines > 0 ? Math.ceil(lines) : Math.floor(lines)))
    }
    // The first drawing was made before the place had a size.
    redraw((count) => count + 1)
    const observer = new ResizeObserver(() => requestAnimationFrame(look))
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    element.addEventListener('wheel', turn, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
      element.removeEventListener('wheel', turn)
    }
  }, [place])

  return { sight, sheetHeight, revealRow }
}

/** Tells who asks for what is in sight, once for each change. */
export function useSight(sight: GridWindow, onSight: ((sight: GridWindow) => void) | undefined): void {
  const { firstRow, endRow, firstColumn, endColumn } = sight
  useEffect(
    () => onSight?.({ firstRow, endRow, firstColumn, endColumn }),
    [onSight, firstRow, endRow, firstColumn, endColumn],
  )
}

function isSame(one: GridSight, other: GridSight): boolean {
  return (
    one.firstRow === other.firstRow &&
    one.endRow === other.endRow &&
    one.firstColumn === other.firstColumn &&
    one.endColumn === other.endColumn &&
    one.lift === other.lift
  )
}
