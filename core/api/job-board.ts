import { randomUUID } from 'node:crypto'
import { fail, isFailure } from '../domain/failure.ts'
import type { Job, JobKind, JobProgress, ReportProgress } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'
import { describeWireError } from './describe-wire-error.ts'
import { DescribedError } from './described-error.ts'

export type JobSpec = {
  readonly kind: JobKind
  readonly title: string
  readonly phases: readonly string[]
  readonly cancellable: boolean
}

/** The function that does the work. It stops soon after `signal` fires; what it gives becomes the job's result. */
export type JobWork = (report: ReportProgress, signal: AbortSignal) => Promise<unknown>

export type JobBoard = {
  start(spec: JobSpec, work: JobWork): Job
  list(): readonly Job[]
  cancel(id: string): void
  /** Announces every job that runs now, then each change. */
  watch(emit: (job: Job) => void): () => void
  whenEnded(id: string): Promise<Job>
  /** Cancels what runs, refuses what comes, resolves when all has ended. */
  close(): Promise<void>
}

const shortestUpdateMs = 100
const keptJobs = 100
const keptLogLines = 500

type Entry = {
  job: Job
  readonly abort: AbortController
  readonly ended: Promise<Job>
  announcedAt: number
  timer: NodeJS.Timeout | null
}

/** The one place where anything long is seen, in every host alike. */
export function createJobBoard(now: () => Date = () => new Date()): JobBoard {
  const entries = new Map<string, Entry>()
  const watchers = new Set<(job: Job) => void>()
  let closed = false

  function announce(entry: Entry): void {
    if (entry.timer) clearTimeout(entry.timer)
    entry.timer = null
    entry.announcedAt = performance.now()
    for (const emit of watchers) emit(entry.job)
  }

  /** At most ten a second; the last state of a burst is never lost. */
  function announceSoon(entry: Entry): void {
    const waitMs = shortestUpdateMs - (performance.now() - entry.announcedAt)
    if (waitMs <= 0) announce(entry)
    else entry.timer ??= setTimeout(() => announce(entry), waitMs)
  }

  function report(entry: Entry, progress: Parameters<ReportProgress>[0]): void {
    if (entry.job.state !== 'running') return
    const last = entry.job.progress
    const next = nextProgress(last, progress)
    const isNewFact = next.fact !== null && next.fact !== last?.fact
    entry.job = {
      ...entry.job,
      progress: next,
      lastActivityAt: now().toISOString(),
      log: isNewFact ? [...entry.job.log, next.fact as string].slice(-keptLogLines) : entry.job.log,
    }
    announceSoon(entry)
  }

  function forgetOldest(): void {
    for (const [id, entry] of entries) {
      if (entries.size <= keptJobs) return
      if (entry.job.endedAt !== null) entries.delete(id)
    }
  }

  return {
    start(spec, work) {
      if (closed) throw fail('execution/canceled', { what: spec.title })
      const at = now().toISOString()
      const abort = new AbortController()
      const { promise: ended, resolve } = Promise.withResolvers<Job>()
      const job: Job = {
        id: `job-${randomUUID().slice(0, 13)}`,
        ...spec,
        state: 'running',
        progress: null,
        startedAt: at,
        lastActivityAt: at,
        endedAt: null,
        log: [],
        result: null,
        failure: null,
      }
      const entry: Entry = { job, abort, ended, announcedAt: 0, timer: null }
      entries.set(job.id, entry)
      forgetOldest()
      announce(entry)
      void settle(work, entry, (progress) => report(entry, progress)).then((end) => {
        const endedAt = now().toISOString()
        entry.job = { ...entry.job, ...end, endedAt, lastActivityAt: endedAt }
        announce(entry)
        resolve(entry.job)
      })
      return entry.job
    },
    list: () => [...entries.values()].map((entry) => entry.job).reverse(),
    cancel(id) {
      const entry = entries.get(id)
      if (!entry) throw fail('host/jobNotFound', { id })
      if (entry.job.endedAt !== null) return
      if (!entry.job.cancellable) throw fail('host/jobNotCancellable', { title: entry.job.title })
      entry.abort.abort()
    },
    watch(emit) {
      watchers.add(emit)
      for (const entry of entries.values()) if (entry.job.endedAt === null) emit(entry.job)
      return () => watchers.delete(emit)
    },
    whenEnded(id) {
      const entry = entries.get(id)
      if (!entry) return Promise.reject(fail('host/jobNotFound', { id }))
      return entry.ended
    },
    async close() {
      closed = true
      for (const entry of entries.values()) if (entry.job.endedAt === null) entry.abort.abort()
      await Promise.all([...entries.values()].map((entry) => entry.ended))
    },
  }
}

async function settle(
  work: JobWork,
  entry: Entry,
  report: ReportProgress,
): Promise<Pick<Job, 'state' | 'result' | 'failure'>> {
  try {
    const result = await work(report, entry.abort.signal)
    return { state: 'completed', result: toJson(result), failure: null }
  } catch (error) {
    const wasCanceled = entry.abort.signal.aborted || isFailure(error, 'execution/canceled')
    const isWorded = isFailure(error) || error instanceof DescribedError
    const cause = wasCanceled && !isWorded ? fail('execution/canceled', { what: entry.job.title }) : error
    return { state: wasCanceled ? 'canceled' : 'failed', result: null, failure: describeWireError(cause) }
  }
}

function nextProgress(last: JobProgress | null, change: Parameters<ReportProgress>[0]): JobProgress {
  const fresh: JobProgress = { phase: change.phase, done: 0, total: null, unit: null, fact: null }
  return { ...(last?.phase === change.phase ? last : fresh), ...change }
}

function toJson(value: unknown): JsonValue {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}
