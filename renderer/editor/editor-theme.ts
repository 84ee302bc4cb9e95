import { readToken, useTheme } from '../theme/theme.ts'
import type { Monaco } from './load-monaco.ts'

const name = 'slipway'

/** Gives every editor the window's theme, now and whenever it changes. */
export function paintEditors(monaco: Monaco): void {
  const paint = () => {
    const { theme } = useTheme.getState()
    const hex = (token: `--${string}`) => colour(token).slice(1)
    monaco.editor.defineTheme(name, {
      base: theme === 'dark' ? 'vs-dark' : 'vs',
      inherit: true,
      rules: [
        { token: 'keyword', foreground: hex('--code-keyword') },
        { token: 'string', foreground: hex('--code-string') },
        { token: 'string.escape', foreground: hex('--code-string') },
        { token: 'number', foreground: hex('--code-number') },
        { token: 'comment', foreground: hex('--code-comment'), fontStyle: 'italic' },
        { token: 'tag', foreground: hex('--code-function') },
        { token: 'type', foreground: hex('--code-type') },
        { token: 'identifier', foreground: hex('--text') },
        { token: 'delimiter', foreground: hex('--muted') },
      ],
      colors: {
        'editor.background': colour('--bg'),
        'editor.foreground': colour('--text'),
        'editor.selectionBackground': colour('--selection'),
        'editor.lineHighlightBackground': colour('--surface'),
        'editor.lineHighlightBorder': colour('--surface'),
        'editorLineNumber.foreground': colour('--muted'),
        'editorLineNumber.activeForeground': colour('--text'),
        'editorCursor.foreground': colour('--primary'),
        'editorCodeLens.foreground': colour('--muted'),
        'editorStickyScroll.background': colour('--surface'),
        'editorWidget.background': colour('--raised'),
        'editorWidget.border': colour('--border'),
        'editorHoverWidget.background': colour('--raised'),
        'editorHoverWidget.border': colour('--border'),
        'editorIndentGuide.background1': colour('--border'),
        'editorError.foreground': colour('--danger'),
        'editorWarning.foreground': colour('--warning'),
        'input.background': colour('--bg'),
        'input.border': colour('--control-border'),
        ...Object.fromEntries(
          [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, colour('--text')]),
        ),
        'scrollbarSlider.background': `${colour('--control-border')}40`,
        'scrollbarSlider.hoverBackground': `${colour('--control-border')}70`,
        'scrollbarSlider.activeBackground': `${colour('--control-border')}90`,
        focusBorder: colour('--focus'),
        'diffEditor.insertedLineBackground': colour('--success-bg'),
        'diffEditor.removedLineBackground': colour('--danger-bg'),
      },
    })
    monaco.editor.setTheme(name)
  }
  paint()
  // After the document has its new tokens.
  useTheme.subscribe(() => requestAnimationFrame(paint))
}

/** A token as six hex digits, which is all that the editor takes; building may have shortened it. */
function colour(token: `--${string}`): string {
  const value = readToken(token)
  return /^#[0-9a-f]{3}$/i.test(value) ? `#${[...value.slice(1)].map((digit) => digit + digit).join('')}` : value
}
