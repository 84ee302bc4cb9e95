import type { Run, RunDetail, RunEvent } from '../domain/run.ts'
import type { LatestMetric } from './metric-store.ts'
import { type RunRow, type StepRunRow, toStepRun } from './run-rows.ts'
import type { createRunStore } from './run-store.ts'
import type { createStepRunQueries } from './step-run-queries.ts'

/** What watchers hear of the records, as they stand once what is told of is durable. */
export function createAnnouncements({
  runs,
  stepRuns,
  loadRuns,
}: {
  readonly runs: Pick<ReturnType<typeof createRunStore>, 'runRow' | 'stepRunRow'>
  readonly stepRuns: Pick<ReturnType<typeof createStepRunQueries>, 'artifacts'>
  readonly loadRuns: (rows: readonly RunRow[]) => readonly Run[]
}) {
  const listeners = new Set<(event: RunEvent) => void>()
  /** Not yet told, while several things are recorded as one. */
  let held: RunEvent[] | null = null

  function tell(event: RunEvent): void {
    if (held) held.push(event)
    else for (const listener of listeners) listener(event)
  }

  return {
    tell,
    run(id: string): Run {
      const run = loadRuns([runs.runRow(id)])[0] as Run
      tell({ kind: 'run', run })
      return run
    },
    step(stepRunId: string): void {
      if (listeners.size === 0) return
      const row = runs.stepRunRow(stepRunId)
      tell({ kind: 'stepRun', runId: row.run_id, stepRun: toStepRun(row) })
    },
    metrics(runId: string, latest: readonly LatestMetric[]): void {
      for (const one of latest) tell({ kind: 'metric', runId, ...one })
    },
    artifacts(row: Pick<StepRunRow, 'number' | 'run_id'>): void {
      if (listeners.size === 0) return
      for (const artifact of stepRuns.artifacts(row.number)) tell({ kind: 'artifact', runId: row.run_id, artifact })
    },
    /** As of any other run, its end only: it had no middle. */
    reused({ run, steps, artifacts }: RunDetail): void {
      tell({ kind: 'run', run })
      for (const stepRun of steps) tell({ kind: 'stepRun', runId: run.id, stepRun })
      for (const artifact of artifacts) tell({ kind: 'artifact', runId: run.id, artifact })
    },
    /** Tells what `work` recorded once all of it is durable; nothing, where it failed. */
    together(work: () => void): void {
      const told: RunEvent[] = []
      held = told
      try {
        work()
      } finally {
        held = null
      }
      for (const event of told) tell(event)
    },
    watch(listener: (event: RunEvent) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
