import { describeFailure } from '../../core/domain/failure.ts'
import type { Job, JobKind, ReportProgress } from '../../core/domain/job.ts'
import type { JsonValue } from '../../core/domain/json.ts'

export type FixtureJobs = ReturnType<typeof createFixtureJobs>
type Work = (report: ReportProgress, isCanceled: () => boolean, log: (line: string) => void) => Promise<JsonValue>

/** Jobs as core announces them, run in this process. */
export function createFixtureJobs() {
  const jobs = new Map<string, Job>()
  const canceled = new Set<string>()
  const listeners = new Set<(job: Job) => void>()
  const put = (job: Job) => {
    jobs.set(job.id, job)
    for (const listener of listeners) listener(job)
  }

  function start(kind: JobKind, title: string, work: Work): Job {
    const id = `job-${jobs.size + 1}`
    const now = () => new Date().toISOString()
    const change = (part: Partial<Job>) => put({ ...(jobs.get(id) as Job), lastActivityAt: now(), ...part })
    put({
      id,
      kind,
      title,
      state: 'running',
      phases: [],
      progress: null,
      startedAt: now(),
      lastActivityAt: now(),
      endedAt: null,
      cancellable: true,
      log: [],
      result: null,
      failure: null,
    })
    const report: ReportProgress = (progress) =>
      change({
        progress: { done: 0, total: null, unit: null, fact: null, ...jobs.get(id)?.progress, ...progress },
      })
    const log = (line: string) => change({ log: [...(jobs.get(id)?.log ?? []), line] })
    void work(report, () => canceled.has(id), log).then(
      (result) => change({ state: canceled.has(id) ? 'canceled' : 'completed', result, endedAt: now() }),
      (error) => change({ state: 'failed', failure: describeFailure(error), endedAt: now() }),
    )
    return jobs.get(id) as Job
  }

  return {
    start,
    list: () => [...jobs.values()],
    cancel: (id: string) => {
      canceled.add(id)
    },
    cancelByTitle: (title: string) => {
      for (const job of jobs.values()) if (job.title === title) canceled.add(job.id)
    },
    watch: (listener: (job: Job) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
