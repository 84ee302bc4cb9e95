import { FileCode2 } from 'lucide-react'
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react'
import { useProjectKey } from '../../clients/connections.tsx'
import { shortcutsOf } from '../../commands/command-registry.ts'
import { describeShortcut } from '../../commands/keys.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { type Buffer, editBuffer, settleConflict, takeFile, useBuffers } from '../../live/buffers.ts'
import { useWantedPlace } from '../../live/open-place.ts'
import { selectStep, useSelectedStep } from '../../live/selected-step.ts'
import { usePipelineNow } from '../../live/use-pipeline-now.ts'
import { useProjectQuery } from '../../queries/use-project-query.ts'
import { useProject } from '../../queries/workspace-queries.ts'
import { fetchCode } from '../../routing/fetch-code.ts'
import { useTabMode } from '../../shell/editor-status.ts'
import { openFile, useBuild } from './build-store.ts'
import styles from './editor-pane.module.css'
import { FileTabs } from './file-tabs.tsx'
import { useStepLenses } from './use-step-lenses.ts'

const CodeEditor = lazy(() =>
  fetchCode(() => import('../../editor/code-editor.tsx')).then((module) => ({ default: module.CodeEditor })),
)

/** The files that are open, and the text of the one in front. */
export function EditorPane() {
  const active = useBuild((build) => build.activeFile)
  const wanted = useWantedPlace((state) => state.place)
  useOpenFirstModule()
  useEffect(() => {
    if (wanted) openFile(wanted.module)
  }, [wanted])
  return (
    <section className={styles.pane} aria-label="Editor" data-pane tabIndex={-1}>
      <FileTabs />
      {active === null ? (
        <EmptyState icon={FileCode2} title="No file is open">
          Choose a file in the sidebar, or a step in the graph.
        </EmptyState>
      ) : (
        <OpenFile key={active} path={active} />
      )}
    </section>
  )
}

function OpenFile({ path }: { readonly path: string }) {
  const file = useProjectQuery(['file', path], (client) => client.project.readFile({ path }))
  const buffer = useBuffers((state) => state.buffers[path])
  useEffect(() => {
    if (file.data) takeFile(file.data)
  }, [file.data])
  if (!buffer) {
    return file.error ? (
      <div className={styles.notice}>
        <ErrorNotice error={file.error} />
      </div>
    ) : (
      <Loading what={path} />
    )
  }
  return <EditableFile buffer={buffer} />
}

function EditableFile({ buffer }: { readonly buffer: Buffer }) {
  const { path, conflict } = buffer
  const project = useProjectKey()
  const readOnly = useProject().data?.readOnly != null
  const allProblems = usePipelineNow((now) => now.pipeline?.problems)
  const steps = usePipelineNow((now) => now.graph?.steps)
  const problems = useMemo(() => (allProblems ?? []).filter(({ span }) => span.module === path), [allProblems, path])
  const lenses = useStepLenses(path, buffer.text)
  const wanted = useWantedPlace((state) => state.place)
  const movesFocus = useTabMode((mode) => mode.movesFocus)

  const cursor = useRef(1)
  const followCursor = (line: number) => {
    cursor.current = line
    const step = steps?.find(({ span }) => span.module === path && line >= span.line - 1 && line <= span.endLine)
    if (step) selectStep(step.name)
  }
  // A step that comes into being, or is renamed, under the cursor is the one that is meant.
  const follow = useRef(followCursor)
  follow.current = followCursor
  useEffect(() => {
    if (steps && document.activeElement?.closest('.monaco-editor')) follow.current(cursor.current)
  }, [steps])
  return (
    <>
      {conflict && (
        <div className={styles.conflict} role="alert">
          <span>{path} changed on disk while you were editing it.</span>
          <Button small onClick={() => settleConflict(path, 'theirs')}>
            Take the file
          </Button>
          <Button small onClick={() => settleConflict(path, 'mine')}>
            Keep my text
          </Button>
        </div>
      )}
      <div className={styles.editor}>
        <Suspense fallback={<PlainText text={buffer.text} />}>
          <CodeEditor
            project={project}
            path={path}
            text={buffer.text}
            readText={() => useBuffers.getState().buffers[path]?.text ?? buffer.text}
            readOnly={readOnly}
            problems={problems}
            lenses={lenses}
            wanted={wanted}
            onReached={() => useWantedPlace.setState({ place: null })}
            onChange={(text) => editBuffer(path, text)}
            onLine={followCursor}
          />
        </Suspense>
      </div>
      <p className={styles.hint}>
        {movesFocus ? 'Tab leaves the editor.' : 'Tab indents.'}{' '}
        {describeShortcut(shortcutsOf('editor.tabMode')[0] ?? '')} changes that.
      </p>
    </>
  )
}

/** The text is there before the editor is. */
function PlainText({ text }: { readonly text: string }) {
  return <pre className={styles.plain}>{text}</pre>
}

/** A project opens with its first step selected and that step's module in front. */
function useOpenFirstModule(): void {
  const first = usePipelineNow((now) => now.graph?.steps[0])
  useEffect(() => {
    const { openFiles } = useBuild.getState()
    if (!first || openFiles.length > 0) return
    openFile(first.module)
    if (useSelectedStep.getState().step === null) selectStep(first.name)
  }, [first])
}
