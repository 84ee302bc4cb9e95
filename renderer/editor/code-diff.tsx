import { Suspense, use, useEffect, useRef } from 'react'
import { Loading } from '../components/loading.tsx'
import styles from './code-editor.module.css'
import { languageOf, usualOptions } from './editor-options.ts'
import { loadMonaco } from './load-monaco.ts'

type CodeDiffProps = {
  /** Names the language, `pipeline.py` for example. */
  readonly path: string
  readonly before: string
  readonly after: string
  readonly label: string
  /** One column instead of two. */
  readonly inline?: boolean
}

/** Two texts against each other, for reading. Fills its place. */
export function CodeDiff(props: CodeDiffProps) {
  return (
    <Suspense fallback={<Loading what="the code" />}>
      <Diff {...props} />
    </Suspense>
  )
}

function Diff({ path, before, after, label, inline = false }: CodeDiffProps) {
  const monaco = use(loadMonaco())
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const editor = monaco.editor.createDiffEditor(element.current as HTMLDivElement, {
      ...usualOptions(),
      readOnly: true,
      originalEditable: false,
      renderSideBySide: !inline,
      hideUnchangedRegions: { enabled: true },
      originalAriaLabel: `${label}, before`,
      modifiedAriaLabel: `${label}, after`,
    })
    const language = languageOf(path)
    const original = monaco.editor.createModel(before, language)
    const modified = monaco.editor.createModel(after, language)
    editor.setModel({ original, modified })
    return () => {
      editor.dispose()
      original.dispose()
      modified.dispose()
    }
  }, [monaco, path, before, after, label, inline])
  return <div ref={element} className={styles.editor} />
}
