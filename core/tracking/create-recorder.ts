import type { Database } from '../database/database.ts'
import { describeFailure, fail } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { StepFailure } from '../domain/run.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'
import { createAnnouncements } from './announcements.ts'
import { createCachedStepsStore } from './cached-steps-store.ts'
import { createDeletedRunsStore } from './deleted-runs-store.ts'
import { createRunLoader } from './load-runs-queries.ts'
import { createMetricQueue } from './metric-queue.ts'
import { toSeries } from './metric-series.ts'
import { createMetricStore } from './metric-store.ts'
import { newId, newStepRunId } from './new-id.ts'
import type { CachedStep, Recorder, StepEnd } from './recorder.ts'
import { createReusedRunStore } from './reused-run-store.ts'
import type { RunRow } from './run-rows.ts'
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
  const cachedSteps = createCachedStepsStore(database, lineage, metrics)
  const reusedRuns = createReusedRunStore(database, { runs, cachedSteps, lineage })
  const deletedRuns = createDeletedRunsStore(database, lineage)
  reusedRuns.oweLeft()
  const announce = createAnnouncements({ runs, stepRuns, loadRuns: createRunLoader(database) })
  const queue = createMetricQueue({ database, runs, metrics, announce: announce.metrics })

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
    announce.step(stepRunId)
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
      announce.step(id)
      announce.artifacts({ number, run_id: runId })
    }
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
    for (const id of stepRunIds) announce.step(id)
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
      announce.run(created.runId)
      for (const id of Object.values(created.stepRunIds)) announce.step(id)
      return created
    },

    recordReused(run) {
      const detail = database.ahead(() => reusedRuns.record(run, chooseRunId))
      announce.reused(detail)
      return detail
    },

    stepStarted(stepRunId, start) {
      database.transaction(() => {
        const row = runs.openStepRun(stepRunId, 'running', ['queued'])
        runs.startStep(row.number, start)
        recordStepLineage(stepRunId, start.startedAt)
      })
      announce.step(stepRunId)
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
      announce.metrics(running.run_id, latest)
      announce.artifacts(running)
      announce.step(stepRunId)
    },

    stepFailed: (stepRunId, end) => endStep(stepRunId, 'failed', end),
    stepCanceled: (stepRunId, end) => endStep(stepRunId, 'canceled', end),

    stepSkipped(stepRunId) {
      database.transaction(() => runs.skipStep(runs.openStepRun(stepRunId, 'skipped', ['queued']).number))
      announce.step(stepRunId)
    },

    setReasons(byStepRunId) {
      const entries = Object.entries(byStepRunId)
      if (entries.length === 0) return
      database.transaction(() => {
        for (const [id, reasons] of entries) runs.updateReasons(id, canonicalJson(reasons))
      })
      for (const [id] of entries) announce.step(id)
    },

    logMetrics(runId, points) {
      const series = toSeries(points)
      announce.metrics(
        runId,
        database.transaction(() => metrics.append(runs.openRun(runId, 'running').number, series)),
      )
    },

    queueMetrics: queue.add,
    flushMetrics: queue.flush,

    setParam(runId, key, value) {
      database.transaction(() => runs.setParam(runs.openRun(runId, 'running').number, key, value))
      announce.run(runId)
    },

    setTag(runId, key, value) {
      database.transaction(() => runs.setTag(runs.runRow(runId).number, key, value))
      return announce.run(runId)
    },

    deleteRuns(runIds) {
      const at = now()
      database.transaction(() => {
        for (const id of runIds) deletedRuns.mark(runs.runRow(id), at)
      })
      for (const runId of runIds) announce.tell({ kind: 'deletion', runId, deleted: true })
    },

    restoreRuns(runIds) {
      database.transaction(() => {
        for (const id of runIds) deletedRuns.unmark(runs.runRow(id))
      })
      for (const runId of runIds) announce.tell({ kind: 'deletion', runId, deleted: false })
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
      for (const id of stepRunIds) announce.step(id)
      return announce.run(runId)
    },

    recoverInterrupted(isOwnerAlive) {
      if (database.readOnly) return []
      const dead = runs.unfinished().filter((run) => run.owner === null || !isOwnerAlive(JSON.parse(run.owner)))
      for (const run of dead) interrupt(run)
      return dead.map((run) => announce.run(run.id))
    },

    together: (work) => announce.together(() => database.transaction(work)),
    announceLog: (log) => announce.tell({ kind: 'log', ...log }),
    watch: announce.watch,
  }
}

const interruptedStep = { kind: 'interrupted', exceptionType: null, frames: [], exitCode: null, signal: null } as const

/** Never negative, whatever the clock did in between. */
function elapsedMs(startedAt: string | null, endedAt: string): number {
  return startedAt === null ? 0 : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))
}
