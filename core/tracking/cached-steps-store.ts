import type { Database } from '../database/database.ts'
import { fail } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { StepRunState } from '../domain/run.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'
import type { MetricStore } from './metric-store.ts'
import type { CachedStep } from './recorder.ts'

/** A step run that was made cached, and the one that it stands for. */
export type CachedRow = {
  readonly number: number
  readonly id: string
  readonly run: number
  readonly run_id: string
  readonly step: string
  readonly state: StepRunState
  readonly origin: number
  readonly origin_id: string
  readonly origin_run: number
  readonly origin_step: string
  readonly origin_state: StepRunState
}

/** Writes that step runs reuse results: a few statements for all of them. Who calls holds the transaction. */
export function createCachedStepsStore(database: Database, lineage: LineageStore, metrics: MetricStore) {
  const insertQueued = database.prepare<never>(
    `INSERT INTO step_run (id, run, step, state) SELECT value ->> 0, :run, value ->> 1, 'queued'
     FROM json_each(:steps) ORDER BY key`,
  )
  const find = database.prepare<CachedRow>(
    `SELECT step_run.number, step_run.id, step_run.run, run.id AS run_id, step_run.step, step_run.state,
       origin.number AS origin, origin.id AS origin_id, origin.run AS origin_run, origin.step AS origin_step,
       origin.state AS origin_state
     FROM json_each(?) AS wanted
     CROSS JOIN step_run ON step_run.id = wanted.value ->> 0
     CROSS JOIN run ON run.number = step_run.run
     CROSS JOIN step_run AS named ON named.id = wanted.value ->> 1
     CROSS JOIN step_run AS origin ON origin.id = COALESCE(named.reuses, named.id)
     ORDER BY wanted.key`,
  )
  const mark = database.prepare<never>(
    `UPDATE step_run SET state = 'cached', reuses = wanted.value ->> 1, saved_ms = wanted.value ->> 2,
       reasons = wanted.value ->> 3
     FROM json_each(?) AS wanted WHERE step_run.number = wanted.value ->> 0`,
  )
  const copyArtifacts = database.prepare<{ step_run: number; name: string }>(
    `INSERT INTO artifact (run, step_run, name, role, digest, detail)
     SELECT wanted.value ->> 0, wanted.value ->> 1, name, role, digest, detail
     FROM json_each(?) AS wanted CROSS JOIN artifact ON artifact.step_run = wanted.value ->> 2
     ORDER BY wanted.key, artifact.number RETURNING step_run, name`,
  )
  const copyParams = database.prepare<never>(
    `INSERT INTO run_param (run, key, value)
     SELECT :toRun, run_param.key, run_param.value FROM json_each(:steps) AS step
     CROSS JOIN run_param ON run = :fromRun AND run_param.key > step.value || '.' AND run_param.key < step.value || '/'
     WHERE true ON CONFLICT DO NOTHING`,
  )

  /** What steps logged and returned counts for their run as if it had just been said. */
  function copyWhatWasSaid(rows: readonly CachedRow[], given: ReadonlyMap<number, readonly string[]>): void {
    const pairs = Map.groupBy(rows, ({ run, origin_run }) => `${run} ${origin_run}`)
    for (const group of pairs.values()) {
      const { run, origin_run } = group[0] as CachedRow
      const steps = [...new Set(group.map(({ origin_step }) => origin_step))]
      metrics.copy(origin_run, run, [...steps, ...group.flatMap(({ number }) => given.get(number) ?? [])])
      copyParams.run({ fromRun: origin_run, toRun: run, steps: JSON.stringify(steps) })
    }
  }

  return {
    insertQueued: (run: number, steps: readonly (readonly [id: string, step: string])[]) =>
      insertQueued.run({ run, steps: JSON.stringify(steps) }),

    /** @throws tracking/stepNotFound, tracking/wrongState and changes nothing */
    reuse(steps: readonly CachedStep[], at: string): readonly CachedRow[] {
      const rows = find.all([JSON.stringify(steps.map(({ stepRunId, reuses }) => [stepRunId, reuses]))])
      for (const [index, { stepRunId, reuses }] of steps.entries()) refuseUnfit(rows[index], stepRunId, reuses)
      mark.run([
        JSON.stringify(
          steps.map(({ savedMs, reasons }, index) => {
            const { number, origin_id } = rows[index] as CachedRow
            return [number, origin_id, savedMs, canonicalJson(reasons)]
          }),
        ),
      ])
      const copies = rows.map(({ run, number, origin }) => [run, number, origin])
      const given = Map.groupBy(copyArtifacts.all([JSON.stringify(copies)]), ({ step_run }) => step_run)
      copyWhatWasSaid(rows, new Map([...given].map(([number, all]) => [number, all.map(({ name }) => name)])))
      lineage.repeat(
        rows.map(({ id, run_id, step, origin_id }) => ({
          origin: lineageIds.stepRun(origin_id),
          node: { id: lineageIds.stepRun(id), kind: 'stepRun', digest: null, name: step, at, runId: run_id },
          cause: lineageIds.run(run_id),
        })),
      )
      return rows
    },
  }
}

function refuseUnfit(row: CachedRow | undefined, stepRunId: string, reuses: string): void {
  if (row === undefined || row.id !== stepRunId)
    throw fail('tracking/stepNotFound', { run: '(any)', step: `${stepRunId} or ${reuses}`, steps: [] })
  if (row.state !== 'queued')
    throw fail('tracking/wrongState', {
      what: `Step "${row.step}" of run ${row.run_id}`,
      state: row.state,
      wanted: 'cached',
    })
  if (row.origin_state !== 'completed')
    throw fail('tracking/wrongState', { what: `Step run ${reuses}`, state: row.origin_state, wanted: 'reused' })
}
