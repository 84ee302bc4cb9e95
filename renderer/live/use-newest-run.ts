import type { Artifact } from '../../core/domain/artifact.ts'
import type { Run, StepRun } from '../../core/domain/run.ts'
import { useRun, useRuns } from '../queries/run-queries.ts'
import { useLive } from './live-store.ts'
import { type LogLines, noLog } from './log-lines.ts'

export type NewestRun = {
  readonly run: Run
  readonly stepRuns: Readonly<Record<string, StepRun>>
  readonly artifacts: readonly Artifact[]
  /** Whether this window has heard it from its start, log included. */
  readonly isLive: boolean
  readonly log: LogLines
}

/** The run that was started last: from what it announces while it goes on, and from its record otherwise. */
export function useNewestRun(): NewestRun | null {
  const live = useLive((now) => (now.latestRunId ? now.runs[now.latestRunId] : undefined))
  const newest = useRuns({ limit: 1 }).data?.runs[0]
  const isLive = live?.run != null
  const detail = useRun(isLive ? null : (newest?.id ?? null)).data
  if (isLive && live.run) {
    return { run: live.run, stepRuns: live.stepRuns, artifacts: live.artifacts, isLive: true, log: live.log }
  }
  if (!newest || detail?.run.id !== newest.id) return null
  return {
    run: detail.run,
    stepRuns: Object.fromEntries(detail.steps.map((stepRun) => [stepRun.step, stepRun])),
    artifacts: detail.artifacts,
    isLive: false,
    log: noLog,
  }
}

export function isGoingOn(run: Run): boolean {
  return run.endedAt === null
}
