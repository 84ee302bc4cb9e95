import type { ProjectCore } from '../../core/api/project-core.ts'
import { fail } from '../../core/domain/failure.ts'
import type { Pipeline } from '../../core/domain/pipeline.ts'
import {
  isBetter,
  type Sweep,
  type SweepDetail,
  type SweepEvent,
  type SweepPlan,
  type Trial,
} from '../../core/domain/sweep.ts'
import { planSweep, previewSweep, proposeTrials } from '../../core/sweeps/plan-sweep.ts'
import type { FixtureJobs } from './fixture-jobs.ts'
import type { createFixtureRuns } from './fixture-runs.ts'

type Runs = ReturnType<typeof createFixtureRuns>

/** Sweeps over the fixture's runs: planned as core plans them, one trial after the other. */
export function createFixtureSweeps(
  jobs: FixtureJobs,
  runs: Runs,
  pipeline: () => Promise<Pipeline>,
): ProjectCore['sweeps'] {
  const kept = new Map<string, { sweep: Sweep; trials: Trial[] }>()
  const jobOf = new Map<string, string>()
  const listeners = new Set<(event: SweepEvent) => void>()
  const emit = (event: SweepEvent) => {
    for (const listener of listeners) listener(event)
  }
  const find = (reference: string) => {
    const found = reference === 'latest' ? [...kept.values()].at(-1) : kept.get(reference)
    if (found === undefined) throw fail('sweeps/notFound', { sweep: reference })
    return found
  }
  const detail = (reference: string): SweepDetail => ({
    sweep: find(reference).sweep,
    trials: [...find(reference).trials],
  })

  function change(id: string, number: number | null, trial: Partial<Trial>, state: Partial<Sweep> = {}): void {
    const entry = find(id)
    if (number !== null) entry.trials[number - 1] = { ...(entry.trials[number - 1] as Trial), ...trial }
    const counts = { queued: 0, running: 0, completed: 0, failed: 0, stopped: 0, canceled: 0 }
    let best: Sweep['best'] = null
    for (const { number: n, state: s, value, runId } of entry.trials) {
      counts[s]++
      const isGood = s === 'completed' && value !== null && runId !== null
      if (isGood && (best === null || isBetter(entry.sweep.plan.goal, value, best.value)))
        best = { trial: n, runId, value }
    }
    entry.sweep = { ...entry.sweep, counts, best, ...state }
    if (number !== null) emit({ kind: 'trial', sweepId: id, trial: entry.trials[number - 1] as Trial })
    emit({ kind: 'sweep', sweep: entry.sweep })
  }

  function execute(id: string, plan: SweepPlan) {
    const now = () => new Date().toISOString()
    const job = jobs.start(
      'sweep',
      `Sweep over ${plan.space.map(({ key }) => key).join(', ')}`,
      async (report, isCanceled) => {
        change(id, null, {}, { state: 'running', endedAt: null, failure: null })
        for (const { number, params, state } of [...find(id).trials]) {
          if (isCanceled()) break
          if (state === 'completed') continue
          report({ phase: 'Trials', done: number - 1, total: plan.trials })
          const { runId } = runs.start({ steps: plan.steps, params: { ...plan.fixed, ...params } })
          change(id, number, { state: 'running', runId, startedAt: now() })
          while (runs.get(runId).run.endedAt === null) await new Promise((settle) => setTimeout(settle, 20))
          const { run } = runs.get(runId)
          const value = run.metrics[plan.metric]
          const isDone = run.state === 'completed' && typeof value === 'number'
          change(id, number, { state: isDone ? 'completed' : 'failed', value: isDone ? value : null, endedAt: now() })
        }
        change(id, null, {}, { state: isCanceled() ? 'canceled' : 'completed', endedAt: now() })
        return { sweepId: id }
      },
    )
    jobOf.set(id, job.id)
    return { job, sweepId: id }
  }

  return {
    plan: async (request) => previewSweep(planSweep({ seed: 7, ...request }, await pipeline())),
    async start(request) {
      const plan = planSweep({ seed: 7, ...request }, await pipeline())
      const id = `sweep${kept.size + 1}aa`
      const trials = (proposeTrials(plan) ?? []).map((params, index): Trial => {
        const nothing = { runId: null, value: null, failure: null, startedAt: null, endedAt: null }
        return { number: index + 1, state: 'queued', params, ...nothing }
      })
      const counts = { queued: trials.length, running: 0, completed: 0, failed: 0, stopped: 0, canceled: 0 }
      const startedAt = new Date().toISOString()
      const sweep: Sweep = { id, state: 'running', plan, startedAt, endedAt: null, failure: null, counts, best: null }
      kept.set(id, { sweep, trials })
      return execute(id, plan)
    },
    resume: async (reference) => execute(find(reference).sweep.id, find(reference).sweep.plan),
    async cancel(reference) {
      jobs.cancel(jobOf.get(find(reference).sweep.id) as string)
      while (find(reference).sweep.state === 'running') await new Promise((settle) => setTimeout(settle, 20))
      return detail(reference)
    },
    list: async () => [...kept.values()].map(({ sweep }) => sweep).reverse(),
    get: async (reference) => detail(reference),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
