import { create } from 'zustand'
import type { Artifact } from '../../core/domain/artifact.ts'
import type { Serving } from '../../core/domain/image.ts'
import type { Job } from '../../core/domain/job.ts'
import type { Run, RunEvent, StepRun } from '../../core/domain/run.ts'
import { appendLog, type LogChunk, type LogLines, noLog } from './log-lines.ts'

/** What a run has announced since this window listens. */
export type LiveRun = {
  readonly run: Run | null
  readonly stepRuns: Readonly<Record<string, StepRun>>
  readonly artifacts: readonly Artifact[]
  readonly metrics: Readonly<Record<string, number | string>>
  readonly log: LogLines
}

type Live = {
  readonly runs: Readonly<Record<string, LiveRun>>
  /** The run that spoke last. */
  readonly latestRunId: string | null
  readonly jobs: Readonly<Record<string, Job>>
  /** Until core has told them, `jobs` has only those that were announced since. */
  readonly jobsAreKnown: boolean
  readonly servings: readonly Serving[]
  /** The project's folder was moved or deleted under us. */
  readonly folderGone: boolean
}

const nothing: Live = { runs: {}, latestRunId: null, jobs: {}, jobsAreKnown: false, servings: [], folderGone: false }
const noRun: LiveRun = { run: null, stepRuns: {}, artifacts: [], metrics: {}, log: noLog }

/** The open project as it is announced by core. Filled by `useLiveProject`; everybody else reads. */
export const useLive = create<Live>(() => nothing)

export function resetLive(): void {
  useLive.setState(nothing, true)
}

export function applyRunEvents(events: readonly RunEvent[]): void {
  useLive.setState((live) => {
    const runs = { ...live.runs }
    let latestRunId = live.latestRunId
    const chunks = new Map<string, LogChunk[]>()
    for (const event of events) {
      if (event.kind === 'deletion') continue
      const id = event.kind === 'run' ? event.run.id : event.runId
      latestRunId = id
      if (event.kind === 'log') chunks.set(id, [...(chunks.get(id) ?? []), event])
      else runs[id] = withEvent(runs[id] ?? noRun, event)
    }
    for (const [id, added] of chunks) {
      const run = runs[id] ?? noRun
      runs[id] = { ...run, log: appendLog(run.log, added) }
    }
    return { runs, latestRunId }
  })
}

export function applyJobs(jobs: readonly Job[]): void {
  useLive.setState((live) => ({ jobs: { ...live.jobs, ...Object.fromEntries(jobs.map((job) => [job.id, job])) } }))
}

/** All jobs of the project, as core lists them. */
export function takeJobs(jobs: readonly Job[]): void {
  applyJobs(jobs)
  useLive.setState({ jobsAreKnown: true })
}

export function applyServings(servings: readonly Serving[]): void {
  useLive.setState({ servings })
}

function withEvent(run: LiveRun, event: Exclude<RunEvent, { kind: 'log' | 'deletion' }>): LiveRun {
  switch (event.kind) {
    case 'run':
      return { ...run, run: event.run }
    case 'stepRun':
      return { ...run, stepRuns: { ...run.stepRuns, [event.stepRun.step]: event.stepRun } }
    case 'metric':
      return { ...run, metrics: { ...run.metrics, [event.key]: event.value } }
    case 'artifact':
      return { ...run, artifacts: [...run.artifacts, event.artifact] }
  }
}
