import { DescribedError } from '../../api/described-error.ts'
import type { JobBoard } from '../../api/job-board.ts'
import type { ProjectCore } from '../../api/project-core.ts'
import { fail } from '../../domain/failure.ts'
import type { StartedSweep, SweepOptions } from '../../sweeps/create-sweeps.ts'
import { sweepPhases } from '../../sweeps/run-sweep.ts'
import { createRelay } from './job-relay.ts'
import type { ProjectParts } from './open-parts.ts'

/** Sweeps: planned, started as jobs, read back. */
export function createSweepsArea({ sweeps }: ProjectParts, jobs: JobBoard): ProjectCore['sweeps'] {
  const running = new Map<string, { readonly jobId: string; readonly done: StartedSweep['done'] }>()

  /** The sweep is made first, so that a refusal leaves no job behind. */
  async function follow(begin: (options: SweepOptions) => Promise<StartedSweep>) {
    const relay = createRelay()
    const { sweep, done } = await begin(relay)
    const searched = sweep.plan.space.map(({ key }) => key).join(', ')
    const spec = { kind: 'sweep', title: `Sweep over ${searched}`, phases: sweepPhases, cancellable: true } as const
    const job = jobs.start(spec, async (report, signal) => {
      relay.join(report, signal)
      const ended = await done
      running.delete(sweep.id)
      if (ended.failure !== null) throw new DescribedError(ended.failure)
      return { sweepId: sweep.id, state: ended.state }
    })
    running.set(sweep.id, { jobId: job.id, done })
    return { job, sweepId: sweep.id }
  }

  return {
    plan: (request) => sweeps.plan(request),
    start: (request) => follow((options) => sweeps.start(request, options)),
    resume: (reference, retryFailed) => follow((options) => sweeps.resume(reference, retryFailed, options)),
    async cancel(reference) {
      const { sweep } = sweeps.get(reference)
      const entry = running.get(sweep.id)
      if (entry === undefined)
        throw fail('sweeps/wrongState', {
          sweep: sweep.id,
          problem: `is ${sweep.state} and does not run`,
          hint: 'There is nothing to cancel.',
        })
      jobs.cancel(entry.jobId)
      await entry.done
      return sweeps.get(sweep.id)
    },
    list: async () => sweeps.list(),
    get: async (reference) => sweeps.get(reference),
    watch: (emit) => sweeps.watch(emit),
  }
}
