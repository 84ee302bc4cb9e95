import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { type GridWindow, headHeight, windowOf } from './grid-window.ts'

/** Follows the scrolling and the size of a place; gives a new window only when other rows or columns have to exist. */
export function useGridWindow(
  place: RefObject<HTMLDivElement | null>,
  rows: number,
  starts: Float64Array,
  pinned: number,
  onSight: ((firstColumn: number, endColumn: number) => void) | undefined,
): GridWindow {
  const measure = (): GridWindow => {
    const element = place.current
    const view = {
      top: element?.scrollTop ?? 0,
      left: element?.scrollLeft ?? 0,
      width: element?.clientWidth ?? 0,
      height: (element?.clientHeight ?? 0) - headHeight,
    }
    return windowOf(view, rows, starts, pinned)
  }
  const [, redraw] = useState(0)
  const now = measure()
  const shown = useRef(now)
  shown.current = now
  const latest = useRef(measure)
  latest.current = measure

  useLayoutEffect(() => {
    const element = place.current
    if (element === null) return
    const look = (): void => {
      const next = latest.current()
      if (!isSame(next, shown.current)) flushSync(() => redraw((count) => count + 1))
    }
    // The first drawing was made before the place had a size.
    redraw((count) => count + 1)
    const observer = new ResizeObserver(() => requestAnimationFrame(look))
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [place])

  useEffect(() => onSight?.(now.firstColumn, now.endColumn), [onSight, now.firstColumn, now.endColumn])
  return now
}

function isSame(one: GridWindow, other: GridWindow): boolean {
  return (
    one.firstRow === other.firstRow &&
    one.endRow === other.endRow &&
    one.firstColumn === other.firstColumn &&
    one.endColumn === other.endColumn
  )
}
