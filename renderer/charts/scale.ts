export type Tick = { readonly value: number; readonly text: string }

/** Values to pixels along an axis. */
export type Scale = {
  /** NaN for what the axis cannot show: nothing, or zero and less on a logarithmic one. */
  toPixel(value: number): number
  toValue(pixel: number): number
  readonly ticks: readonly Tick[]
}

type ScaleOptions = {
  readonly values: ArrayLike<number>
  /** For words the value is the place among these. */
  readonly words: readonly string[] | null
  readonly log: boolean
  readonly from: number
  readonly to: number
  readonly mostTicks: number
}

export function createScale({ values, words, log, from, to, mostTicks }: ScaleOptions): Scale {
  const isLog = log && words === null
  const turn = (value: number) => (isLog ? (value > 0 ? Math.log10(value) : Number.NaN) : value)
  let [low, high] = [Infinity, -Infinity]
  for (let at = 0; at < values.length; at++) {
    const value = turn(values[at] as number)
    if (value < low && Number.isFinite(value)) low = value
    if (value > high && Number.isFinite(value)) high = value
  }
  if (low > high) [low, high] = [0, 1]
  if (words !== null) [low, high] = [-0.5, Math.max(0, words.length - 1) + 0.5]
  else if (low === high) [low, high] = [low - 0.5, high + 0.5]
  const width = high - low
  return {
    toPixel: (value) => from + ((turn(value) - low) / width) * (to - from),
    toValue: (pixel) => {
      const value = low + ((pixel - from) / (to - from)) * width
      return isLog ? 10 ** value : value
    },
    ticks: words ? wordTicks(words, mostTicks) : isLog ? powers(low, high, mostTicks) : rounds(low, high, mostTicks),
  }
}

/** When there is no room for all words, some stand for them. */
function wordTicks(words: readonly string[], most: number): readonly Tick[] {
  const each = Math.max(1, Math.ceil(words.length / most))
  return words.flatMap((text, value) => (value % each === 0 ? [{ value, text: shorten(text) }] : []))
}

function rounds(low: number, high: number, most: number): readonly Tick[] {
  const rough = (high - low) / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power
  const ticks: Tick[] = []
  for (let count = Math.ceil(low / step); count * step <= high + step * 1e-9; count++) {
    ticks.push({ value: count * step, text: numberText(count * step) })
  }
  return ticks
}

function powers(low: number, high: number, most: number): readonly Tick[] {
  const first = Math.ceil(low - 1e-9)
  const last = Math.floor(high + 1e-9)
  if (last - first < 1) {
    return [low, (low + high) / 2, high].map((power) => ({ value: 10 ** power, text: numberText(10 ** power) }))
  }
  const each = Math.max(1, Math.ceil((last - first + 1) / most))
  const ticks: Tick[] = []
  for (let power = first; power <= last; power += each)
    ticks.push({ value: 10 ** power, text: numberText(10 ** power) })
  return ticks
}

function numberText(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e')
  return String(Number(value.toPrecision(4)))
}

function shorten(text: string): string {
  return text.length > 14 ? `${text.slice(0, 13)}…` : text
}
