import { isMac, type Shortcut } from './keys.ts'

/** The default keys of each command. One table, so that two commands never claim one key unseen. */
export const defaultShortcuts: Readonly<Record<string, readonly Shortcut[]>> = {
  'go.home': ['Mod+1'],
  'go.build': ['Mod+2'],
  'go.runs': ['Mod+3'],
  'go.models': ['Mod+4'],
  'go.ship': ['Mod+5'],
  'go.environments': ['Mod+6'],
  'go.data': ['Mod+7'],
  'palette.open': ['Mod+Shift+P', 'F1', 'Mod+K'],
  'shortcuts.show': ['?'],
  'pane.next': ['F6'],
  'pane.previous': ['Shift+F6'],
  'layout.sidebar': ['Mod+B'],
  'layout.panel': ['Mod+J'],
  'layout.inspector': ['Mod+Alt+B'],
  'panel.problems': [isMac ? 'Mod+Shift+U' : 'Mod+Shift+M'],
  'panel.jobs': ['Mod+Shift+J'],
  'editor.tabMode': [isMac ? 'Ctrl+Shift+M' : 'Ctrl+M'],
  'file.save': ['Mod+S'],
  'file.saveAll': ['Mod+Alt+S'],
  'run.stale': ['Mod+Shift+Enter', 'F5'],
  'run.all': ['Mod+F5'],
  'run.step': ['Mod+Enter'],
  'run.stop': ['Shift+F5'],
  'ship.buildAndServe': ['Mod+Shift+B'],
}

/** Keys that mean something else inside the editor, where they are left to it. */
export const leftToEditor: readonly Shortcut[] = ['Mod+K', '?']

/** Keys that would be typed: they count only outside of text. */
export const typedKeys: readonly Shortcut[] = ['?']
