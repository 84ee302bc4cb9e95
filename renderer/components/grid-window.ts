/** Which rows and columns of a large grid have to exist for what is in sight. */

export const rowHeight = 28
export const headHeight = 30
const spareRows = 4
const sparePixels = 160

export type GridWindow = {
  readonly firstRow: number
  /** One past the last. */
  readonly endRow: number
  readonly firstColumn: number
  readonly endColumn: number
}

export type GridView = {
  readonly top: number
  readonly left: number
  readonly width: number
  readonly height: number
}

/** Where each column starts, and at the end the width of them all. */
export function startsOf(widths: readonly number[]): Float64Array {
  const starts = new Float64Array(widths.length + 1)
  for (const [index, width] of widths.entries()) starts[index + 1] = (starts[index] as number) + width
  return starts
}

/** `pinned` columns stand at the left and always exist; the window is of those after them. */
export function windowOf(view: GridView, rows: number, starts: Float64Array, pinned: number): GridWindow {
  const count = starts.length - 1
  const firstRow = Math.max(0, Math.min(rows, Math.floor(view.top / rowHeight) - spareRows))
  const fitting = Math.ceil(view.height / rowHeight) + 2 * spareRows
  const from = (starts[pinned] as number) + view.left - sparePixels
  const to = view.left + view.width + sparePixels
  const firstColumn = Math.max(pinned, columnAt(starts, from))
  return {
    firstRow,
    endRow: Math.min(rows, firstRow + fitting),
    firstColumn: Math.min(firstColumn, count),
    endColumn: Math.min(count, Math.max(pinned, columnAt(starts, to) + 1)),
  }
}

/** The scroll place at which a span of the sheet is in sight, `before` of it being hidden under what is pinned. */
export function reveal(now: number, size: number, before: number, start: number, end: number): number {
  if (start < now + before) return Math.max(0, start - before)
  return end > now + size ? end - size : now
}

function columnAt(starts: Float64Array, pixel: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= pixel) low = middle
    else high = middle - 1
  }
  return low
}
