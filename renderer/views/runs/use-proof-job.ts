import type { Run } from '../../../core/domain/run.ts'
import { useProveRun } from '../../queries/proof-queries.ts'
import { useProject } from '../../queries/workspace-queries.ts'
import { useRunActions } from '../../running/use-run-commands.ts'
import { useStartedJob } from '../ship/use-started-job.ts'

/** Proving one run: the job that does it, why it cannot be started, and starting it. */
export function useProofJob(run: Run) {
  const proving = useStartedJob('prove', useProveRun())
  const { withTrust, readOnly } = useRunActions()
  const folder = useProject().data
  const isOwn = proving.job?.title === `Prove run ${run.id}`
  const other = proving.isBusy && !isOwn ? 'Another run is being proved. Wait for it, or cancel it.' : null
  const unfit = run.state === 'completed' ? null : 'Only a completed run can be proved.'
  return {
    job: isOwn ? proving.job : null,
    error: isOwn || proving.job === null ? proving.error : null,
    isBusy: proving.isBusy && isOwn,
    disabledReason: unfit ?? readOnly ?? other ?? (folder ? null : 'The project is being read.'),
    start: (why: boolean) => withTrust(() => void proving.start({ run: run.id, why })),
  }
}
