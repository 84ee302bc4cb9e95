import { create } from 'zustand'

type EditorStatus = {
  /** Null while no editor is on screen. */
  readonly line: number | null
  readonly column: number
  readonly tabMovesFocus: boolean
  readonly toggleTab: (() => void) | null
}

export const noEditor: EditorStatus = { line: null, column: 1, tabMovesFocus: false, toggleTab: null }

/** What the editor tells the status bar. */
export const useEditorStatus = create<EditorStatus>(() => noEditor)
