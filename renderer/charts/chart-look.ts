/** Colours of the theme as they stand now; charts are painted anew when it changes. */
export type ChartLook = {
  readonly text: string
  readonly muted: string
  readonly border: string
  readonly ground: string
  readonly accent: string
  readonly series: readonly string[]
  readonly font: string
}

export function chartLookOf(element: Element): ChartLook {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  return {
    text: colour('--text'),
    muted: colour('--muted'),
    border: colour('--border'),
    ground: colour('--bg'),
    accent: colour('--primary'),
    series: Array.from({ length: 8 }, (_, index) => colour(`--series-${index + 1}`)),
    font: style.fontFamily,
  }
}

export const shades = 10

/** From the first colour of the series to the second, in as many steps as an eye tells apart. */
export function shadeOf(look: ChartLook, step: number): string {
  const [from, to] = [look.series[0] ?? look.text, look.series[1] ?? look.text]
  const part = step / (shades - 1)
  const mix = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number]
    return Math.round(a + (b - a) * part)
      .toString(16)
      .padStart(2, '0')
  })
  return `#${mix.join('')}`
}
