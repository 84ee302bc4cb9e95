import { useState } from 'react'
import type { Job } from '../../../core/domain/job.ts'
import { isEnded, useJob, useJobs } from '../../live/use-jobs.ts'

type Starter<Input> = {
  readonly mutateAsync: (input: Input) => Promise<Job>
  readonly isPending: boolean
  readonly error: unknown
}

/**
 * A job that this page started, followed to its end; one of the same kind that runs already is followed too,
 * so that leaving the page and coming back loses nothing.
 */
export function useStartedJob<Input>(kind: Job['kind'], starter: Starter<Input>) {
  const [id, setId] = useState<string | null>(null)
  const running = useJobs().find((job) => job.kind === kind && !isEnded(job)) ?? null
  const own = useJob(id)
  const job = running ?? own
  return {
    job,
    isBusy: starter.isPending || (job !== null && !isEnded(job)),
    error: starter.error ?? (job?.state === 'failed' ? job.failure : null),
    start: async (input: Input) => {
      const started = await starter.mutateAsync(input).catch(() => null)
      if (started) setId(started.id)
    },
  }
}
