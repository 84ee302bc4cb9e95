/** One line of a chart. */
export type Curve = { readonly label: string; readonly xs: readonly number[]; readonly ys: readonly number[] }

type Columns = [xs: number[], ...ys: (number | null)[][]]

/** An exponential moving average that starts as one of few points, so that the beginning is not drawn to zero. */
export function smooth(curve: Curve, weight: number): Curve {
  if (weight <= 0) return curve
  let [sum, total] = [0, 0]
  const ys = curve.ys.map((y) => {
    sum = sum * weight + (1 - weight) * y
    total = total * weight + (1 - weight)
    return sum / total
  })
  return { ...curve, ys }
}

/** One common axis for all lines; null where a line has no point there. */
export function toColumns(curves: readonly Curve[]): Columns {
  const xs = [...new Set(curves.flatMap((curve) => [...curve.xs]))].sort((a, b) => a - b)
  const place = new Map(xs.map((x, index) => [x, index]))
  const columns = curves.map((curve) => {
    const ys: (number | null)[] = Array(xs.length).fill(null)
    for (const [at, x] of curve.xs.entries()) ys[place.get(x) as number] = curve.ys[at] as number
    return ys
  })
  return [xs, ...columns]
}

/** What a chart shows, as a file that a spreadsheet opens. */
export function toCsv(xTitle: string, curves: readonly Curve[]): string {
  const [xs, ...columns] = toColumns(curves)
  const lines = xs.map((x, at) => [x, ...columns.map((ys) => ys[at] ?? '')].join(','))
  return [[xTitle, ...curves.map(({ label }) => label)].map(toCell).join(','), ...lines].join('\r\n')
}

function toCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
