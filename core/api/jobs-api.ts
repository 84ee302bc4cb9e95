import * as z from 'zod'
import type { Job } from '../domain/job.ts'
import { command, query, subscription } from '../rpc/procedure.ts'
import type { ProjectCore } from './project-core.ts'

export function jobsApi(core: ProjectCore) {
  return {
    doctor: { run: command(z.object({ repair: z.boolean() }), (input) => core.doctor.run(input.repair)) },
    journey: { start: command(z.object({}), () => core.journey.start()) },
    jobs: {
      list: query(z.object({}), () => core.jobs.list()),
      cancel: command(z.object({ id: z.string() }), (input) => core.jobs.cancel(input.id)),
      watch: subscription(z.object({}), (_, emit: (job: Job) => void) => core.jobs.watch(emit)),
    },
  }
}
