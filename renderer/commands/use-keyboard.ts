import { useEffect } from 'react'
import { runCommand, shortcutsOf, useRegistry } from './command-registry.ts'
import { leftToEditor, typedKeys } from './keymap.ts'
import { matchesShortcut, type Shortcut } from './keys.ts'

/** Hears every key of the window and runs the command that it stands for. Mount once. */
export function useKeyboard(): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const found = findCommand(event)
      if (found === null) return
      event.preventDefault()
      event.stopPropagation()
      runCommand(found)
    }
    const stopMenu = window.slipway?.onCommand((id) => runCommand(id))
    // Captured, so that the editor and the browser do not take a key that is ours.
    window.addEventListener('keydown', hear, true)
    return () => {
      window.removeEventListener('keydown', hear, true)
      stopMenu?.()
    }
  }, [])
}

function findCommand(event: KeyboardEvent): string | null {
  const inEditor = event.target instanceof Element && event.target.closest('.monaco-editor') !== null
  const inText = inEditor || isText(event.target)
  const inDialog = event.target instanceof Element && event.target.closest('[role="dialog"]') !== null
  if (inDialog) return null
  for (const id of useRegistry.getState().commands.keys()) {
    const shortcut = shortcutsOf(id).find((candidate) => matchesShortcut(event, candidate))
    if (shortcut === undefined || (inEditor && isLeft(shortcut)) || (inText && typedKeys.includes(shortcut))) continue
    return id
  }
  return null
}

function isLeft(shortcut: Shortcut): boolean {
  return leftToEditor.includes(shortcut)
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
