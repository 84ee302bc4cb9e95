import type { Job } from '../../../core/domain/job.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { JobProgressBar } from '../../components/progress-bar.tsx'
import { isEnded } from '../../live/use-jobs.ts'
import { useNow } from '../../live/use-now.ts'
import { CancelJobButton } from '../../shell/jobs-list.tsx'
import styles from './ship-page.module.css'

/** A job beside its cause: where it stands, how to stop it, and why it failed. */
export function JobStrip({ job, error }: { readonly job: Job | null; readonly error: unknown }) {
  const moving = job !== null && !isEnded(job)
  const now = useNow(moving)
  if (!moving && !error) return null
  return (
    <div className={styles.stack}>
      {moving && (
        <>
          <JobProgressBar job={job} now={now} />
          <div>
            <CancelJobButton job={job} />
          </div>
        </>
      )}
      {!moving && Boolean(error) && <ErrorNotice error={error} />}
    </div>
  )
}
