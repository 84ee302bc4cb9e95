import { create } from 'zustand'
import { announce } from '../components/announcer.tsx'

type EditorStatus = {
  /** Null while no editor is on screen. */
  readonly line: number | null
  readonly column: number
}

export const noEditor: EditorStatus = { line: null, column: 1 }

/** What the editor tells the status bar. */
export const useEditorStatus = create<EditorStatus>(() => noEditor)

/** Whether Tab leaves the editor instead of indenting: one answer for every editor of the window. */
export const useTabMode = create<{ movesFocus: boolean }>(() => ({ movesFocus: false }))

export function toggleTabMode(): void {
  const movesFocus = !useTabMode.getState().movesFocus
  useTabMode.setState({ movesFocus })
  announce(movesFocus ? 'Tab now leaves the editor' : 'Tab now indents')
}
