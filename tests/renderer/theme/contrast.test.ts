import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../../renderer/theme/tokens.css', import.meta.url), 'utf8')

/** Text needs 4.5, the borders of controls and the focus ring need 3. */
const texts: readonly (readonly [string, string])[] = [
  ['text', 'bg'],
  ['text', 'surface'],
  ['text', 'raised'],
  ['text', 'sunken'],
  ['text', 'hover'],
  ['text', 'selection'],
  ['text', 'danger-bg'],
  ['muted', 'bg'],
  ['muted', 'surface'],
  ['muted', 'raised'],
  ['muted', 'sunken'],
  ['primary', 'bg'],
  ['primary', 'surface'],
  ['primary', 'raised'],
  ['primary', 'primary-bg'],
  ['on-primary', 'primary'],
  ['on-primary', 'primary-hover'],
  ['success', 'success-bg'],
  ['danger', 'danger-bg'],
  ['danger', 'bg'],
  ['danger', 'raised'],
  ['warning', 'warning-bg'],
  ['warning', 'bg'],
  ['stale', 'stale-bg'],
  ['stale', 'surface'],
  ['cached', 'cached-bg'],
  ['bg', 'text'],
  ...['keyword', 'string', 'number', 'comment', 'type', 'function'].map((name) => [`code-${name}`, 'bg'] as const),
]
const lines: readonly (readonly [string, string])[] = [
  ['control-border', 'bg'],
  ['control-border', 'surface'],
  ['control-border', 'raised'],
  ['focus', 'bg'],
  ['focus', 'surface'],
  ['focus', 'raised'],
  ...Array.from({ length: 8 }, (_, index) => [`series-${index + 1}`, 'bg'] as const),
]

describe.each(['light', 'dark'])('the %s theme', (theme) => {
  const tokens = readTokens(theme)

  it.each(texts)('can be read: %s on %s', (front, back) => {
    expect(contrast(tokens, front, back)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(lines)('can be seen: %s on %s', (front, back) => {
    expect(contrast(tokens, front, back)).toBeGreaterThanOrEqual(3)
  })
})

it('names the same colours in both themes', () => {
  const names = (theme: string) => [...readTokens(theme).keys()].sort()
  expect(names('dark')).toEqual(names('light'))
})

function readTokens(theme: string): ReadonlyMap<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? ''
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/gi)].map((match) => [match[1] as string, match[2] as string]),
  )
}

function contrast(tokens: ReadonlyMap<string, string>, front: string, back: string): number {
  const [a, b] = [luminance(tokens.get(front)), luminance(tokens.get(back))]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

function luminance(colour: string | undefined): number {
  if (!colour) throw new Error('no such token')
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
