import type { ChartLook } from './chart-look.ts'
import type { Curve } from './curve-data.ts'
import type { Part, Picture } from './picture.ts'
import { createScale } from './scale.ts'
import { seriesLook } from './series-look.ts'

type CurveOptions = {
  readonly curves: readonly Curve[]
  readonly xTitle: string
  readonly yTitle: string
  readonly logScale: boolean
  readonly range: readonly [from: number, to: number] | null
  readonly width: number
  readonly height: number
  readonly look: ChartLook
}

const room = { left: 66, right: 12, top: 10, bottom: 38 }
const lineHeight = 15

/** The curves as a picture for files: as on screen, with the names of the lines under it. */
export function drawCurves(options: CurveOptions): Picture {
  const { xTitle, yTitle, logScale, range, width, height, look } = options
  const curves = options.curves.map((curve) => within(curve, range))
  const [left, right, top, bottom] = [room.left, width - room.right, room.top, height - room.bottom]
  const xs = range ?? curves.flatMap((curve) => curve.xs)
  const ys = curves.flatMap((curve) => curve.ys)
  const x = createScale({
    values: xs,
    words: null,
    log: false,
    from: left,
    to: right,
    mostTicks: Math.floor((right - left) / 90),
  })
  const y = createScale({
    values: ys,
    words: null,
    log: logScale,
    from: bottom,
    to: top,
    mostTicks: Math.floor((bottom - top) / 36),
  })
  const rule = (x1: number, y1: number, x2: number, y2: number): Part => ({
    kind: 'line',
    xs: [x1, x2],
    ys: [y1, y2],
    colour: look.border,
    width: 1,
  })
  const words = { kind: 'text', colour: look.muted } as const
  const colourOf = (index: number) => look.series[index % look.series.length] as string
  const parts: Part[] = [
    ...x.ticks.flatMap(({ value, text }): Part[] => {
      const at = x.toPixel(value)
      return [rule(at, top, at, bottom), { ...words, x: at, y: bottom + 11, text, anchor: 'middle' }]
    }),
    ...y.ticks.flatMap(({ value, text }): Part[] => {
      const at = y.toPixel(value)
      return [rule(left, at, right, at), { ...words, x: left - 6, y: at, text, anchor: 'end' }]
    }),
    { ...words, x: (left + right) / 2, y: height - 9, text: xTitle, anchor: 'middle' },
    { ...words, x: 9, y: (top + bottom) / 2, text: yTitle, anchor: 'middle', turned: true },
    ...curves.map(
      (curve, index): Part => ({
        kind: 'line',
        xs: curve.xs.map(x.toPixel),
        ys: curve.ys.map(y.toPixel),
        colour: colourOf(index),
        width: 1.5,
        dash: seriesLook(index).dash,
      }),
    ),
    ...curves.flatMap((curve, index): Part[] => {
      const at = height + 6 + index * lineHeight
      const dash = seriesLook(index).dash
      return [
        { kind: 'line', xs: [left, left + 24], ys: [at, at], colour: colourOf(index), width: 2, dash },
        { kind: 'text', x: left + 30, y: at, text: curve.label, anchor: 'start', colour: look.text },
      ]
    }),
  ]
  return { width, height: height + curves.length * lineHeight + 6, parts }
}

function within(curve: Curve, range: CurveOptions['range']): Curve {
  if (range === null) return curve
  const places = curve.xs.flatMap((x, at) => (x >= range[0] && x <= range[1] ? [at] : []))
  return {
    label: curve.label,
    xs: places.map((at) => curve.xs[at] as number),
    ys: places.map((at) => curve.ys[at] as number),
  }
}
