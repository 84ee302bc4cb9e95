import type { Database } from '../database/database.ts'
import { describeFailure, fail } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Run, RunDetail, RunEvent, StepFailure } from '../domain/run.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'
import { createCachedStepsStore } from './cached-steps-store.ts'
import { createDeletedRunsStore } from './deleted-runs-store.ts'
import { createRunLoader } from './load-runs-queries.ts'
import { createMetricQueue } from './metric-queue.ts'
import { toSeries } from './metric-series.ts'
import { createMetricStore, type LatestMetric } from './metric-store.ts'
import { newId, newStepRunId } from './new-id.ts'
import type { CachedStep, Recorder, StepEnd } from './recorder.ts'
import { createReusedRunStore } from './reused-run-store.ts'
import { type RunRow, type StepRunRow, toStepRun } from './run-rows.ts'
import { createRunStore } from './run-store.ts'
import { toStepLineage } from './step-lineage.ts'
import { createStepRunQueries } from './step-run-queries.ts'

const runIdLength = 12

/** The one writer of runs: every method is one transaction, and watchers hear of it once it is durable. */
export function createRecorder({
  database,
  lineage,
  now = () => new Date().toISOString(),
}: {
  readonly database: Database
  readonly lineage: LineageStore
  readonly now?: (() => string) | undefined
}): Recorder {
  const runs = createRunStore(database)
  const metrics = createMetricStore(database)
  const stepRuns = createStepRunQueries(database)
  const loadRuns = createRunLoader(database)
  const cachedSteps = createCachedStepsStore(database, lineage, metrics)
  const reusedRuns = createReusedRunStore(database, { runs, cachedSteps, lineage })
  const deletedRuns = createDeletedRunsStore(database, lineage)
  reusedRuns.oweLeft()
  const listeners = new Set<(event: RunEvent) => void>()

  /** Not yet told, while several things are recorded as one. */
  let held: RunEvent[] | null = null

  function emit(event: RunEvent): void {
    if (held) held.push(event)
    else for (const listener of listeners) listener(event)
  }

  function loadRun(id: string): Run {
    return loadRuns([runs.runRow(id)])[0] as Run
  }

  function announceRun(id: string): Run {
    const run = loadRun(id)
    emit({ kind: 'run', run })
    return run
  }

  function announceStep(stepRunId: string): void {
    if (listeners.size === 0) return
    const row = runs.stepRunRow(stepRunId)
    emit({ kind: 'stepRun', runId: row.run_id, stepRun: toStepRun(row) })
  }

  function announceMetrics(runId: string, latest: readonly LatestMetric[]): void {
    for (const one of latest) emit({ kind: 'metric', runId, ...one })
  }

  const queue = createMetricQueue({ database, runs, metrics, announce: announceMetrics })

  function announceArtifacts(row: Pick<StepRunRow, 'number' | 'run_id'>): void {
    if (listeners.size === 0) return
    for (const artifact of stepRuns.artifacts(row.number)) emit({ kind: 'artifact', runId: row.run_id, artifact })
  }

  /** Four characters name a run as long as that can be had by choosing another id. */
  function chooseRunId(): string {
    let id = newId(runIdLength)
    for (let attempt = 0; attempt < 50 && runs.isPrefixTaken(id.slice(0, 4)); attempt++) id = newId(runIdLength)
    return id
  }

  /** Edges of a step run from what is recorded of it by now, or of the one that it reuses. */
  function recordStepLineage(stepRunId: string, at: string): void {
    const row = stepRuns.row(stepRunId)
    const facts = stepRuns.toCandidate(stepRuns.origin(row))
    const { nodes, edges } = toStepLineage({ ...facts, runId: row.run_id, stepRunId, at })
    lineage.record(nodes, edges)
  }

  function endStep(stepRunId: string, state: 'failed' | 'canceled', end: StepEnd): void {
    database.transaction(() => {
      const row = runs.openStepRun(stepRunId, state, ['queued', 'running'])
      runs.endStep(row.number, state, end)
      recordStepLineage(stepRunId, end.endedAt)
    })
    announceStep(stepRunId)
  }

  /** What a run leaves open when it ends. */
  function closeSteps(run: RunRow, endedAt: string, failure: StepFailure | null): readonly string[] {
    const open = runs.stepRunsOf(run).filter((row) => row.state === 'queued' || row.state === 'running')
    for (const row of open) {
      if (row.state === 'queued') runs.skipStep(row.number)
      else {
        const durationMs = elapsedMs(row.started_at, endedAt)
        runs.endStep(row.number, failure ? 'failed' : 'canceled', { endedAt, durationMs, failure, logDigest: null })
        recordStepLineage(row.id, endedAt)
      }
    }
    return open.map((row) => row.id)
  }

  function cacheSteps(steps: readonly CachedStep[]): void {
    if (steps.length === 0) return
    const rows = database.transaction(() => cachedSteps.reuse(steps, now()))
    for (const { id, number, run_id: runId } of rows) {
      announceStep(id)
      announceArtifacts({ number, run_id: runId })
    }
  }

  /** Watchers hear of it as of any other, its end only: it had no middle. */
  function announceReused({ run, steps, artifacts }: RunDetail): void {
    emit({ kind: 'run', run })
    for (const stepRun of steps) emit({ kind: 'stepRun', runId: run.id, stepRun })
    for (const artifact of artifacts) emit({ kind: 'artifact', runId: run.id, artifact })
  }

  function interrupt(run: RunRow): void {
    const failure = describeFailure(fail('tracking/interrupted', { run: run.id }))
    const stepRunIds = database.transaction(() => {
      const endedAt = runs.lastSignOfLife(run)
      const closed = closeSteps(run, endedAt, { ...interruptedStep, message: failure.message, remedy: failure.remedy })
      metrics.fold(run.number)
      runs.endRun(run.number, 'failed', endedAt, elapsedMs(run.started_at, endedAt), canonicalJson(failure))
      return closed
    })
    for (const id of stepRunIds) announceStep(id)
  }

  return {
    createRun(run) {
      const created = database.transaction(() => {
        const runId = chooseRunId()
        const startedAt = now()
        const number = runs.insertRun(runId, run, startedAt)
        for (const [key, value] of Object.entries(run.params)) runs.setParam(number, key, value)
        for (const [key, value] of Object.entries(run.tags ?? {})) runs.setTag(number, key, value)
        const stepRunIds: Record<string, string> = {}
        for (const step of run.steps) {
          const id = newStepRunId()
          runs.insertStepRun(id, number, step)
          stepRunIds[step.step] = id
        }
        const node = {
          id: lineageIds.run(runId),
          kind: 'run',
          digest: null,
          name: runId,
          at: startedAt,
          runId,
        } as const
        lineage.record([node], [])
        return { runId, stepRunIds }
      })
      announceRun(created.runId)
      for (const id of Object.values(created.stepRunIds)) announceStep(id)
      return created
    },

    recordReused(run) {
      const detail = database.ahead(() => reusedRuns.record(run, chooseRunId))
      announceReused(detail)
      return detail
    },

    stepStarted(stepRunId, start) {
      database.transaction(() => {
        const row = runs.openStepRun(stepRunId, 'running', ['queued'])
        runs.startStep(row.number, start)
        recordStepLineage(stepRunId, start.startedAt)
      })
      announceStep(stepRunId)
    },

    stepCached: (stepRunId, cached) => cacheSteps([{ stepRunId, ...cached }]),
    stepsCached: cacheSteps,

    stepCompleted(stepRunId, completion) {
      queue.flush()
      const { running, latest } = database.transaction(() => {
        const running = runs.openStepRun(stepRunId, 'completed', ['running'])
        runs.completeStep(running.number, completion)
        for (const artifact of completion.artifacts) runs.insertArtifact(running.run, running.number, artifact)
        const latest = metrics.append(running.run, toSeries(completion.metrics ?? []))
        recordStepLineage(stepRunId, completion.endedAt)
        return { running, latest }
      })
      announceMetrics(running.run_id, latest)
      announceArtifacts(running)
      announceStep(stepRunId)
    },

    stepFailed: (stepRunId, end) => endStep(stepRunId, 'failed', end),
    stepCanceled: (stepRunId, end) => endStep(stepRunId, 'canceled', end),

    stepSkipped(stepRunId) {
      database.transaction(() => runs.skipStep(runs.openStepRun(stepRunId, 'skipped', ['queued']).number))
      announceStep(stepRunId)
    },

    setReasons(byStepRunId) {
      const entries = Object.entries(byStepRunId)
      if (entries.length === 0) return
      database.transaction(() => {
        for (const [id, reasons] of entries) runs.updateReasons(id, canonicalJson(reasons))
      })
      for (const [id] of entries) announceStep(id)
    },

    logMetrics(runId, points) {
      const series = toSeries(points)
      announceMetrics(
        runId,
        database.transaction(() => metrics.append(runs.openRun(runId, 'running').number, series)),
      )
    },

    queueMetrics: queue.add,
    flushMetrics: queue.flush,

    setParam(runId, key, value) {
      database.transaction(() => runs.setParam(runs.openRun(runId, 'running').number, key, value))
      announceRun(runId)
    },

    setTag(runId, key, value) {
      database.transaction(() => runs.setTag(runs.runRow(runId).number, key, value))
      return announceRun(runId)
    },

    deleteRuns(runIds) {
      const at = now()
      database.transaction(() => {
        for (const id of runIds) deletedRuns.mark(runs.runRow(id), at)
      })
      for (const runId of runIds) emit({ kind: 'deletion', runId, deleted: true })
    },

    restoreRuns(runIds) {
      database.transaction(() => {
        for (const id of runIds) deletedRuns.unmark(runs.runRow(id))
      })
      for (const runId of runIds) emit({ kind: 'deletion', runId, deleted: false })
    },

    endDeletedRuns: (isOver) =>
      database.transaction(() => deletedRuns.remove(({ id, deleted_at }) => isOver({ id, deletedAt: deleted_at }))),

    recordEnvironment(runId, environment) {
      database.transaction(() => runs.setRunEnvironment(runs.runRow(runId).number, environment))
    },

    finishRun(runId, { state, endedAt, durationMs, failure }) {
      queue.flush()
      const stepRunIds = database.transaction(() => {
        const run = runs.openRun(runId, state)
        const closed = closeSteps(run, endedAt, null)
        metrics.fold(run.number)
        runs.endRun(run.number, state, endedAt, durationMs, failure && canonicalJson(failure))
        return closed
      })
      for (const id of stepRunIds) announceStep(id)
      return announceRun(runId)
    },

    recoverInterrupted(isOwnerAlive) {
      if (database.readOnly) return []
      const dead = runs.unfinished().filter((run) => run.owner === null || !isOwnerAlive(JSON.parse(run.owner)))
      for (const run of dead) interrupt(run)
      return dead.map((run) => announceRun(run.id))
    },

    together(work) {
      const told: RunEvent[] = []
      held = told
      try {
        database.transaction(work)
      } finally {
        held = null
      }
      for (const event of told) emit(event)
    },

    announceLog: (log) => emit({ kind: 'log', ...log }),

    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const interruptedStep = { kind: 'interrupted', exceptionType: null, frames: [], exitCode: null, signal: null } as const

/** Never negative, whatever the clock did in between. */
function elapsedMs(startedAt: string | null, endedAt: string): number {
  return startedAt === null ? 0 : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))
}
