/** Points of a curve; `xs` never falls. */
export type Points = { readonly xs: Float64Array; readonly ys: Float64Array }

/**
 * As many points as a picture can show: of each of `buckets` equal parts of the width the first, the lowest, the
 * highest and the last, so that no spike is lost and the ends meet. What is no finite number is left out.
 */
export function decimate({ xs, ys }: Points, buckets: number, from = xs[0] ?? 0, to = xs.at(-1) ?? 0): Points {
  const last = upperBound(xs, to)
  const kept = new Uint32Array(4 * buckets)
  let count = 0
  let start = lowerBound(xs, from)
  // Where a part ends is searched, not found by dividing at each of a million points.
  for (let part = 1; part <= buckets && start < last; part++) {
    const end = part < buckets ? Math.min(lowerBound(xs, from + ((to - from) * part) / buckets, start), last) : last
    count = keepOfPart(ys, start, end, kept, count)
    start = end
  }
  const order = kept.subarray(0, count)
  return {
    xs: Float64Array.from(order, (at) => xs[at] as number),
    ys: Float64Array.from(order, (at) => ys[at] as number),
  }
}

/** Writes where the first, lowest, highest and last number of a part stand, each once; gives how many are kept now. */
function keepOfPart(ys: Float64Array, start: number, end: number, kept: Uint32Array, count: number): number {
  let [first, low, high, last] = [-1, -1, -1, -1]
  let [lowest, highest] = [Infinity, -Infinity]
  for (let at = start; at < end; at++) {
    const y = ys[at] as number
    // False for what is no number, too.
    if (!(Math.abs(y) < Infinity)) continue
    if (first < 0) first = at
    if (y < lowest) {
      lowest = y
      low = at
    }
    if (y > highest) {
      highest = y
      high = at
    }
    last = at
  }
  if (first < 0) return count
  let now = count
  for (const at of [first, Math.min(low, high), Math.max(low, high), last]) {
    if (now === count || at !== kept[now - 1]) kept[now++] = at
  }
  return now
}

function lowerBound(xs: Float64Array, value: number, after = 0): number {
  let [low, high] = [after, xs.length]
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
