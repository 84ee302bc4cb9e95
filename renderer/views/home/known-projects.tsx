import { FolderX, Unplug, X } from 'lucide-react'
import type { KnownProject } from '../../../core/domain/project.ts'
import type { RunState } from '../../../core/domain/run.ts'
import { runStateWords } from '../../../core/domain/state-words.ts'
import { Badge, RunStateBadge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { describeAgo } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { useForgetProject, useKnownProjects } from '../../queries/home-queries.ts'
import page from './home-page.module.css'
import styles from './known-projects.module.css'

type KnownProjectsProps = { readonly onOpen: (folder: string) => void; readonly onSample: () => void }

export function KnownProjects({ onOpen, onSample }: KnownProjectsProps) {
  const { data: projects, error } = useKnownProjects()
  return (
    <section className={page.section} aria-labelledby="recent-projects">
      <h2 id="recent-projects" className={page.sectionTitle}>
        Recent projects
      </h2>
      {error && <ErrorNotice error={error} />}
      {!error && !projects && <Loading what="recent projects" />}
      {projects?.length === 0 && (
        <div className={styles.none}>
          <span>No project was opened on this computer yet.</span>
          <Button small onClick={onSample}>
            Start with the sample project
          </Button>
        </div>
      )}
      {projects && projects.length > 0 && (
        <ul className={styles.list}>
          {projects.map((project) => (
            <ProjectRow key={project.key} project={project} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </section>
  )
}

function ProjectRow({
  project,
  onOpen,
}: {
  readonly project: KnownProject
  readonly onOpen: (folder: string) => void
}) {
  const forget = useForgetProject()
  return (
    <li className={styles.row}>
      <button
        type="button"
        className={styles.open}
        aria-disabled={!project.exists || undefined}
        onClick={() => project.exists && onOpen(project.folder)}
      >
        <span className={styles.name}>{project.name}</span>
        <span className={styles.folder}>{project.folder}</span>
        <LastRun project={project} />
        <span className={styles.time}>{describeAgo(project.lastOpenedAt)}</span>
      </button>
      <IconButton
        icon={X}
        label={`Remove ${project.name} from this list (its folder stays)`}
        onClick={() => forget.mutate(project.key)}
      />
    </li>
  )
}

function LastRun({ project }: { readonly project: KnownProject }) {
  if (project.exists === null)
    return (
      <Badge tone="warning" icon={Unplug}>
        Disk does not answer
      </Badge>
    )
  if (!project.exists) {
    return (
      <Badge tone="warning" icon={FolderX}>
        Folder is gone
      </Badge>
    )
  }
  if (project.lastRunState === null || !isRunState(project.lastRunState)) return <span />
  return <RunStateBadge state={project.lastRunState} />
}

function isRunState(state: string): state is RunState {
  return Object.hasOwn(runStateWords, state)
}
