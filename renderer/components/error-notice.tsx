import { OctagonX } from 'lucide-react'
import type { ReactNode } from 'react'
import { toDescribedFailure } from '../clients/described-error.ts'
import styles from './error-notice.module.css'

type ErrorNoticeProps = {
  /** Anything thrown, or a failure that a record holds. */
  readonly error: unknown
  readonly actions?: ReactNode
}

/** What happened, what was kept, what to do. */
export function ErrorNotice({ error, actions }: ErrorNoticeProps) {
  const failure = toDescribedFailure(error)
  return (
    <div className={styles.notice} role="alert">
      <OctagonX size={16} aria-hidden className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.message}>{failure.message}</p>
        <p>{failure.remedy}</p>
        <p className={styles.kept}>
          {failure.kept} <code>{failure.code}</code>
        </p>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  )
}
