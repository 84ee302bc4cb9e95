import { readToken, useTheme } from '../theme/theme.ts'
import type { Monaco } from './load-monaco.ts'

const name = 'slipway'

/** Gives every editor the window's theme, now and whenever it changes. */
export function paintEditors(monaco: Monaco): void {
  const paint = () => {
    const { theme } = useTheme.getState()
    const hex = (token: `--${string}`) => readToken(token).replace('#', '')
    monaco.editor.defineTheme(name, {
      base: theme === 'dark' ? 'vs-dark' : 'vs',
      inherit: true,
      rules: [
        { token: 'keyword', foreground: hex('--code-keyword') },
        { token: 'string', foreground: hex('--code-string') },
        { token: 'string.escape', foreground: hex('--code-number') },
        { token: 'number', foreground: hex('--code-number') },
        { token: 'comment', foreground: hex('--code-comment'), fontStyle: 'italic' },
        { token: 'tag', foreground: hex('--code-function') },
        { token: 'type', foreground: hex('--code-type') },
        { token: 'identifier', foreground: hex('--text') },
        { token: 'delimiter', foreground: hex('--muted') },
      ],
      colors: {
        'editor.background': readToken('--bg'),
        'editor.foreground': readToken('--text'),
        'editor.selectionBackground': readToken('--selection'),
        'editor.lineHighlightBackground': readToken('--surface'),
        'editor.lineHighlightBorder': readToken('--surface'),
        'editorLineNumber.foreground': readToken('--muted'),
        'editorLineNumber.activeForeground': readToken('--text'),
        'editorCursor.foreground': readToken('--primary'),
        'editorCodeLens.foreground': readToken('--muted'),
        'editorStickyScroll.background': readToken('--surface'),
        'editorWidget.background': readToken('--raised'),
        'editorWidget.border': readToken('--border'),
        'editorHoverWidget.background': readToken('--raised'),
        'editorHoverWidget.border': readToken('--border'),
        'editorIndentGuide.background1': readToken('--border'),
        'editorError.foreground': readToken('--danger'),
        'editorWarning.foreground': readToken('--warning'),
        'input.background': readToken('--bg'),
        'input.border': readToken('--control-border'),
        focusBorder: readToken('--focus'),
        'diffEditor.insertedLineBackground': readToken('--success-bg'),
        'diffEditor.removedLineBackground': readToken('--danger-bg'),
      },
    })
    monaco.editor.setTheme(name)
  }
  paint()
  // After the document has its new tokens.
  useTheme.subscribe(() => requestAnimationFrame(paint))
}
