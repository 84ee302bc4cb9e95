import { useMemo } from 'react'
import type { Job, JobKind } from '../../core/domain/job.ts'
import { useLive } from './live-store.ts'

/** All known jobs, newest first. */
export function useJobs(): readonly Job[] {
  const jobs = useLive((live) => live.jobs)
  return useMemo(() => Object.values(jobs).sort((a, b) => b.startedAt.localeCompare(a.startedAt)), [jobs])
}

export function useJob(id: string | null): Job | null {
  return useLive((live) => (id === null ? null : (live.jobs[id] ?? null)))
}

/** The newest job of a kind that has not ended. */
export function useRunningJob(kind: JobKind): Job | null {
  return useJobs().find((job) => job.kind === kind && !isEnded(job)) ?? null
}

export function isEnded(job: Job): boolean {
  return job.state === 'completed' || job.state === 'failed' || job.state === 'canceled'
}
