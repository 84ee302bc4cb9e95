import { drawFrame, frameBox, mostTicks } from './axes-frame.ts'
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

const lineHeight = 15

/** The curves as a picture for files: as on screen, with the names of the lines under it. */
export function drawCurves(options: CurveOptions): Picture {
  const { xTitle, yTitle, logScale, range, width, height, look } = options
  const curves = options.curves.map((curve) => within(curve, range))
  const box = frameBox(width, height)
  const { left, right, top, bottom } = box
  const most = mostTicks(box)
  const xs = range ?? curves.flatMap((curve) => curve.xs)
  const ys = curves.flatMap((curve) => curve.ys)
  const x = createScale({
    values: xs,
    words: null,
    log: false,
    from: left,
    to: right,
    mostTicks: most.x,
  })
  const y = createScale({
    values: ys,
    words: null,
    log: logScale,
    from: bottom,
    to: top,
    mostTicks: most.y,
  })
  const colourOf = (index: number) => look.series[index % look.series.length] as string
  const parts: Part[] = [
    ...drawFrame({ box, x, y, xTitle, yTitle, look }),
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
