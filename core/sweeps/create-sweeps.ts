import type { Database } from '../database/database.ts'
import { describeFailure, fail } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Sweep, SweepDetail, SweepEvent, SweepPlan, SweepPreview, SweepRequest } from '../domain/sweep.ts'
import { assertRunnable } from '../execution/run-request.ts'
import type { RunnableProject } from '../execution/survey-run.ts'
import { isSameProcessAlive, ownIdentity } from '../tracking/process-identity.ts'
import { noteStops } from './note-stops.ts'
import { planSweep, previewSweep, proposeTrials } from './plan-sweep.ts'
import { type RunningTrials, runSweep, type SweepRunner } from './run-sweep.ts'
import type { Search } from './search.ts'
import { createSweepStore, type SearchEvent } from './sweep-store.ts'

export type SweepsOptions = Omit<SweepRunner, 'store'> & {
  readonly database: Database
  readonly project: Pick<RunnableProject, 'pipeline' | 'assertTrusted' | 'assertWritable'>
  /** Opens a search that learns and brings it to where it was. @throws sweeps/searchUnavailable */
  readonly openSearch: (plan: SweepPlan, before: readonly SearchEvent[], options: SweepOptions) => Promise<Search>
}

export type SweepOptions = { readonly report: ReportProgress; readonly signal: AbortSignal }
export type StartedSweep = { readonly sweep: Sweep; readonly done: Promise<Sweep> }

/** Searches over params, each trial an ordinary run. SWEEP is an id, a unique prefix of 4 characters or more, or `latest`. */
export type Sweeps = {
  /** What would be tried; runs nothing and records nothing. */
  plan(request: SweepRequest): Promise<SweepPreview>
  /** The sweep exists when this returns; `done` is when nothing of it runs any more. */
  start(request: SweepRequest, options: SweepOptions): Promise<StartedSweep>
  /** Goes on with the trials that are missing; completed and stopped ones are not repeated. @throws sweeps/wrongState */
  resume(reference: string, retryFailed: boolean, options: SweepOptions): Promise<StartedSweep>
  /** Cancels one trial, when it is a run of one. The sweep goes on. */
  cancelRun(runId: string): boolean
  list(): readonly Sweep[]
  get(reference: string): SweepDetail
  watch(emit: (event: SweepEvent) => void): () => void
  /** Ends as interrupted the sweeps of a core that died. Call it once, after the runs were recovered. */
  recover(): void
}

export function createSweeps(options: SweepsOptions): Sweeps {
  const { database, project, openSearch } = options
  const store = createSweepStore(database)
  const use: SweepRunner = { ...options, store }
  const runningTrials: RunningTrials = new Map()

  async function preparePlan(request: SweepRequest): Promise<SweepPlan> {
    return planSweep(request, await project.pipeline({}))
  }

  async function execute(sweep: Sweep, { report, signal }: SweepOptions): Promise<Sweep> {
    let search: Search | null = null
    try {
      if (sweep.plan.method === 'bayes')
        search = await openSearch(sweep.plan, store.searchEvents(sweep.id), { report, signal })
      return await runSweep(sweep.id, search, use, runningTrials, report, signal)
    } catch (error) {
      const failure = signal.aborted ? fail('execution/canceled', { what: `Sweep ${sweep.id}` }) : error
      return store.end(sweep.id, signal.aborted ? 'canceled' : 'failed', describeFailure(failure))
    } finally {
      await search?.close()
    }
  }

  return {
    plan: async (request) => previewSweep(await preparePlan(request)),
    async start(request, given) {
      project.assertTrusted()
      project.assertWritable()
      const plan = await preparePlan(request)
      const sweep = store.create(plan, ownIdentity(), proposeTrials(plan) ?? [])
      return { sweep, done: execute(sweep, given) }
    },
    async resume(reference, retryFailed, given) {
      project.assertTrusted()
      project.assertWritable()
      const { sweep, trials } = store.get(reference)
      const { id, plan } = sweep
      if (sweep.state === 'running')
        throw fail('sweeps/wrongState', { sweep: id, problem: 'is running', hint: 'Wait for it, or cancel it first.' })
      const ended = sweep.counts.completed + sweep.counts.stopped + (retryFailed ? 0 : sweep.counts.failed)
      if (ended >= plan.trials && trials.length >= ended)
        throw fail('sweeps/wrongState', {
          sweep: id,
          problem: 'has no trial left to run',
          hint: retryFailed
            ? 'Start a new one.'
            : 'Start a new one, or add --retry-failed to try the failed ones again.',
        })
      // The pipeline may have changed since: what it says about the params holds.
      const searched = Object.fromEntries(plan.space.map(({ key }) => [key, null]))
      assertRunnable(await project.pipeline({}), { steps: plan.steps, params: { ...plan.fixed, ...searched } })
      const opened = store.reopen(id, ownIdentity(), retryFailed)
      return { sweep: opened, done: execute(opened, given) }
    },
    cancelRun(runId) {
      const trial = runningTrials.get(runId)
      trial?.abort()
      return trial !== undefined
    },
    list: () => store.list(),
    get(reference) {
      const detail = store.get(reference)
      const notes = noteStops(detail, use.queries)
      return notes.length > 0 ? { ...detail, notes } : detail
    },
    watch: (emit) => store.watch(emit),
    recover() {
      for (const { id, owner } of store.unfinished())
        if (!isSameProcessAlive(owner)) store.interrupt(id, describeFailure(fail('sweeps/interrupted', { sweep: id })))
    },
  }
}
