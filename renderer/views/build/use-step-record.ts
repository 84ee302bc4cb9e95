import type { Artifact } from '../../../core/domain/artifact.ts'
import type { RunDetail, StepRun } from '../../../core/domain/run.ts'
import type { ProjectClient } from '../../clients/connections.tsx'
import type { LogLines } from '../../live/log-lines.ts'
import { type NewestRun, useNewestRun } from '../../live/use-newest-run.ts'
import { useProjectQuery } from '../../queries/use-project-query.ts'

export type StepRecord = {
  readonly runId: string
  readonly stepRun: StepRun | null
  readonly artifacts: readonly Artifact[]
  readonly metrics: Readonly<Record<string, number | string>>
  /** The log as heard, when this window heard all of it; otherwise it is asked for. */
  readonly live: LogLines | null
}

const runsLookedAt = 20

/** What a step did in the newest run that had it. */
export function useStepRecord(step: string | null): { record: StepRecord | null; isLoading: boolean } {
  const newest = useNewestRun()
  const inNewest = newest !== null && step !== null && newest.stepRuns[step] !== undefined
  const older = useProjectQuery(['runs', 'newestWith', step], (client) => findNewestWith(client, step ?? ''), {
    enabled: step !== null && !inNewest,
  })
  if (step === null) return { record: null, isLoading: false }
  if (inNewest) return { record: fromNewest(newest, step), isLoading: false }
  return { record: older.data ? fromDetail(older.data, step) : null, isLoading: older.isLoading }
}

async function findNewestWith(client: ProjectClient, step: string): Promise<RunDetail | null> {
  const { runs } = await client.runs.list({ limit: runsLookedAt })
  for (const run of runs) {
    const detail = await client.runs.get({ run: run.id })
    if (detail.steps.some((stepRun) => stepRun.step === step)) return detail
  }
  return null
}

function fromNewest({ run, stepRuns, artifacts, isLive, log }: NewestRun, step: string): StepRecord {
  return {
    runId: run.id,
    stepRun: stepRuns[step] ?? null,
    artifacts: artifacts.filter((artifact) => artifact.step === step),
    metrics: metricsOf(run.metrics, step),
    live: isLive ? log : null,
  }
}

function fromDetail({ run, steps, artifacts }: RunDetail, step: string): StepRecord {
  return {
    runId: run.id,
    stepRun: steps.find((stepRun) => stepRun.step === step) ?? null,
    artifacts: artifacts.filter((artifact) => artifact.step === step),
    metrics: metricsOf(run.metrics, step),
    live: null,
  }
}

function metricsOf(metrics: Readonly<Record<string, number | string>>, step: string): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(metrics)
      .filter(([key]) => key.startsWith(`${step}.`))
      .map(([key, value]) => [key.slice(step.length + 1), value]),
  )
}
