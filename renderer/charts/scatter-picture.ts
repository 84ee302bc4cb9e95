import { drawFrame, frameBox, mostTicks } from './axes-frame.ts'
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

/** A dot for each run; the marked ones larger and on top. */
export function drawScatter({ rows, x, y, colour, isMarked, width, height, look }: ScatterOptions): Scatter {
  const only = (values: Float64Array) => Float64Array.from(rows, (row) => values[row] ?? Number.NaN)
  const box = frameBox(width, height)
  const most = mostTicks(box)
  const xScale = createScale({
    ...x,
    values: only(x.values),
    from: box.left + 6,
    to: box.right - 6,
    mostTicks: most.x,
  })
  const yScale = createScale({
    ...y,
    values: only(y.values),
    from: box.bottom - 6,
    to: box.top + 6,
    mostTicks: most.y,
  })
  const xs = Float32Array.from(rows, (row) => xScale.toPixel(x.values[row] ?? Number.NaN))
  const ys = Float32Array.from(rows, (row) => yScale.toPixel(y.values[row] ?? Number.NaN))
  const colours = colourRows(rows, colour, look)
  const radius = rows.length > 5_000 ? 1.2 : 2.5
  const opacity = rows.length > 5_000 ? 0.5 : 0.75
  const parts: Part[] = [
    ...drawFrame({ box, x: xScale, y: yScale, xTitle: x.title, yTitle: y.title, look }),
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
