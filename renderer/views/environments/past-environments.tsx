import { Trash2 } from 'lucide-react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { Button } from '../../components/button.tsx'
import { describeAgo } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { DigestText } from '../../components/facts.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useCleanEnvironments, useKeptEnvironments } from '../../queries/workspace-queries.ts'
import { useRunActions } from '../../running/use-run-commands.ts'
import styles from '../runs/run-overview.module.css'

/** Environments that proofs made again from the locks of past runs: what they take, and removing them. */
export function PastEnvironments() {
  const kept = useKeptEnvironments()
  const clean = useCleanEnvironments()
  const { readOnly } = useRunActions()
  const all = kept.data ?? []
  const idle = all.filter(({ inUse }) => !inUse)
  const bytes = idle.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const end = (text: string) => ({ text, align: 'end' }) as const
  return (
    <Section
      title="Environments of past runs"
      count={all.length}
      tools={
        all.length > 0 && (
          <Button
            icon={Trash2}
            busy={clean.isPending}
            disabledReason={readOnly ?? (idle.length === 0 ? 'A proof runs in each of them.' : null)}
            onClick={() => clean.mutate(null)}
          >
            {`Remove ${idle.length} (${describeBytes(bytes)})`}
          </Button>
        )
      }
    >
      {kept.isError && <ErrorNotice error={kept.error} />}
      {clean.isError && <ErrorNotice error={clean.error} />}
      {kept.data && all.length === 0 && (
        <p className={styles.muted}>
          None. Proving a run that had another lock makes its environment again and keeps it.
        </p>
      )}
      {all.length > 0 && (
        <PlainTable
          label="Environments of past runs"
          heads={['Python', 'Lock', end('Packages'), end('Size'), 'Last used', 'Remove']}
          rows={all.map(({ name, python, lockDigest, packages, sizeBytes, lastUsedAt, inUse }) => ({
            id: name,
            cells: [
              python ?? 'Not finished',
              lockDigest === null ? '' : <DigestText key="lock" digest={lockDigest} />,
              packages,
              describeBytes(sizeBytes),
              describeAgo(lastUsedAt),
              inUse ? (
                'A proof runs in it'
              ) : (
                <Button
                  key="remove"
                  small
                  aria-label={`Remove the environment ${name}`}
                  disabledReason={readOnly}
                  onClick={() => clean.mutate([name])}
                >
                  Remove
                </Button>
              ),
            ],
          }))}
        />
      )}
    </Section>
  )
}
