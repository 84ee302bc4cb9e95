import { describeBytes } from '../../core/domain/describe-bytes.ts'
import type { Job, JobProgress } from '../../core/domain/job.ts'
import styles from './progress-bar.module.css'

type ProgressBarProps = { readonly label: string; readonly progress: JobProgress | null }

/** Where a long thing stands: its phase, a moving fact, and how far it is when the end is known. */
export function ProgressBar({ label, progress }: ProgressBarProps) {
  const known = progress !== null && progress.total !== null && progress.total > 0
  const share = known ? Math.min(1, progress.done / (progress.total as number)) : null
  return (
    <div className={styles.progress}>
      <div className={styles.words}>
        <span className={styles.phase}>{progress?.phase ?? 'Waiting to start'}</span>
        <span className={styles.fact}>{progress?.fact}</span>
        <span className={styles.amount}>{progress && describeAmount(progress)}</span>
      </div>
      <div
        className={styles.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}
        aria-valuetext={[progress?.phase, progress?.fact].filter(Boolean).join(': ') || 'Waiting to start'}
      >
        <div
          className={share === null ? styles.unknown : styles.bar}
          style={share === null ? undefined : { inlineSize: `${share * 100}%` }}
        />
      </div>
    </div>
  )
}

/** After this long without a sign of life the last activity is said. */
const quietMs = 15_000

/** A job's bar, with the time of the last activity when it has gone quiet. */
export function JobProgressBar({ job, now }: { readonly job: Job; readonly now: number }) {
  const quietFor = now - Date.parse(job.lastActivityAt)
  return (
    <>
      <ProgressBar label={job.title} progress={job.progress} />
      {job.endedAt === null && quietFor > quietMs && (
        <p className={styles.quiet}>No activity for {Math.round(quietFor / 1000)} s.</p>
      )}
    </>
  )
}

export function describeAmount({ done, total, unit }: JobProgress): string {
  if (unit === 'bytes')
    return total === null ? describeBytes(done) : `${describeBytes(done)} of ${describeBytes(total)}`
  if (total === null) return done > 0 && unit ? `${done} ${unit}` : ''
  return `${done} of ${total}${unit ? ` ${unit}` : ''}`
}
