import * as z from 'zod'
import { type SweepEvent, sweepMethods } from '../domain/sweep.ts'
import { command, query, subscription } from '../rpc/procedure.ts'
import { jsonInput } from './json-input.ts'
import type { ProjectCore } from './project-core.ts'

const sweep = z.string().min(1).max(100)
const count = (most: number) => z.number().int().min(1).max(most)
const sweepRequest = z.object({
  steps: z.array(z.string()),
  over: z.record(z.string(), z.string().max(100_000)),
  params: z.record(z.string(), jsonInput).optional(),
  metric: z.string().min(1).max(500),
  goal: z.enum(['max', 'min']),
  method: z.enum(sweepMethods).optional(),
  trials: count(10_000).optional(),
  parallel: count(64).optional(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  stopEarly: z
    .object({
      rule: z.literal('median'),
      warmUpTrials: count(10_000),
      warmUpIterations: z.number().int().min(0).max(1_000_000),
    })
    .nullable()
    .optional(),
  maxFailures: count(10_000).optional(),
  experiment: z.string().max(200).optional(),
})

export function sweepsApi(core: ProjectCore) {
  return {
    sweeps: {
      plan: query(sweepRequest, (request) => core.sweeps.plan(request)),
      start: command(sweepRequest, (request) => core.sweeps.start(request)),
      resume: command(z.object({ sweep, retryFailed: z.boolean() }), (input) =>
        core.sweeps.resume(input.sweep, input.retryFailed),
      ),
      cancel: command(z.object({ sweep }), (input) => core.sweeps.cancel(input.sweep)),
      list: query(z.object({}), () => core.sweeps.list()),
      get: query(z.object({ sweep }), (input) => core.sweeps.get(input.sweep)),
      watch: subscription(z.object({}), (_, emit: (event: SweepEvent) => void) => core.sweeps.watch(emit)),
    },
  }
}
