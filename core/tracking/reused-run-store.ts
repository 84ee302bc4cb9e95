import type { Database } from '../database/database.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { Run, RunDetail } from '../domain/run.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'
import type { createCachedStepsStore } from './cached-steps-store.ts'
import { type MetricRow, toMetricValue } from './metric-store.ts'
import { newStepRunIds } from './new-id.ts'
import type { ReusedRun } from './recorder.ts'
import { fromJson } from './run-rows.ts'
import type { RunStore } from './run-store.ts'

/** What the row of such a run spells out to. */
type Spelling = {
  readonly params: readonly (readonly [key: string, value: JsonValue])[]
  readonly tags: readonly (readonly [key: string, value: string])[]
  readonly steps: readonly (readonly [stepRunId: string, step: string, reuses: string, savedMs: number])[]
}
/** What steps of a run logged: it counts for every run that reuses them. */
type Said = {
  readonly metrics: readonly (MetricRow & { readonly key: string })[]
  /** By the step that they stand under. */
  readonly params: ReadonlyMap<string, readonly (readonly [key: string, value: JsonValue])[]>
}

const mostRemembered = 1_000

/**
 * Runs in which nothing ran. Such a run is durable as two short rows; the many that follow from them are owed, and
 * written before the next reading, or by the next core.
 */
export function createReusedRunStore(
  database: Database,
  use: {
    readonly runs: RunStore
    readonly cachedSteps: ReturnType<typeof createCachedStepsStore>
    readonly lineage: LineageStore
  },
) {
  const { runs, cachedSteps, lineage } = use
  const insert = database.prepare<never>('INSERT INTO reused_run (run, detail) VALUES (?, ?)')
  const left = database.prepare<{ run: number }>('SELECT run FROM reused_run ORDER BY run')
  const findOwed = database.prepare<{ id: string; ended_at: string; detail: string }>(
    `SELECT run.id, run.ended_at, reused_run.detail FROM reused_run JOIN run ON run.number = reused_run.run
     WHERE reused_run.run = ?`,
  )
  const remove = database.prepare<never>('DELETE FROM reused_run WHERE run = ?')
  const metricsOf = database.prepare<MetricRow & { key: string }>(
    `SELECT metric_key.name AS key, value, special FROM metric_latest JOIN metric_key ON metric_key.number = metric_latest.key
     JOIN run ON run.number = metric_latest.run WHERE run.id = ?`,
  )
  const paramsOf = database.prepare<{ key: string; value: string }>(
    'SELECT key, value FROM run_param JOIN run ON run.number = run_param.run WHERE run.id = ?',
  )
  const remembered = new Map<string, Said>()

  /** Of a run that has ended: nothing is said there any more. */
  function saidIn(runId: string): Said {
    const kept = remembered.get(runId)
    if (kept) return kept
    const params = paramsOf.all([runId]).map(({ key, value }) => [key, fromJson<JsonValue>(value)] as const)
    const said = {
      metrics: metricsOf.all([runId]),
      params: Map.groupBy(params, ([key]) => key.slice(0, Math.max(0, key.indexOf('.')))),
    }
    if (remembered.size >= mostRemembered) remembered.clear()
    if (runs.runRow(runId).ended_at !== null) remembered.set(runId, said)
    return said
  }

  function spellOut(number: number): void {
    const owed = findOwed.get([number])
    if (!owed) return
    const { params, tags, steps } = fromJson<Spelling>(owed.detail)
    for (const [key, value] of params) runs.setParam(number, key, value)
    for (const [key, value] of tags) runs.setTag(number, key, value)
    const node = { id: lineageIds.run(owed.id), kind: 'run', digest: null, name: owed.id, runId: owed.id } as const
    lineage.record([{ ...node, at: owed.ended_at }], [])
    cachedSteps.insertQueued(
      number,
      steps.map(([id, step]) => [id, step]),
    )
    const reused = steps.map(([stepRunId, , reuses, savedMs]) => ({ stepRunId, reuses, savedMs, reasons: [] }))
    cachedSteps.reuse(reused, owed.ended_at)
    remove.run([number])
  }

  /** Params and metrics as they will be read back: what the run itself says stands before what steps said. */
  function gather(run: ReusedRun): Pick<Run, 'params' | 'metrics'> {
    const params = new Map(Object.entries(run.params))
    const metrics = new Map<string, Run['metrics'][string]>()
    for (const { step, candidate } of run.steps) {
      const said = saidIn(candidate.runId)
      for (const [key, value] of said.params.get(step) ?? []) if (!params.has(key)) params.set(key, value)
      if (said.metrics.length === 0) continue
      const prefixes = [step, ...candidate.artifacts.map(({ name }) => name)].map((name) => `${name}.`)
      for (const row of said.metrics)
        if (!metrics.has(row.key) && prefixes.some((prefix) => row.key.startsWith(prefix)))
          metrics.set(row.key, toMetricValue(row))
    }
    return { params: inOrder(params), metrics: inOrder(metrics) }
  }

  return {
    record(run: ReusedRun, chooseRunId: () => string): RunDetail {
      const stepRunIds = newStepRunIds(run.steps.length)
      const endedAt = new Date(Date.parse(run.startedAt) + run.durationMs).toISOString()
      const spelling: Spelling = {
        params: Object.entries(run.params),
        tags: Object.entries(run.tags ?? {}),
        steps: run.steps.map(({ step, candidate }, index) => [
          stepRunIds[index] as string,
          step,
          candidate.id,
          candidate.durationMs,
        ]),
      }
      const { id, number } = database.transaction(() => {
        const id = chooseRunId()
        const number = runs.insertRun(id, { ...run, steps: [] }, run.startedAt)
        runs.setRunEnvironment(number, run.environment)
        runs.endRun(number, 'completed', endedAt, run.durationMs, null)
        insert.run([number, spell(spelling)])
        return { id, number }
      })
      database.owe(() => spellOut(number))
      return describe(id, run, stepRunIds, endedAt, gather(run))
    },

    /** What a core that died left to be spelt out. */
    oweLeft(): void {
      if (database.readOnly?.kind === 'newerSchema') return
      for (const { run } of left.all()) database.owe(() => spellOut(run))
    },
  }
}

