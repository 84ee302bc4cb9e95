import { use, useEffect, useRef } from 'react'
import type { Problem } from '../../core/domain/pipeline.ts'
import { isMac } from '../commands/keys.ts'
import type { Place } from '../live/open-place.ts'
import { noEditor, useEditorStatus, useTabMode } from '../shell/editor-status.ts'
import styles from './code-editor.module.css'
import { languageOf, usualOptions } from './editor-options.ts'
import { indentAtEnter } from './indent-at-enter.ts'
import { loadMonaco, type Monaco } from './load-monaco.ts'
import { type StepLens, showLenses } from './step-lenses.ts'

type CodeEditorProps = {
  /** The project's key: two projects may have files of one name. */
  readonly project: string
  readonly path: string
  readonly text: string
  /** The text at this moment: a render may lag behind fast typing, and must not undo it. */
  readonly readText: () => string
  readonly readOnly: boolean
  readonly problems: readonly Problem[]
  readonly lenses: readonly StepLens[]
  /** A place to go to; told back when it was reached. */
  readonly wanted: Place | null
  readonly onReached: () => void
  readonly onChange: (text: string) => void
  /** The line of the cursor, after it moved. */
  readonly onLine: (line: number) => void
}

type Editor = ReturnType<Monaco['editor']['create']>

/** One file in Monaco. Each file keeps its undo steps and its place while others are shown. Suspends while loading. */
export function CodeEditor(props: CodeEditorProps) {
  const { project, path, text, readOnly, problems, lenses, wanted } = props
  const monaco = use(loadMonaco())
  const movesFocus = useTabMode((mode) => mode.movesFocus)
  const element = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | null>(null)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const created = monaco.editor.create(element.current as HTMLDivElement, usualOptions())
    editor.current = created
    indentAtEnter(monaco, created)
    created.onDidChangeModelContent(() => latest.current.onChange(created.getValue()))
    created.onDidChangeCursorPosition(({ position }) => {
      useEditorStatus.setState({ line: position.lineNumber, column: position.column })
      latest.current.onLine(position.lineNumber)
    })
    useEditorStatus.setState({ line: 1, column: 1 })
    return () => {
      useEditorStatus.setState(noEditor)
      editor.current = null
      created.dispose()
    }
  }, [monaco])

  useEffect(() => {
    const shown = editor.current as Editor
    const model = modelOf(monaco, project, path, latest.current.text)
    const known = views.get(model.uri.toString())
    shown.setModel(model)
    if (known) shown.restoreViewState(known)
    return () => {
      const view = shown.saveViewState()
      if (view) views.set(model.uri.toString(), view)
    }
  }, [monaco, project, path])

  useEffect(() => {
    const model = modelOf(monaco, project, path, text)
    const now = latest.current.readText()
    if (model.getValue() !== now)
      model.pushEditOperations([], [{ range: model.getFullModelRange(), text: now }], () => null)
  }, [monaco, project, path, text])

  useEffect(() => {
    editor.current?.updateOptions({
      readOnly,
      tabFocusMode: movesFocus,
      ariaLabel: `${path}. Press ${spokenKey} to let Tab ${movesFocus ? 'indent' : 'leave the editor'}.`,
    })
  }, [path, readOnly, movesFocus])

  useEffect(() => {
    const model = modelOf(monaco, project, path, latest.current.text)
    monaco.editor.setModelMarkers(
      model,
      'slipway',
      problems.map((problem) => toMarker(monaco, problem)),
    )
  }, [monaco, project, path, problems])

  useEffect(() => {
    showLenses(monaco, addressOf(monaco, project, path).toString(), lenses)
  }, [monaco, project, path, lenses])

  useEffect(() => {
    const shown = editor.current
    if (!shown || wanted?.module !== path) return
    shown.setPosition({ lineNumber: wanted.line, column: wanted.column ?? 1 })
    shown.revealLineInCenterIfOutsideViewport(wanted.line)
    shown.focus()
    latest.current.onReached()
  }, [wanted, path])

  return <div ref={element} className={styles.editor} />
}

const spokenKey = isMac ? 'Control Shift M' : 'Control M'
const views = new Map<string, ReturnType<Editor['saveViewState']>>()

function addressOf(monaco: Monaco, project: string, path: string) {
  return monaco.Uri.from({ scheme: 'slipway', authority: project, path: `/${path}` })
}

function modelOf(monaco: Monaco, project: string, path: string, text: string) {
  const address = addressOf(monaco, project, path)
  return monaco.editor.getModel(address) ?? monaco.editor.createModel(text, languageOf(path), address)
}

function toMarker(monaco: Monaco, { severity, message, remedy, span }: Problem) {
  return {
    severity: severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
    message: `${message}\n${remedy}`,
    startLineNumber: span.line,
    startColumn: span.column,
    endLineNumber: span.endLine,
    endColumn: span.endColumn,
  }
}
