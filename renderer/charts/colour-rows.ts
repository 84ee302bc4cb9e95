import type { AxisValues } from './axis-values.ts'
import { type ChartLook, shadeOf, shades } from './chart-look.ts'

export type ColourKey = { readonly text: string; readonly colour: string }
export type RowColours = {
  /** For each of the rows a place among the colours. */
  readonly of: Uint8Array
  readonly colours: readonly string[]
  /** What the colours stand for, to be shown beside the chart. */
  readonly keys: readonly ColourKey[]
}

/** One colour for all rows, one for each word, or shades from the lowest to the highest number. Missing ones are muted. */
export function colourRows(rows: Uint32Array, by: AxisValues | null, look: ChartLook): RowColours {
  const first = look.series[0] as string
  const of = new Uint8Array(rows.length)
  if (by === null || by.values.length === 0) return { of, colours: [first], keys: [] }
  const { values, words } = by
  if (words !== null) {
    const colours = [...look.series, look.muted]
    for (const [at, row] of rows.entries()) {
      const value = values[row] as number
      of[at] = Number.isNaN(value) ? 8 : value % 8
    }
    const keys = words.slice(0, 8).map((text, index) => ({ text, colour: look.series[index] as string }))
    return { of, colours, keys: words.length > 8 ? [...keys, { text: 'and so on', colour: look.muted }] : keys }
  }
  let [low, high] = [Infinity, -Infinity]
  for (const row of rows) {
    const value = values[row] as number
    if (value < low && Number.isFinite(value)) low = value
    if (value > high && Number.isFinite(value)) high = value
  }
  const width = high - low || 1
  for (const [at, row] of rows.entries()) {
    const value = values[row] as number
    of[at] = Number.isFinite(value) ? Math.min(shades - 1, Math.floor(((value - low) / width) * shades)) : shades
  }
  const colours = [...Array.from({ length: shades }, (_, step) => shadeOf(look, step)), look.muted]
  const ends = Number.isFinite(low) ? [low, high] : []
  return {
    of,
    colours,
    keys: ends.map((value, index) => ({
      text: String(Number(value.toPrecision(4))),
      colour: colours[index === 0 ? 0 : shades - 1] as string,
    })),
  }
}