/** The steps are ours alone, and many: they need no order of their keys. */
function spell({ params, tags, steps }: Spelling): string {
  return `{"params":${canonicalJson(params)},"tags":${canonicalJson(tags)},"steps":${JSON.stringify(steps)}}`
}

function describe(
  id: string,
  run: ReusedRun,
  stepRunIds: readonly string[],
  endedAt: string,
  said: Pick<Run, 'params' | 'metrics'>,
): RunDetail {
  const { startedAt, durationMs, steps } = run
  return {
    run: {
      id,
      experiment: run.experiment ?? 'default',
      state: 'completed',
      startedAt,
      endedAt,
      durationMs,
      failure: null,
      ...said,
      tags: inOrder(new Map(Object.entries(run.tags ?? {}))),
      cachedSteps: steps.length,
      totalSteps: steps.length,
    },
    steps: steps.map(({ step, candidate }, index) => ({
      id: stepRunIds[index] as string,
      runId: id,
      step,
      reasons: [],
      state: 'cached',
      reuses: candidate.id,
      savedMs: candidate.durationMs,
    })),
    artifacts: steps.flatMap(({ step, candidate }, index) =>
      candidate.artifacts.map((artifact) => ({ ...artifact, step, runId: id, stepRunId: stepRunIds[index] as string })),
    ),
    environment: run.environment,
    git: run.git,
    observed: Object.fromEntries(steps.map(({ step, candidate }) => [step, candidate.observed])),
  }
}

function inOrder<Value>(entries: ReadonlyMap<string, Value>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
