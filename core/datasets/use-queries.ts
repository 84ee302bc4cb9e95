import type { Database } from '../database/database.ts'
import type { DatasetUse } from '../domain/dataset.ts'
import type { Observation } from '../domain/observation.ts'

/** More uses of one dataset than a person reads; the newest are given. */
const mostUses = 2_000

/** Which runs read which version of it, newest first. */
export function usesOfDataset(database: Database, name: string): readonly DatasetUse[] {
  return database
    .prepare<DatasetUse>(
      `SELECT version.version, used.step, used.run AS runId, run.started_at AS startedAt, run.experiment
       FROM dataset_version AS version
       JOIN dataset_use AS used ON used.dataset = version.number
       LEFT JOIN run ON run.id = used.run
       WHERE version.name = ? AND run.deleted_at IS NULL
       ORDER BY run.number DESC, used.step LIMIT ${mostUses}`,
    )
    .all([name])
}

export type StepReading = {
  readonly step: string
  readonly runId: string
  readonly observed: Pick<Observation, 'filesRead' | 'filesWritten'>
}

/** What each of these steps was seen to do when it was executed last. */
export function lastReadings(database: Database, steps: readonly string[]): readonly StepReading[] {
  const newest = database.prepare<{ id: string; observed: string | null }>(
    `SELECT run.id, step_run.observed FROM step_run JOIN run ON run.number = step_run.run
     WHERE step_run.step = ? AND step_run.state = 'completed' AND run.deleted_at IS NULL
     ORDER BY step_run.number DESC LIMIT 1`,
  )
  return steps.flatMap((step) => {
    const row = newest.get([step])
    if (row?.observed == null) return []
    return [{ step, runId: row.id, observed: JSON.parse(row.observed) as Observation }]
  })
}
