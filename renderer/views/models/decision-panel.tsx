import { ShieldCheck, ShieldX } from 'lucide-react'
import { useState } from 'react'
import type { ModelVersion } from '../../../core/domain/model.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { describeTime } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { DigestText } from '../../components/facts.tsx'
import { Field, TextArea } from '../../components/field.tsx'
import { useDecideModel } from '../../queries/model-queries.ts'
import { ApprovalBadge } from './approval-badge.tsx'
import styles from './decision-panel.module.css'

/** The decision that stands, and the form for a new one. Decisions are added, never changed. */
export function DecisionPanel({ version }: { readonly version: ModelVersion }) {
  const decide = useDecideModel()
  const [note, setNote] = useState('')
  const [again, setAgain] = useState(false)
  const { approval } = version
  const stands = approval !== null && approval.stale === null && !again
  const missing = note.trim() === '' ? 'Write a note first: it is kept with the decision.' : null
  const submit = async (state: 'approved' | 'rejected') => {
    const model = `${version.name}@${version.version}`
    const done = await decide.mutateAsync({ model, state, note: note.trim() }).catch(() => null)
    if (done === null) return
    setNote('')
    setAgain(false)
    announce(state === 'approved' ? 'Approved' : 'Rejected')
  }
  return (
    <section className={styles.panel} aria-label="Decision">
      <div className={styles.head}>
        <h2>Decision</h2>
        <ApprovalBadge approval={approval} />
        {stands && (
          <Button small look="quiet" onClick={() => setAgain(true)}>
            Decide again
          </Button>
        )}
      </div>
      {approval ? (
        <div>
          <p className={styles.note}>{approval.note}</p>
          <p className={styles.muted}>
            {approval.by}, {describeTime(approval.at)}, on evidence <DigestText digest={approval.evidenceDigest} />
          </p>
          {approval.stale && <p>It no longer holds: {approval.stale}</p>}
        </div>
      ) : (
        <p className={styles.muted}>Nobody has decided yet. A version that is not approved cannot be pushed.</p>
      )}
      {!stands && (
        <div className={styles.form}>
          <Field
            label="Note"
            help="Why you approve or reject. It binds to the model's digest and to the evidence below."
          >
            {(props) => <TextArea {...props} rows={2} value={note} onChange={(event) => setNote(event.target.value)} />}
          </Field>
          {decide.isError && <ErrorNotice error={decide.error} />}
          <div className={styles.buttons}>
            <Button
              look="primary"
              icon={ShieldCheck}
              busy={decide.isPending}
              disabledReason={missing}
              onClick={() => void submit('approved')}
            >
              Approve
            </Button>
            <Button
              icon={ShieldX}
              busy={decide.isPending}
              disabledReason={missing}
              onClick={() => void submit('rejected')}
            >
              Reject
            </Button>
          </div>
        </div>
      )}
    </section>
  )
}
