import { TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useProjectConnection } from '../clients/connections.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { ErrorNotice } from '../components/error-notice.tsx'
import { warmEditor } from '../editor/load-monaco.ts'
import { enterProject } from '../live/buffers.ts'
import { keepBuffers, readKeptBuffers } from '../live/kept-buffers.ts'
import { resetLive, useLive } from '../live/live-store.ts'
import { selectStep } from '../live/selected-step.ts'
import { useLiveProject } from '../live/use-live-project.ts'
import { useFollowPipeline } from '../live/use-pipeline-now.ts'
import { dropAllOverrides } from '../live/use-plan.ts'
import { useProject } from '../queries/workspace-queries.ts'
import type { Route } from '../routing/route.ts'
import { Questions } from '../running/questions.tsx'
import { useFollowFailure } from '../running/use-follow-failure.ts'
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
  const folderGone = useLive((live) => live.folderGone)
  useLiveProject()
  useFollowPipeline()
  useWindowCommands(route.key)
  useRunCommands()
  useFollowFailure()
  useEffect(() => {
    enterProject(route.key, readKeptBuffers(route.key))
    const stopKeeping = keepBuffers()
    return () => {
      stopKeeping()
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
        {folderGone && (
          <Banner>
            The folder of this project was moved or deleted. Put it back at {project.data?.folder} to go on; what you
            typed stays in this window.
          </Banner>
        )}
        {project.data?.readOnly && <Banner>This project is open for reading only. {project.data.readOnly}</Banner>}
        {project.data?.caution && <Banner>{project.data.caution}</Banner>}
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

function Banner({ children }: { readonly children: ReactNode }) {
  return (
    <p className={styles.notice}>
      <TriangleAlert size={14} aria-hidden />
      <span>{children}</span>
    </p>
  )
}
