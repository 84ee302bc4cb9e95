/** Points of a curve; `xs` never falls. */
export type Points = { readonly xs: Float64Array; readonly ys: Float64Array }

/**
 * As many points as a picture can show: of each of `buckets` equal parts of the width the first, the lowest, the
 * highest and the last, so that no spike is lost and the ends meet. What is no finite number is left out.
 */
export function decimate({ xs, ys }: Points, buckets: number, from = xs[0] ?? 0, to = xs.at(-1) ?? 0): Points {
  const start = lowerBound(xs, from)
  const end = upperBound(xs, to)
  const width = to - from
  const kept: number[] = []
  let bucket = -1
  let [first, low, high, last] = [-1, -1, -1, -1]
  const flush = (): void => {
    if (first < 0) return
    for (const at of [first, Math.min(low, high), Math.max(low, high), last]) {
      if (at !== kept.at(-1)) kept.push(at)
    }
  }
  for (let at = start; at < end; at++) {
    const y = ys[at] as number
    if (!Number.isFinite(y)) continue
    const place = width > 0 ? Math.min(buckets - 1, Math.floor((((xs[at] as number) - from) / width) * buckets)) : 0
    if (place !== bucket) {
      flush()
      bucket = place
      first = at
      low = at
      high = at
    }
    if (y < (ys[low] as number)) low = at
    if (y > (ys[high] as number)) high = at
    last = at
  }
  flush()
  return {
    xs: Float64Array.from(kept, (at) => xs[at] as number),
    ys: Float64Array.from(kept, (at) => ys[at] as number),
  }
}

function lowerBound(xs: Float64Array, value: number): number {
  let [low, high] = [0, xs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((xs[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

function upperBound(xs: Float64Array, value: number): number {
  let [low, high] = [0, xs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((xs[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}
