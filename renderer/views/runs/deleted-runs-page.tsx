import { Trash2, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useProjectKey } from '../../clients/connections.tsx'
import { RunStateBadge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { describeAgo } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useDeletedRuns } from '../../queries/run-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { useReadOnlyReason } from '../data/use-read-only-reason.ts'
import { useRunDeletion } from './use-run-deletion.ts'

/** Runs that were deleted: until when each can be restored, and restoring it. */
export function DeletedRunsPage() {
  const project = useProjectKey()
  const answer = useDeletedRuns()
  const deletion = useRunDeletion()
  const readOnly = useReadOnlyReason()
  const deleted = answer.data
  if (!deleted)
    return answer.isError ? (
      <Titled project={project}>{<ErrorNotice error={answer.error} />}</Titled>
    ) : (
      <Loading what="the deleted runs" />
    )
  return (
    <Titled
      project={project}
      actions={
        deleted.length > 1 && (
          <Button
            icon={Undo2}
            busy={deletion.isBusy}
            disabledReason={readOnly}
            onClick={() => void deletion.restore(deleted.map(({ run }) => run.id))}
          >
            Restore all
          </Button>
        )
      }
    >
      {answer.isError && <ErrorNotice error={answer.error} />}
      {deleted.length === 0 ? (
        <EmptyState icon={Trash2} title="No deleted runs">
          A run that is deleted stays here for 30 days. Until then it can be restored, whole.
        </EmptyState>
      ) : (
        <PlainTable
          label="Deleted runs"
          heads={['Run', 'State', 'Started', 'Deleted', 'Goes for good', 'Restore']}
          rows={deleted.map(({ run, deletedAt, endsAt, usedBy }) => ({
            id: run.id,
            cells: [
              <code key="id">{run.id}</code>,
              <RunStateBadge key="state" state={run.state} />,
              describeAgo(run.startedAt),
              describeAgo(deletedAt),
              usedBy === null ? endsAt.slice(0, 10) : `With run ${usedBy}, which shows its results`,
              <Button
                key="restore"
                small
                aria-label={`Restore run ${run.id}`}
                disabledReason={readOnly}
                onClick={() => void deletion.restore([run.id])}
              >
                Restore
              </Button>,
            ],
          }))}
        />
      )}
    </Titled>
  )
}

type TitledProps = {
  readonly project: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

function Titled({ project, actions, children }: TitledProps) {
  return (
    <Page
      title={
        <>
          <a href={projectHref(project, 'runs')}>Runs</a>
          <span aria-hidden>/</span>
          Deleted
        </>
      }
      note="Shown nowhere else, and reused by no new run. What they hold takes its space until they go for good."
      actions={actions}
    >
      {children}
    </Page>
  )
}
