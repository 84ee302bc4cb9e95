import type { Job } from '../../core/domain/job.ts'
import { useLive } from './live-store.ts'
import { isEnded } from './use-jobs.ts'

/**
 * What a job gave, once it is announced as ended. Rejects with what went wrong, in the words that core found for it,
 * and at once when `signal` fires.
 */
export function untilJobEnds<Result>(started: Job, signal?: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const look = (job: Job) => {
      if (!isEnded(job)) return false
      if (job.state === 'completed') resolve(job.result as Result)
      else reject(job.failure)
      return true
    }
    if (look(useLive.getState().jobs[started.id] ?? started)) return
    const stop = useLive.subscribe(({ jobs }) => {
      const job = jobs[started.id]
      if (job && look(job)) stop()
    })
    signal?.addEventListener(
      'abort',
      () => {
        stop()
        reject(signal.reason)
      },
      { once: true },
    )
  })
}
