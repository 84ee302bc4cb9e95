import type { Database } from '../database/database.ts'
import type { Environment } from '../domain/environment.ts'
import { fail } from '../domain/failure.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { RunState, StepRunState } from '../domain/run.ts'
import type { NewRun, StepCompletion, StepEnd, StepStart } from './recorder.ts'
import type { RecordedArtifact } from './run-records.ts'
import type { RunRow, StepRunRow } from './run-rows.ts'
import { environmentDigest } from './step-lineage.ts'

export type RunStore = ReturnType<typeof createRunStore>

/** The statements that change runs. Who calls holds the transaction. */
export function createRunStore(database: Database) {
  const prepare = database.prepare.bind(database)
  const findRun = prepare<RunRow>('SELECT * FROM run WHERE id = ?')
  const findByPrefix = prepare<{ id: string }>('SELECT id FROM run WHERE id >= ? AND id < ? LIMIT 1')
  // No join: SQLite would make its plan anew for each value, which takes ten times as long as the look itself.
  const findStepRun = prepare<StepRunRow>(
    'SELECT *, (SELECT id FROM run WHERE number = step_run.run) AS run_id FROM step_run WHERE id = ?',
  )
  const stepRunsOf = prepare<StepRunRow>('SELECT step_run.*, ? AS run_id FROM step_run WHERE run = ? ORDER BY number')
  const insertRun = prepare<never>(
    `INSERT INTO run (id, experiment, state, started_at, git, host, owner) VALUES (?, ?, 'running', ?, ?, ?, ?)`,
  )
  const insertStepRun = prepare<never>(
    `INSERT INTO step_run (id, run, step, state, reasons) VALUES (?, ?, ?, 'queued', ?)`,
  )
  const upsertParam = prepare<never>(
    `INSERT INTO run_param (run, key, value) VALUES (?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value`,
  )
  const upsertTag = prepare<never>(
    `INSERT INTO run_tag (run, key, value) VALUES (?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value`,
  )
  const deleteTag = prepare<never>('DELETE FROM run_tag WHERE run = ? AND key = ?')
  const startStep = prepare<never>(
    `UPDATE step_run SET state = 'running', started_at = :startedAt, pid = :pid, owner = :owner, module = :module,
       params = :params, source_digest = :sourceDigest, sources = :sources, environment = :environment
     WHERE number = :number`,
  )
  const completeStep = prepare<never>(
    `UPDATE step_run SET state = 'completed', ended_at = :endedAt, duration_ms = :durationMs,
       peak_memory_bytes = :peakMemoryBytes, cache_key = :cacheKey, observed = :observed, inputs = :inputs,
       environment = COALESCE(:environment, environment), log_digest = :logDigest
     WHERE number = :number`,
  )
  const endStep = prepare<never>(
    `UPDATE step_run SET state = :state, started_at = COALESCE(started_at, :endedAt), ended_at = :endedAt,
       duration_ms = :durationMs, failure = :failure, log_digest = :logDigest, observed = :observed, inputs = :inputs
     WHERE number = :number`,
  )
  const skipStep = prepare<never>(`UPDATE step_run SET state = 'skipped' WHERE number = ?`)
  const updateReasons = prepare<never>('UPDATE step_run SET reasons = ? WHERE id = ?')
  const insertArtifact = prepare<never>(
    'INSERT INTO artifact (run, step_run, name, role, digest, detail) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const findEnvironment = prepare<{ number: number }>('SELECT number FROM environment WHERE digest = ?')
  const insertEnvironment = prepare<never>('INSERT INTO environment (digest, lock_digest, detail) VALUES (?, ?, ?)')
  const setRunEnvironment = prepare<never>('UPDATE run SET environment = ? WHERE number = ?')
  const endRun = prepare<never>('UPDATE run SET state = ?, ended_at = ?, duration_ms = ?, failure = ? WHERE number = ?')
  const unfinished = prepare<RunRow>("SELECT * FROM run WHERE state IN ('queued', 'running') ORDER BY number")
  const lastSign = prepare<{ at: string | null }>(
    `SELECT max(at) AS at FROM (
       SELECT max(started_at, COALESCE(ended_at, started_at)) AS at FROM step_run WHERE run = :run AND started_at IS NOT NULL
       UNION ALL SELECT at FROM metric_latest WHERE run = :run)`,
  )

  function runRow(id: string): RunRow {
    const row = findRun.get([id])
    if (!row) throw fail('tracking/runNotFound', { run: id })
    return row
  }

  /** When it is in one of the states that may become `wanted`. */
  function openRun(id: string, wanted: RunState): RunRow {
    const row = runRow(id)
    if (row.state === 'running' || row.state === 'queued') return row
    throw fail('tracking/wrongState', { what: `Run ${id}`, state: row.state, wanted })
  }

  function stepRunRow(id: string): StepRunRow {
    const row = findStepRun.get([id])
    if (!row) throw fail('tracking/stepNotFound', { run: '(any)', step: id, steps: [] })
    return row
  }

  function openStepRun(id: string, wanted: StepRunState, from: readonly StepRunState[]): StepRunRow {
    const row = stepRunRow(id)
    if (from.includes(row.state)) return row
    throw fail('tracking/wrongState', { what: `Step "${row.step}" of run ${row.run_id}`, state: row.state, wanted })
  }

  function environmentNumber(environment: Environment | null): number | null {
    if (environment === null) return null
    const digest = environmentDigest(environment)
    return (
      findEnvironment.get([digest])?.number ??
      insertEnvironment.run([digest, environment.lockDigest, canonicalJson(environment)]).lastId
    )
  }

  return {
    runRow,
    openRun,
    stepRunRow,
    openStepRun,
    stepRunsOf: (run: RunRow) => stepRunsOf.all([run.id, run.number]),
    isPrefixTaken: (prefix: string) => findByPrefix.get([prefix, `${prefix}~`]) !== undefined,
    insertRun: (id: string, run: NewRun, startedAt: string) =>
      insertRun.run([
        id,
        run.experiment ?? 'default',
        startedAt,
        run.git && canonicalJson(run.git),
        run.host,
        canonicalJson(run.owner),
      ]).lastId,
    insertStepRun: (id: string, run: number, step: NewRun['steps'][number]) =>
      insertStepRun.run([id, run, step.step, canonicalJson(step.reasons)]),
    setParam: (run: number, key: string, value: JsonValue) => upsertParam.run([run, key, canonicalJson(value)]),
    setTag: (run: number, key: string, value: string | null) =>
      value === null ? deleteTag.run([run, key]) : upsertTag.run([run, key, value]),
    startStep: (number: number, start: StepStart) =>
      startStep.run({
        number,
        startedAt: start.startedAt,
        pid: start.pid,
        owner: canonicalJson(start.owner),
        module: start.module,
        params: canonicalJson(start.params),
        sourceDigest: start.sourceDigest,
        sources: canonicalJson(start.sources),
        environment: environmentNumber(start.environment),
      }),
    completeStep: (number: number, completion: StepCompletion) =>
      completeStep.run({
        number,
        endedAt: completion.endedAt,
        durationMs: completion.durationMs,
        peakMemoryBytes: completion.peakMemoryBytes,
        cacheKey: completion.cacheKey,
        observed: canonicalJson(completion.observed),
        inputs: canonicalJson(completion.inputs),
        environment: environmentNumber(completion.environment),
        logDigest: completion.logDigest,
      }),
    endStep: (number: number, state: 'failed' | 'canceled', end: StepEnd) =>
      endStep.run({
        number,
        state,
        endedAt: end.endedAt,
        durationMs: end.durationMs,
        failure: end.failure && canonicalJson(end.failure),
        logDigest: end.logDigest,
        observed: end.observed ? canonicalJson(end.observed) : null,
        inputs: canonicalJson(end.inputs ?? []),
      }),
    skipStep: (number: number) => skipStep.run([number]),
    updateReasons: (id: string, reasons: string) => {
      if (updateReasons.run([reasons, id]).changes === 0) stepRunRow(id)
    },
    insertArtifact: (
      run: number,
      stepRun: number,
      artifact: Omit<RecordedArtifact, 'step' | 'runId' | 'stepRunId'>,
    ) => {
      const { name, role, kind, descriptor, parts, pythonType, runsCodeWhenLoaded, summary } = artifact
      const detail = canonicalJson({ kind, descriptor, parts, pythonType, runsCodeWhenLoaded, summary })
      insertArtifact.run([run, stepRun, name, role, descriptor.digest, detail])
    },
    setRunEnvironment: (run: number, environment: Environment) =>
      setRunEnvironment.run([environmentNumber(environment), run]),
    endRun: (run: number, state: RunState, endedAt: string, durationMs: number, failure: string | null) =>
      endRun.run([state, endedAt, durationMs, failure, run]),
    unfinished: () => unfinished.all(),
    /** When the run last showed that it was alive. */
    lastSignOfLife: (run: RunRow) => lastSign.get({ run: run.number })?.at ?? run.started_at,
  }
}
