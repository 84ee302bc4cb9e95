import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

export const rowHeight = 26
/** Browsers cannot lay out an element taller than some 30 million pixels; a table may have more rows than that. */
const tallestSheet = 12_000_000

export type TallScroll = {
  /** The row at the upper edge; whole while the sheet is shorter than its rows. */
  readonly topRow: number
  readonly scrollTop: number
  readonly scrollLeft: number
  readonly width: number
  readonly height: number
}

/**
 * Scrolling over any number of rows. Where the sheet would be too tall the scrollbar stands for the whole table, and
 * the wheel and the keys still move row by row.
 */
export function useTallScroll(place: RefObject<HTMLDivElement | null>, rows: number, headHeight: number) {
  const [scroll, setScroll] = useState<TallScroll>({ topRow: 0, scrollTop: 0, scrollLeft: 0, width: 0, height: 0 })
  const sheetHeight = Math.min(rows * rowHeight, tallestSheet)
  const isSqueezed = rows * rowHeight > tallestSheet
  const own = useRef(-1)
  const latest = useRef({ rows, isSqueezed, sheetHeight, scroll })
  latest.current = { rows, isSqueezed, sheetHeight, scroll }

  /** Puts a row at the upper edge. */
  const goTo = (topRow: number): void => {
    const element = place.current
    if (element === null) return
    const height = element.clientHeight - headHeight
    const last = Math.max(0, rows - height / rowHeight)
    const at = Math.max(0, Math.min(last, topRow))
    if (!isSqueezed) {
      element.scrollTop = at * rowHeight
      return
    }
    const range = sheetHeight - height
    element.scrollTop = last === 0 ? 0 : (at / last) * range
    own.current = element.scrollTop
    setScroll((now) => ({ ...now, topRow: Math.round(at), scrollTop: element.scrollTop }))
  }
  const go = useRef(goTo)
  go.current = goTo

  useLayoutEffect(() => {
    const element = place.current
    if (element === null) return
    const look = (): void => {
      const now = latest.current
      const height = element.clientHeight - headHeight
      const { scrollTop, scrollLeft } = element
      const isOwn = now.isSqueezed && Math.abs(scrollTop - own.current) < 1
      const range = now.sheetHeight - height
      const last = Math.max(0, now.rows - height / rowHeight)
      const topRow = !now.isSqueezed
        ? scrollTop / rowHeight
        : isOwn
          ? now.scroll.topRow
          : Math.round(range <= 0 ? 0 : (scrollTop / range) * last)
      setScroll({ topRow, scrollTop, scrollLeft, width: element.clientWidth, height })
    }
    const turn = (event: WheelEvent): void => {
      if (!latest.current.isSqueezed || event.ctrlKey || Math.abs(event.deltaY) < Math.abs(event.deltaX)) return
      event.preventDefault()
      const lines = event.deltaMode === 0 ? event.deltaY / rowHeight : event.deltaY
      go.current(latest.current.scroll.topRow + (lines > 0 ? Math.ceil(lines) : Math.floor(lines)))
    }
    look()
    const observer = new ResizeObserver(() => requestAnimationFrame(look))
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    element.addEventListener('wheel', turn, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
      element.removeEventListener('wheel', turn)
    }
  }, [place, headHeight])

  return { scroll, sheetHeight, goTo }
}
