import { DescribedError } from '../../api/described-error.ts'
import type { JobBoard } from '../../api/job-board.ts'
import type { ProjectCore } from '../../api/project-core.ts'
import { describeFailure, fail } from '../../domain/failure.ts'
import type { Run, RunDetail } from '../../domain/run.ts'
import { runPhases } from '../../execution/run-project.ts'
import { createRelay } from './job-relay.ts'
import type { ProjectParts } from './open-parts.ts'

/** Runs: planned, started as jobs, read back. */
export function createRunsArea(parts: ProjectParts, jobs: JobBoard): ProjectCore['runs'] {
  const { execution, project, queries, recorder, sweeps } = parts
  const jobOfRun = new Map<string, string>()
  /** The last run in which nothing ran: who started it asks for it next, and may have it before it is spelt out. */
  let lastReused: RunDetail | null = null

  return {
    plan: (request) => execution.plan(request),
    async start(request) {
      // The run is made first, so that a refusal leaves no job behind; its progress joins the job a moment later.
      const relay = createRelay()
      const { runId, done, reused = null } = await execution.start(request, relay)
      lastReused = reused
      const title = request.steps.length > 0 ? `Run ${request.steps.join(', ')}` : 'Run the pipeline'
      const job = jobs.start({ kind: 'run', title, phases: runPhases, cancellable: true }, async (report, signal) => {
        relay.join(report, signal)
        const run = await done
        jobOfRun.delete(runId)
        if (run.state !== 'completed') throw new DescribedError(run.failure ?? describeEnd(run))
        return { runId, state: run.state }
      })
      jobOfRun.set(runId, job.id)
      return { job, runId }
    },
    async cancel(reference) {
      const runId = queries.resolveRun(reference)
      const id = jobOfRun.get(runId)
      if (id !== undefined) jobs.cancel(id)
      else sweeps.cancelRun(runId)
    },
    list: async (request) => queries.list(request),
    columnNames: async () => queries.columnNames(),
    columns: (names) => queries.columns(names),
    get: async (reference) => (lastReused?.run.id === reference ? lastReused : queries.get(reference)),
    compare: (references) => queries.compare(references),
    log: (reference, step) => queries.log(reference, step),
    source: (reference, step) => queries.source(reference, step),
    history: async (reference, key) => queries.history(reference, key),
    metricsWithHistory: async (references) => queries.metricsWithHistory(references),
    curves: async (request) => queries.curves(request),
    async tag(reference, key, value) {
      lastReused = null
      return recorder.setTag(queries.resolveRun(reference), key, value)
    },
    async delete(references) {
      project.assertWritable()
      lastReused = null
      const ids = [...new Set(references.map(queries.resolveRun))]
      recorder.deleteRuns(ids)
      return queries.deleted().filter(({ run }) => ids.includes(run.id))
    },
    async restore(references) {
      project.assertWritable()
      const ids = [...new Set(references.map(queries.resolveDeleted))]
      recorder.restoreRuns(ids)
      return ids.map(queries.run)
    },
    deleted: async () => queries.deleted(),
    watch: (emit) => recorder.watch(emit),
  }
}

function describeEnd(run: Run) {
  return describeFailure(fail('execution/canceled', { what: `Run ${run.id}` }))
}
