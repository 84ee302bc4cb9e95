import type { AxisValues } from './axis-values.ts'
import type { ChartLook } from './chart-look.ts'
import { type ColourKey, colourRows } from './colour-rows.ts'
import type { Part, Picture } from './picture.ts'
import { createScale, type Scale } from './scale.ts'

export type ParallelAxis = AxisValues & { readonly id: string; readonly title: string }
/** From one value of an axis to another, the lower one first. */
export type Brush = readonly [from: number, to: number]
export type Brushes = Readonly<Record<string, Brush>>

export type ParallelPlace = {
  readonly id: string
  readonly x: number
  readonly scale: Scale
  /** Its lowest and its highest value; half a word beyond the first and the last. */
  readonly extent: Brush
  readonly words: readonly string[] | null
}

type ParallelOptions = {
  readonly rows: Uint32Array
  readonly axes: readonly ParallelAxis[]
  readonly brushes: Brushes
  /** The axis that the keys are at. */
  readonly active: string | null
  readonly colour: AxisValues | null
  readonly isMarked: (row: number) => boolean
  readonly width: number
  readonly height: number
  readonly look: ChartLook
}

export type Parallel = {
  readonly picture: Picture
  readonly places: readonly ParallelPlace[]
  readonly keys: readonly ColourKey[]
  /** How many of the rows have a line; the others would only make the picture black. */
  readonly drawn: number
}

const room = { left: 70, right: 70, top: 26, bottom: 14 }
const mostLines = 3_000

/** A line for each run through what it has on each axis; those outside the brushes are faint. */
export function drawParallel({
  rows,
  axes,
  brushes,
  active,
  colour,
  isMarked,
  width,
  height,
  look,
}: ParallelOptions): Parallel {
  const [top, bottom] = [room.top, height - room.bottom]
  const gap = axes.length > 1 ? (width - room.left - room.right) / (axes.length - 1) : 0
  const places = axes.map((axis, index): ParallelPlace => {
    const scale = createScale({
      values: Float64Array.from(rows, (row) => axis.values[row] ?? Number.NaN),
      words: axis.words,
      log: false,
      from: bottom,
      to: top,
      mostTicks: Math.max(2, Math.floor((bottom - top) / 40)),
    })
    const extent: Brush = [scale.toValue(bottom), scale.toValue(top)]
    return { id: axis.id, x: room.left + index * gap, scale, extent, words: axis.words }
  })
  const each = Math.max(1, Math.ceil(rows.length / mostLines))
  const some = rows.filter((row, at) => at % each === 0 || isMarked(row))
  const holds = insideBrushes(some, axes, brushes)
  const colours = colourRows(some, colour, look)
  const xs = [...places.map(({ x }) => x), Number.NaN]
  const linesOf = (
    wanted: (at: number) => boolean,
    look: Omit<Extract<Part, { kind: 'line' }>, 'kind' | 'xs' | 'ys'>,
  ): Part[] => {
    const chosen = Array.from(some.keys()).filter(wanted)
    if (chosen.length === 0) return []
    const allXs = new Float32Array(chosen.length * xs.length)
    const allYs = new Float32Array(chosen.length * xs.length).fill(Number.NaN)
    for (const [index, at] of chosen.entries()) {
      allXs.set(xs, index * xs.length)
      for (const [axis, place] of places.entries()) {
        const value = axes[axis]?.values[some[at] as number] ?? Number.NaN
        allYs[index * xs.length + axis] = place.scale.toPixel(value)
      }
    }
    return [{ kind: 'line', xs: allXs, ys: allYs, ...look }]
  }
  const opacity = some.length > 500 ? 0.25 : 0.6
  const words = { kind: 'text', colour: look.text, halo: look.ground } as const
  const parts: Part[] = [
    ...linesOf((at) => holds[at] === 0, { colour: look.border, width: 1, opacity: 0.6 }),
    ...colours.colours.flatMap((one, index) =>
      linesOf((at) => holds[at] === 1 && colours.of[at] === index, { colour: one, width: 1, opacity }),
    ),
    ...linesOf((at) => isMarked(some[at] as number), { colour: look.text, width: 2 }),
    ...places.flatMap(({ id, x, scale }, index): Part[] => [
      { kind: 'line', xs: [x, x], ys: [top, bottom], colour: look.muted, width: id === active ? 3 : 1 },
      {
        kind: 'text',
        x,
        y: 10,
        text: `${id === active ? '▸ ' : ''}${axes[index]?.title ?? ''}`,
        anchor: 'middle',
        colour: look.text,
      },
      ...scale.ticks.map(
        ({ value, text }): Part => ({ ...words, x: x + 5, y: scale.toPixel(value), text, anchor: 'start' }),
      ),
      ...(brushes[id]
        ? [
            {
              kind: 'line',
              xs: [x, x],
              ys: brushes[id].map(scale.toPixel),
              colour: look.accent,
              width: 7,
              opacity: 0.7,
            } as const,
          ]
        : []),
    ]),
  ]
  return { picture: { width, height, parts }, places, keys: colours.keys, drawn: some.length }
}

/** One byte for each row: 1 where it is inside all brushes. */
export function insideBrushes(rows: Uint32Array, axes: readonly ParallelAxis[], brushes: Brushes): Uint8Array {
  const holds = new Uint8Array(rows.length).fill(1)
  for (const { id, values } of axes) {
    const brush = brushes[id]
    if (brush === undefined) continue
    for (const [at, row] of rows.entries()) {
      const value = values[row] ?? Number.NaN
      if (!(value >= brush[0] && value <= brush[1])) holds[at] = 0
    }
  }
  return holds
}
