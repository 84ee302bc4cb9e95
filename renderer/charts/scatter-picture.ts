import type { AxisValues } from './axis-values.ts'
import type { ChartLook } from './chart-look.ts'
import { type ColourKey, colourRows } from './colour-rows.ts'
import type { Part, Picture } from './picture.ts'
import { createScale } from './scale.ts'

export type ScatterAxis = AxisValues & { readonly title: string; readonly log: boolean }

type ScatterOptions = {
  readonly rows: Uint32Array
  readonly x: ScatterAxis
  readonly y: ScatterAxis
  readonly colour: AxisValues | null
  readonly isMarked: (row: number) => boolean
  readonly width: number
  readonly height: number
  readonly look: ChartLook
}

export type Scatter = {
  readonly picture: Picture
  /** Where each of the rows is; NaN where it is nowhere. */
  readonly xs: Float32Array
  readonly ys: Float32Array
  readonly keys: readonly ColourKey[]
}

const room = { left: 66, right: 12, top: 8, bottom: 38 }

/** A dot for each run; the marked ones larger and on top. */
export function drawScatter({ rows, x, y, colour, isMarked, width, height, look }: ScatterOptions): Scatter {
  const only = (values: Float64Array) => Float64Array.from(rows, (row) => values[row] ?? Number.NaN)
  const [left, right, top, bottom] = [room.left, width - room.right, room.top, height - room.bottom]
  const xScale = createScale({
    ...x,
    values: only(x.values),
    from: left + 6,
    to: right - 6,
    mostTicks: Math.max(2, Math.floor((right - left) / 90)),
  })
  const yScale = createScale({
    ...y,
    values: only(y.values),
    from: bottom - 6,
    to: top + 6,
    mostTicks: Math.max(2, Math.floor((bottom - top) / 36)),
  })
  const xs = Float32Array.from(rows, (row) => xScale.toPixel(x.values[row] ?? Number.NaN))
  const ys = Float32Array.from(rows, (row) => yScale.toPixel(y.values[row] ?? Number.NaN))
  const colours = colourRows(rows, colour, look)
  const radius = rows.length > 5_000 ? 1.2 : 2.5
  const opacity = rows.length > 5_000 ? 0.5 : 0.75
  const line = (x1: number, y1: number, x2: number, y2: number): Part => ({
    kind: 'line',
    xs: [x1, x2],
    ys: [y1, y2],
    colour: look.border,
    width: 1,
  })
  const words = { kind: 'text', colour: look.muted } as const
  const parts: Part[] = [
    ...xScale.ticks.flatMap(({ value, text }): Part[] => {
      const at = xScale.toPixel(value)
      return [line(at, top, at, bottom), { ...words, x: at, y: bottom + 11, text, anchor: 'middle' }]
    }),
    ...yScale.ticks.flatMap(({ value, text }): Part[] => {
      const at = yScale.toPixel(value)
      return [line(left, at, right, at), { ...words, x: left - 6, y: at, text, anchor: 'end' }]
    }),
    { ...words, x: (left + right) / 2, y: height - 9, text: x.title, anchor: 'middle' },
    { ...words, x: 9, y: (top + bottom) / 2, text: y.title, anchor: 'middle', turned: true },
    ...colours.colours.map((one, index): Part => {
      const those = Array.from(rows.keys()).filter((at) => colours.of[at] === index)
      return {
        kind: 'dots',
        xs: those.map((at) => xs[at] as number),
        ys: those.map((at) => ys[at] as number),
        colour: one,
        radius,
        opacity,
      }
    }),
  ]
  const marked = Array.from(rows.keys()).filter((at) => isMarked(rows[at] as number))
  if (marked.length > 0) {
    parts.push({
      kind: 'dots',
      xs: marked.map((at) => xs[at] as number),
      ys: marked.map((at) => ys[at] as number),
      colour: look.text,
      radius: 4,
    })
  }
  return { picture: { width, height, parts }, xs, ys, keys: colours.keys }
}
