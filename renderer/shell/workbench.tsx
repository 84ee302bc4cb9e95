import { TriangleAlert } from 'lucide-react'
import { useEffect } from 'react'
import { useProjectConnection } from '../clients/connections.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { ErrorNotice } from '../components/error-notice.tsx'
import { warmEditor } from '../editor/load-monaco.ts'
import { enterProject } from '../live/buffers.ts'
import { resetLive } from '../live/live-store.ts'
import { selectStep } from '../live/selected-step.ts'
import { useLiveProject } from '../live/use-live-project.ts'
import { useFollowPipeline } from '../live/use-pipeline-now.ts'
import { dropAllOverrides } from '../live/use-plan.ts'
import { useProject } from '../queries/workspace-queries.ts'
import type { Route } from '../routing/route.ts'
import { Questions } from '../running/questions.tsx'
import { useRunCommands } from '../running/use-run-commands.ts'
import { ActivityBar } from './activity-bar.tsx'
import { AreaHost } from './area-host.tsx'
import { areas } from './areas.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { StatusBar } from './status-bar.tsx'
import { TitleBar } from './title-bar.tsx'
import { useWindowCommands } from './window-commands.ts'
import styles from './workbench.module.css'

/** The window of one open project. */
export function Workbench({ route }: { readonly route: Extract<Route, { place: 'project' }> }) {
  const connection = useProjectConnection()
  const project = useProject()
  useLiveProject()
  useFollowPipeline()
  useWindowCommands(route.key)
  useRunCommands()
  useEffect(() => {
    enterProject(route.key)
    return () => {
      dropAllOverrides()
      selectStep(null)
      resetLive()
    }
  }, [route.key])
  useEffect(warmEditor, [])
  const name = project.data?.name
  useEffect(() => {
    document.title = name ? `${name} · Slipway` : 'Slipway'
  }, [name])
  const area = areas.find((candidate) => candidate.view === route.view)
  return (
    <div className={styles.window}>
      <TitleBar className={styles.title} />
      <div className={styles.banner}>
        <ConnectionBanner connection={connection} />
        {project.data?.readOnly && <ReadOnlyBanner reason={project.data.readOnly} />}
      </div>
      <ActivityBar projectKey={route.key} current={route.view} className={styles.activity} />
      <div className={styles.content}>
        {project.error ? (
          <div className={styles.failed}>
            <ErrorNotice error={project.error} actions={<a href="#/">Back to Home</a>} />
          </div>
        ) : area ? (
          <AreaHost area={area} />
        ) : (
          <EmptyState icon={TriangleAlert} title={`There is no area called “${route.view}”`}>
            <a href={`#/project/${route.key}/build`}>Go to Build</a>
          </EmptyState>
        )}
      </div>
      <StatusBar className={styles.status} />
      <Questions />
    </div>
  )
}

function ReadOnlyBanner({ reason }: { readonly reason: string }) {
  return (
    <p className={styles.readOnly}>
      <TriangleAlert size={14} aria-hidden /> This project is open for reading only. {reason}
    </p>
  )
}
