import { readToken } from '../theme/theme.ts'
import type { Monaco } from './load-monaco.ts'

type Options = NonNullable<Parameters<Monaco['editor']['create']>[1]>

/** How every editor of the window behaves. */
export function usualOptions(): Options {
  return {
    automaticLayout: true,
    fontFamily: readToken('--font-mono'),
    fontSize: 13,
    lineHeight: 20,
    fontLigatures: false,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    smoothScrolling: false,
    renderLineHighlight: 'line',
    renderWhitespace: 'selection',
    padding: { top: 8, bottom: 8 },
    overviewRulerBorder: false,
    lineNumbersMinChars: 3,
    folding: true,
    glyphMargin: false,
    stickyScroll: { enabled: true, maxLineCount: 3 },
    tabSize: 4,
    insertSpaces: true,
    detectIndentation: true,
    accessibilitySupport: 'auto',
    wordBasedSuggestions: 'currentDocument',
    unicodeHighlight: { ambiguousCharacters: false },
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    fixedOverflowWidgets: true,
  }
}

const languages: Readonly<Record<string, string>> = {
  py: 'python',
  toml: 'ini',
  ini: 'ini',
  cfg: 'ini',
  md: 'markdown',
  yml: 'yaml',
  yaml: 'yaml',
}

export function languageOf(path: string): string {
  return languages[path.split('.').at(-1) ?? ''] ?? 'plaintext'
}
