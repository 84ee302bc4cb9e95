import type { Job } from '../../../core/domain/job.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { JobProgressBar } from '../../components/progress-bar.tsx'
import { isEnded } from '../../live/use-jobs.ts'
import { useNow } from '../../live/use-now.ts'
import { CancelJobButton } from '../../shell/jobs-list.tsx'
import styles from './dialogs.module.css'

/** A job beside what asked for it: where it stands, how to stop it, or why it failed. */
export function JobNotice({ job, error }: { readonly job: Job | null; readonly error: unknown }) {
  const moving = job !== null && !isEnded(job)
  const now = useNow(moving)
  if (moving)
    return (
      <div className={styles.form}>
        <JobProgressBar job={job} now={now} />
        <div>
          <CancelJobButton job={job} />
        </div>
      </div>
    )
  return error ? <ErrorNotice error={error} /> : null
}
