import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { fail } from '../domain/failure.ts'
import type { Observation } from '../domain/observation.ts'
import type { RecordedArtifact, StepRunCandidate } from './run-records.ts'
import { type ArtifactRow, fromJson, type StepRunRow, toArtifact } from './run-rows.ts'

export const artifactColumns = `artifact.name, artifact.role, artifact.detail, run.id AS run_id,
  step_run.id AS step_run_id, step_run.step AS step`
export const artifactTables = `artifact JOIN run ON run.number = artifact.run
  JOIN step_run ON step_run.number = artifact.step_run`

export type StepRunQueries = ReturnType<typeof createStepRunQueries>

/** Step runs with what they were made from and what they gave. */
export function createStepRunQueries(database: Database) {
  const columns = 'step_run.*, run.id AS run_id'
  const tables = 'step_run JOIN run ON run.number = step_run.run'
  // No join: SQLite would make its plan anew for each value, which takes ten times as long as the look itself.
  const byId = database.prepare<StepRunRow>(
    'SELECT *, (SELECT id FROM run WHERE number = step_run.run) AS run_id FROM step_run WHERE id = ?',
  )
  const completed = (which: string) =>
    `step_run AS found WHERE found.step = wanted.value AND found.state = 'completed' ${which}`
  /** CROSS: the planner would else look through every step run there is, once for each step. */
  const newestIds = (which: string) =>
    database.prepare<{ step: string; id: string }>(
      `SELECT found.step, found.id FROM json_each(:steps) AS wanted CROSS JOIN ${completed(which)}
         AND found.number >= COALESCE(
           (SELECT found.number FROM ${completed(which)} ORDER BY found.number DESC LIMIT 1 OFFSET :limit - 1), 0)
       ORDER BY found.number DESC`,
    )
  // Where nothing was deleted an index says it all, and no row is looked at for it.
  const idsBySteps = newestIds('')
  const idsOfShown = newestIds('AND found.run NOT IN (SELECT number FROM run WHERE deleted_at IS NOT NULL)')
  const anyDeleted = database.prepare('SELECT number FROM run WHERE deleted_at IS NOT NULL LIMIT 1')
  /** What a completed step run was made from and gave never changes: it is read once. */
  const known = new Map<string, StepRunCandidate>()
  const byKey = database.prepare<StepRunRow>(
    `SELECT ${columns} FROM ${tables} WHERE step_run.cache_key = ? AND step_run.state = 'completed' AND run.deleted_at IS NULL
     ORDER BY step_run.number DESC LIMIT ?`,
  )
  const ofRun = database.prepare<StepRunRow>(
    `SELECT ${columns} FROM ${tables} WHERE run.id = ? ORDER BY step_run.number`,
  )
  // What is reckoned is no value that SQLite makes a plan for: of the number alone it made one anew each time.
  const artifactsOfStepRun = database.prepare<ArtifactRow>(
    `SELECT ${artifactColumns} FROM ${artifactTables} WHERE artifact.step_run = ? + 0 ORDER BY artifact.number`,
  )
  // Of many at once, from the ids that were found: one statement for each would take longer than all else of a plan.
  const byIds = database.prepare<StepRunRow>(
    `SELECT ${columns} FROM json_each(?) AS wanted CROSS JOIN ${tables} WHERE step_run.id = wanted.value`,
  )
  const artifactsOfAll = database.prepare<ArtifactRow>(
    `SELECT ${artifactColumns} FROM json_each(?) AS wanted CROSS JOIN ${artifactTables}
     WHERE artifact.step_run = wanted.value ORDER BY artifact.number`,
  )
  const writers = database.prepare<{ step: string }>(
    `SELECT step_run.step FROM ${artifactTables} WHERE artifact.digest = ? AND artifact.name = ? AND artifact.role = 'side'
     ORDER BY step_run.number DESC LIMIT 20`,
  )
  const environments = database.prepare<{ detail: string }>('SELECT detail FROM environment WHERE number = ?')

  function row(stepRunId: string): StepRunRow {
    const found = byId.get([stepRunId])
    if (!found) throw fail('tracking/stepNotFound', { run: '(any)', step: stepRunId, steps: [] })
    return found
  }

  /** Of the one that was read last: step after step has the same. */
  let lastEnvironment: { readonly detail: string; readonly value: Environment | null } | null = null

  function environment(number: number | null): Environment | null {
    const detail = number === null ? undefined : environments.get([number])?.detail
    if (detail === undefined) return null
    if (lastEnvironment?.detail !== detail) lastEnvironment = { detail, value: fromJson<Environment>(detail) }
    return lastEnvironment.value
  }

  function artifacts(stepRun: number): readonly RecordedArtifact[] {
    return artifactsOfStepRun.all([stepRun]).map(toArtifact)
  }

  function toCandidate(stepRun: StepRunRow, given = artifacts(stepRun.number)): StepRunCandidate {
    return {
      id: stepRun.id,
      runId: stepRun.run_id,
      step: stepRun.step,
      module: stepRun.module ?? '',
      endedAt: stepRun.ended_at ?? '',
      durationMs: stepRun.duration_ms ?? 0,
      cacheKey: stepRun.cache_key,
      params: fromJson(stepRun.params ?? '{}'),
      sourceDigest: stepRun.source_digest as Digest,
      sources: fromJson(stepRun.sources),
      inputs: fromJson(stepRun.inputs),
      observed: fromJson<Observation>(stepRun.observed) ?? nothingObserved,
      environment: environment(stepRun.environment),
      artifacts: given,
    }
  }

  function candidate(id: string): StepRunCandidate {
    const kept = known.get(id)
    if (kept) return kept
    const stepRun = row(id)
    const made = toCandidate(stepRun)
    if (known.size >= mostKnown) known.clear()
    if (stepRun.state === 'completed') known.set(id, made)
    return made
  }

  function learn(ids: readonly string[]): void {
    const rows = byIds.all([JSON.stringify(ids.filter((id) => !known.has(id)))])
    if (known.size + rows.length > mostKnown) return
    const found = artifactsOfAll.all([JSON.stringify(rows.map(({ number }) => number))])
    const given = Map.groupBy(found, (artifact) => artifact.step_run_id)
    for (const stepRun of rows)
      if (stepRun.state === 'completed')
        known.set(stepRun.id, toCandidate(stepRun, (given.get(stepRun.id) ?? []).map(toArtifact)))
  }

  /** Runs ahead of what is owed: spelling out a run that reused everything makes no completed step run. */
  function candidatesBySteps(
    steps: readonly string[],
    limit: number,
  ): ReadonlyMap<string, readonly StepRunCandidate[]> {
    const found = new Map<string, StepRunCandidate[]>(steps.map((step) => [step, []]))
    database.ahead(() => {
      const ids = anyDeleted.get() ? idsOfShown : idsBySteps
      const newest = ids.all({ steps: JSON.stringify([...found.keys()]), limit })
      if (newest.some(({ id }) => !known.has(id))) learn(newest.map(({ id }) => id))
      for (const { step, id } of newest) found.get(step)?.push(candidate(id))
    })
    return found
  }

  return {
    row,
    rowsOf: (runId: string) => ofRun.all([runId]),
    environment,
    artifacts,
    toCandidate: (stepRun: StepRunRow) => toCandidate(stepRun),
    /** The step run whose result a step run stands for: itself, or the one that a cached one reuses. */
    origin: (stepRun: StepRunRow): StepRunRow => (stepRun.reuses === null ? stepRun : row(stepRun.reuses)),
    writersOf: (path: string, digest: Digest) => writers.all([digest, path]).map(({ step }) => step),
    candidatesByStep: (step: string, limit: number) => candidatesBySteps([step], limit).get(step) ?? [],
    candidatesBySteps,
    byKey: (key: string, limit: number) => byKey.all([key, limit]),
  }
}

const mostKnown = 20_000

const nothingObserved: Observation = {
  filesRead: [],
  filesWritten: [],
  outsideWrites: [],
  modules: [],
  packages: [],
  variables: [],
  network: false,
  platform: {},
}
