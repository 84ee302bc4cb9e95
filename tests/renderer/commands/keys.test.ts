import { describe, expect, it } from 'vitest'
import { defaultShortcuts } from '../../../renderer/commands/keymap.ts'
import { describeShortcut, matchesShortcut } from '../../../renderer/commands/keys.ts'

const press = (key: string, code: string, modifiers = '') => ({
  key,
  code,
  ctrlKey: modifiers.includes('C'),
  metaKey: modifiers.includes('M'),
  shiftKey: modifiers.includes('S'),
  altKey: modifiers.includes('A'),
})

describe('a shortcut', () => {
  it('means Control on a PC and Command on a Mac', () => {
    expect(matchesShortcut(press('s', 'KeyS', 'C'), 'Mod+S', false)).toBe(true)
    expect(matchesShortcut(press('s', 'KeyS', 'M'), 'Mod+S', true)).toBe(true)
    expect(matchesShortcut(press('s', 'KeyS', 'C'), 'Mod+S', true)).toBe(false)
  })

  it('matches no other modifiers than its own', () => {
    expect(matchesShortcut(press('S', 'KeyS', 'CS'), 'Mod+S', false)).toBe(false)
    expect(matchesShortcut(press('F5', 'F5', 'S'), 'F5', false)).toBe(false)
    expect(matchesShortcut(press('F5', 'F5', 'S'), 'Shift+F5', false)).toBe(true)
  })

  it('is found by its place on a keyboard of another language', () => {
    expect(matchesShortcut(press('ы', 'KeyS', 'C'), 'Mod+S', false)).toBe(true)
    expect(matchesShortcut(press('&', 'Digit1', 'C'), 'Mod+1', false)).toBe(true)
  })

  it('is a sign, not a place, for the question mark', () => {
    expect(matchesShortcut(press('?', 'Minus', 'S'), '?', false)).toBe(true)
  })

  it('is shown as each system writes it', () => {
    expect(describeShortcut('Mod+Shift+P', false)).toBe('Ctrl+Shift+P')
    expect(describeShortcut('Mod+Shift+P', true)).toBe('⇧⌘P')
  })
})

describe('the keyboard map', () => {
  it('gives each key to one command', () => {
    const keys = Object.values(defaultShortcuts).flat()
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  it('gives no key to what cannot be taken back', () => {
    expect(Object.keys(defaultShortcuts).filter((id) => /push|approve|delete|journey/.test(id))).toEqual([])
  })
})
