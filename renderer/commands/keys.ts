/** A shortcut as it is written: `Mod+Shift+P`, `F5`, `?`. Mod is Command on a Mac and Control elsewhere. */
export type Shortcut = string

export const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform)

type KeyPress = {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

export function matchesShortcut(press: KeyPress, shortcut: Shortcut, mac = isMac): boolean {
  const parts = shortcut.split('+')
  const key = parts.at(-1) as string
  const wants = (name: string) => parts.slice(0, -1).includes(name)
  const ctrl = wants('Ctrl') || (wants('Mod') && !mac)
  const meta = wants('Mod') && mac
  if (press.ctrlKey !== ctrl || press.metaKey !== meta || press.altKey !== wants('Alt')) return false
  if (key === '?') return press.key === '?'
  if (press.shiftKey !== wants('Shift')) return false
  if (/^[A-Z]$/.test(key)) return press.code === `Key${key}` || press.key.toUpperCase() === key
  if (/^\d$/.test(key)) return press.code === `Digit${key}`
  return press.key === key || press.code === key
}

/** For people: `Ctrl+Shift+P`, or `⇧⌘P` on a Mac. */
export function describeShortcut(shortcut: Shortcut, mac = isMac): string {
  const parts = shortcut.split('+').map((part) => named[part] ?? part)
  if (!mac) return parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)).join('+')
  const signs: Record<string, string> = { Ctrl: '⌃', Alt: '⌥', Shift: '⇧', Mod: '⌘' }
  const order = ['Ctrl', 'Alt', 'Shift', 'Mod']
  const modifiers = parts.slice(0, -1).sort((a, b) => order.indexOf(a) - order.indexOf(b))
  return modifiers.map((part) => signs[part] ?? part).join('') + parts.at(-1)
}

const named: Readonly<Record<string, string>> = { Backquote: '`', Comma: ',' }
