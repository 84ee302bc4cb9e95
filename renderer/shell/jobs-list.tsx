import { Activity, Square } from 'lucide-react'
import { useState } from 'react'
import type { Job } from '../../core/domain/job.ts'
import { Badge, stepStateIcons, stepStateTones, stepStateWords } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { describeAgo, describeDuration } from '../components/describe-values.ts'
import { EmptyState } from '../components/empty-state.tsx'
import { ErrorNotice } from '../components/error-notice.tsx'
import { Loading } from '../components/loading.tsx'
import { JobProgressBar } from '../components/progress-bar.tsx'
import { useLive } from '../live/live-store.ts'
import { isEnded, useJobs } from '../live/use-jobs.ts'
import { useNow } from '../live/use-now.ts'
import { useCancelJob } from '../queries/job-queries.ts'
import styles from './jobs-list.module.css'

/** Everything long that this project does or did since it was opened. */
export function JobsList() {
  const jobs = useJobs()
  const areKnown = useLive((live) => live.jobsAreKnown)
  const now = useNow(jobs.some((job) => !isEnded(job)))
  if (jobs.length === 0 && !areKnown) return <Loading what="jobs" />
  if (jobs.length === 0) {
    return (
      <EmptyState icon={Activity} title="No jobs yet">
        Environments, runs, builds, serving and pushes show up here with their progress.
      </EmptyState>
    )
  }
  return (
    <ul className={styles.list}>
      {jobs.map((job) => (
        <JobRow key={job.id} job={job} now={now} />
      ))}
    </ul>
  )
}

export function JobRow({ job, now }: { readonly job: Job; readonly now: number }) {
  const [showsLog, setShowsLog] = useState(false)
  const ended = isEnded(job)
  return (
    <li className={styles.job}>
      <div className={styles.head}>
        <Badge tone={stepStateTones[job.state]} icon={stepStateIcons[job.state]}>
          {stepStateWords[job.state]}
        </Badge>
        <span className={styles.title}>{job.title}</span>
        <span className={styles.time}>{describeJobTime(job, now)}</span>
        {job.log.length > 0 && (
          <Button small look="quiet" aria-expanded={showsLog} onClick={() => setShowsLog(!showsLog)}>
            {showsLog ? 'Hide log' : 'Show log'}
          </Button>
        )}
        <CancelJobButton job={job} />
      </div>
      {!ended && <JobProgressBar job={job} now={now} />}
      {job.failure && job.state === 'failed' && <ErrorNotice error={job.failure} />}
      {showsLog && <pre className={styles.log}>{job.log.join('\n')}</pre>}
    </li>
  )
}

/** Says "Stopping…" at once; core answers when the processes are gone. */
export function CancelJobButton({ job }: { readonly job: Job }) {
  const cancel = useCancelJob()
  if (isEnded(job) || !job.cancellable) return null
  return (
    <Button small icon={Square} busy={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate(job.id)}>
      {cancel.isPending || cancel.isSuccess ? 'Stopping…' : 'Stop'}
    </Button>
  )
}

function describeJobTime(job: Job, now: number): string {
  if (job.endedAt === null) return describeDuration(Math.max(0, now - Date.parse(job.startedAt)))
  const took = describeDuration(Math.max(0, Date.parse(job.endedAt) - Date.parse(job.startedAt)))
  return `${took}, ${describeAgo(job.endedAt, now)}`
}
