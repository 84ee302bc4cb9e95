import type { Sweep, SweepEvent, SweepRequest } from '../../../core/domain/sweep.ts'
import { createSweeps } from '../../../core/sweeps/create-sweeps.ts'
import { openOptunaSearch } from '../../../core/sweeps/optuna-search.ts'
import { openExecution } from '../execution/open-execution.ts'

/** Sweeps over a real project: real Python, database and store. */
export async function openSweeps(
  files: Parameters<typeof openExecution>[0],
  options: Parameters<typeof openExecution>[1] = {},
) {
  const opened = await openExecution(files, { cpus: 4, ...options })
  const { database, project, execution, recorder, queries, environments } = opened
  const sweeps = createSweeps({
    database,
    project,
    execution,
    recorder,
    queries,
    openSearch: (plan, before, given) => openOptunaSearch(environments.packagesBeside, plan, before, given),
  })
  const sweepEvents: SweepEvent[] = []
  sweeps.watch((event) => sweepEvents.push(event))
  const quiet = (signal: AbortSignal) => ({ report: () => undefined, signal })

  async function sweep(request: Partial<SweepRequest>, signal = new AbortController().signal) {
    const whole = { steps: [], over: {}, goal: 'max', metric: 'train.score', seed: 1, ...request } as const
    const { sweep: started, done } = await sweeps.start(whole, quiet(signal))
    const ended: Sweep = await done
    return { ended, ...sweeps.get(started.id) }
  }

  async function resume(reference: string, retryFailed = false, signal = new AbortController().signal) {
    const { sweep: started, done } = await sweeps.resume(reference, retryFailed, quiet(signal))
    await done
    return sweeps.get(started.id)
  }

  /** How many runs of a step really executed, as against being reused. */
  function countExecuted(step: string): number {
    const states = queries.list({ limit: 10_000 }).runs.flatMap(({ id }) => queries.get(id).steps)
    return states.filter((one) => one.step === step && one.state === 'completed').length
  }

  return { ...opened, sweeps, sweepEvents, sweep, resume, countExecuted, quiet }
}
