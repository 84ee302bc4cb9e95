import * as z from 'zod'
import type { RunEvent } from '../domain/run.ts'
import { isRunColumnName, type RunColumnName } from '../domain/run-columns.ts'
import { command, query, subscription } from '../rpc/procedure.ts'
import { jsonInput } from './json-input.ts'
import type { ProjectCore } from './project-core.ts'

const run = z.string().min(1).max(100)
const runRequest = z.object({
  steps: z.array(z.string()),
  params: z.record(z.string(), jsonInput),
  experiment: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  noCache: z.boolean().optional(),
})
const listRequest = z.object({
  filter: z.string().max(10_000).optional(),
  sort: z.string().max(500).optional(),
  limit: z.number().int().min(0).max(10_000).optional(),
  offset: z.number().int().min(0).optional(),
})

const someRuns = z.object({ runs: z.array(run).min(1).max(10_000) })

const curveRequest = z.object({
  runs: z.array(run).max(20),
  key: z.string().max(1_000),
  axis: z.enum(['iteration', 'time']),
  buckets: z.number().int().min(1).max(10_000),
  from: z.number().optional(),
  to: z.number().optional(),
})
const columnName = z
  .string()
  .max(1_000)
  .refine(isRunColumnName, 'expected metric.KEY, param.KEY, tag.KEY or a field of runs')

export function runsApi(core: ProjectCore) {
  return {
    runs: {
      plan: query(runRequest, (request) => core.runs.plan(request)),
      start: command(runRequest, (request) => core.runs.start(request)),
      cancel: command(z.object({ run }), (input) => core.runs.cancel(input.run)),
      list: query(listRequest, (request) => core.runs.list(request)),
      columnNames: query(z.object({}), () => core.runs.columnNames()),
      columns: query(z.object({ names: z.array(columnName).max(64) }), (input) =>
        core.runs.columns(input.names as RunColumnName[]),
      ),
      get: query(z.object({ run }), (input) => core.runs.get(input.run)),
      compare: query(z.object({ runs: z.array(run).min(2).max(20) }), (input) => core.runs.compare(input.runs)),
      log: query(z.object({ run, step: z.string().nullable() }), (input) => core.runs.log(input.run, input.step)),
      source: query(z.object({ run, step: z.string() }), (input) => core.runs.source(input.run, input.step)),
      history: query(z.object({ run, key: z.string() }), (input) => core.runs.history(input.run, input.key)),
      metricsWithHistory: query(z.object({ runs: z.array(run).max(20) }), (input) =>
        core.runs.metricsWithHistory(input.runs),
      ),
      curves: query(curveRequest, (request) => core.runs.curves(request)),
      tag: command(
        z.object({ run, key: z.string().min(1).max(250), value: z.string().max(8000).nullable() }),
        (input) => core.runs.tag(input.run, input.key, input.value),
      ),
      delete: command(someRuns, (input) => core.runs.delete(input.runs)),
      restore: command(someRuns, (input) => core.runs.restore(input.runs)),
      deleted: query(z.object({}), () => core.runs.deleted()),
      watch: subscription(z.object({}), (_, emit: (event: RunEvent) => void) => core.runs.watch(emit)),
    },
  }
}
