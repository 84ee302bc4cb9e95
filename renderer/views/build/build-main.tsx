import { type ReactNode, useLayoutEffect } from 'react'
import { useProjectKey } from '../../clients/connections.tsx'
import { ErrorBoundary } from '../../components/error-boundary.tsx'
import { SplitPane } from '../../components/split-pane.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useIsRoomy } from '../../shell/use-is-wide.ts'
import styles from './build-main.module.css'
import { enterBuild, useBuild } from './build-store.ts'
import { EditorPane } from './editor-pane.tsx'
import { GraphView } from './graph-view.tsx'
import { OutputsPane } from './outputs-pane.tsx'
import { RunToolbar } from './run-toolbar.tsx'

/** Text and graph side by side, what the steps gave below. */
export function BuildMain() {
  const project = useProjectKey()
  const isRoomy = useIsRoomy()
  const narrowTab = useBuild((build) => build.narrowTab)
  useLayoutEffect(() => enterBuild(project), [project])
  const editor = guard(<EditorPane />)
  const graph = guard(
    <section className={styles.graph} aria-label="Graph" data-pane tabIndex={-1}>
      <GraphView />
    </section>,
  )
  const upper = isRoomy ? (
    <SplitPane
      name="build-upper"
      orientation="horizontal"
      panes={[
        { id: 'editor', content: editor, size: '52%', minSize: 240 },
        { id: 'graph', content: graph, minSize: 200 },
      ]}
    />
  ) : (
    <Tabs
      label="Code or graph"
      selected={narrowTab}
      onSelect={(id) => useBuild.setState({ narrowTab: id as 'code' | 'graph' })}
      tabs={[
        { id: 'code', title: 'Code', content: editor },
        { id: 'graph', title: 'Graph', content: graph },
      ]}
    />
  )
  return (
    <div className={styles.build}>
      <h1 className="visually-hidden">Build</h1>
      <RunToolbar />
      <div className={styles.panes}>
        <SplitPane
          name="build"
          orientation="vertical"
          panes={[
            { id: 'upper', content: upper, minSize: 160 },
            { id: 'outputs', content: guard(<OutputsPane />), size: '36%', minSize: 90 },
          ]}
        />
      </div>
    </div>
  )
}

function guard(content: ReactNode) {
  return <ErrorBoundary>{content}</ErrorBoundary>
}
