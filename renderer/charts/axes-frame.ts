import type { ChartLook } from './chart-look.ts'
import type { Part } from './picture.ts'
import type { Scale } from './scale.ts'

/** Where the values of a picture with two axes lie, in pixels. */
export type FrameBox = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }

const room = { left: 66, right: 12, top: 9, bottom: 38 }

export function frameBox(width: number, height: number): FrameBox {
  return { left: room.left, right: width - room.right, top: room.top, bottom: height - room.bottom }
}

/** As many ticks as have room: words below need more of it than words at the side. */
export function mostTicks({ left, right, top, bottom }: FrameBox): { readonly x: number; readonly y: number } {
  return { x: Math.max(2, Math.floor((right - left) / 90)), y: Math.max(2, Math.floor((bottom - top) / 36)) }
}

type FrameOptions = {
  readonly box: FrameBox
  readonly x: Scale
  readonly y: Scale
  readonly xTitle: string
  readonly yTitle: string
  readonly look: ChartLook
}

/** The rules, numbers and titles of both axes. */
export function drawFrame({ box, x, y, xTitle, yTitle, look }: FrameOptions): Part[] {
  const { left, right, top, bottom } = box
  const words = { kind: 'text', colour: look.muted } as const
  const rule = (x1: number, y1: number, x2: number, y2: number): Part => ({
    kind: 'line',
    xs: [x1, x2],
    ys: [y1, y2],
    colour: look.border,
    width: 1,
  })
  return [
    ...x.ticks.flatMap(({ value, text }): Part[] => {
      const at = x.toPixel(value)
      return [rule(at, top, at, bottom), { ...words, x: at, y: bottom + 11, text, anchor: 'middle' }]
    }),
    ...y.ticks.flatMap(({ value, text }): Part[] => {
      const at = y.toPixel(value)
      return [rule(left, at, right, at), { ...words, x: left - 6, y: at, text, anchor: 'end' }]
    }),
    { ...words, x: (left + right) / 2, y: bottom + 29, text: xTitle, anchor: 'middle' },
    { ...words, x: 9, y: (top + bottom) / 2, text: yTitle, anchor: 'middle', turned: true },
  ]
}
