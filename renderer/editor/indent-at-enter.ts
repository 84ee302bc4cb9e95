import type { Monaco } from './load-monaco.ts'

type Editor = ReturnType<Monaco['editor']['create']>
/** Part of every model, though not of its public type; absent in some later version, Enter indents as it does by itself. */
type Tokenized = { readonly tokenization?: { forceTokenization?(lineNumber: number): void } }

/** Further down, catching up could be felt. */
const furthestLine = 5_000

/**
 * Colours the line of the cursor before Enter is taken. Monaco asks its rules of indentation only for a line whose
 * colours are up to date, and colours when the page is idle: who types fast on a busy computer would lose the
 * indentation after a colon.
 */
export function indentAtEnter(monaco: Monaco, editor: Editor): void {
  editor.onKeyDown(({ keyCode }) => {
    if (keyCode !== monaco.KeyCode.Enter) return
    const line = editor.getPosition()?.lineNumber ?? 1
    if (line > furthestLine) return
    const model = editor.getModel() as Tokenized | null
    model?.tokenization?.forceTokenization?.(line)
  })
}
