import type { DescribedFailure } from '../domain/failure.ts'
import type { StaleReason } from '../domain/reason.ts'
import type { Run, RunState, StepFailure, StepRun, StepRunState } from '../domain/run.ts'
import type { RecordedArtifact } from './run-records.ts'

export type RunRow = {
  readonly number: number
  readonly id: string
  readonly experiment: string
  readonly state: RunState
  readonly started_at: string
  readonly ended_at: string | null
  readonly duration_ms: number | null
  readonly failure: string | null
  readonly environment: number | null
  readonly git: string | null
  readonly host: string | null
  readonly owner: string | null
  readonly deleted_at: string | null
}

export type StepRunRow = {
  readonly number: number
  readonly id: string
  readonly run: number
  readonly run_id: string
  readonly step: string
  readonly state: StepRunState
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly duration_ms: number | null
  readonly peak_memory_bytes: number | null
  readonly reasons: string
  readonly failure: string | null
  readonly reuses: string | null
  readonly saved_ms: number | null
  readonly owner: string | null
  readonly pid: number | null
  readonly environment: number | null
  readonly module: string | null
  readonly params: string | null
  readonly source_digest: string | null
  readonly sources: string
  readonly inputs: string
  readonly cache_key: string | null
  readonly observed: string | null
  readonly log_digest: string | null
}

export type ArtifactRow = {
  readonly run_id: string
  readonly step_run_id: string
  readonly step: string
  readonly name: string
  readonly role: RecordedArtifact['role']
  readonly detail: string
}

/** What was written as JSON by this folder; null stays null. */
export function fromJson<Value>(text: string): Value
export function fromJson<Value>(text: string | null): Value | null
export function fromJson<Value>(text: string | null): Value | null {
  return text === null ? null : (JSON.parse(text) as Value)
}

export function toStepRun(row: StepRunRow): StepRun {
  const base = { id: row.id, runId: row.run_id, step: row.step, reasons: fromJson<readonly StaleReason[]>(row.reasons) }
  const startedAt = row.started_at ?? ''
  const ended = { startedAt, endedAt: row.ended_at ?? startedAt, durationMs: row.duration_ms ?? 0 }
  switch (row.state) {
    case 'queued':
    case 'skipped':
      return { ...base, state: row.state }
    case 'running':
      return { ...base, state: row.state, startedAt, pid: row.pid ?? 0 }
    case 'cached':
      return { ...base, state: row.state, reuses: row.reuses ?? '', savedMs: row.saved_ms ?? 0 }
    case 'completed':
      return { ...base, state: row.state, ...ended, peakMemoryBytes: row.peak_memory_bytes }
    case 'failed':
    case 'canceled':
      return { ...base, state: row.state, ...ended, failure: fromJson<StepFailure>(row.failure) }
  }
}

export function toArtifact(row: ArtifactRow): RecordedArtifact {
  const { run_id: runId, step_run_id: stepRunId, step, name, role, detail } = row
  return { ...JSON.parse(detail), name, step, runId, stepRunId, role }
}

export function toRun(
  row: RunRow,
  keyed: Pick<Run, 'params' | 'metrics' | 'tags' | 'cachedSteps' | 'totalSteps'>,
): Run {
  return {
    id: row.id,
    experiment: row.experiment,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    durationMs: row.duration_ms,
    failure: fromJson<DescribedFailure>(row.failure),
    ...keyed,
  }
}
