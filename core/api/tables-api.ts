import * as z from 'zod'
import type { TableCondition } from '../domain/table.ts'
import { command, query } from '../rpc/procedure.ts'
import type { ProjectCore } from './project-core.ts'

const name = z.string().max(1000)
const table = z.string().min(1).max(100)
const ticket = z.string().min(1).max(100).optional()
const value = z.string().max(10_000)
const columns = z.array(name).max(10_000)

const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('version'), dataset: z.string().min(1).max(300), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('artifact'), reference: z.string().min(1).max(1000) }),
])
const reading = z.object({
  delimiter: z.string().min(1).max(4).optional(),
  quote: z.string().max(1).optional(),
  header: z.boolean().optional(),
  encoding: z.enum(['utf-8', 'utf-16', 'latin-1']).optional(),
  skipLines: z.number().int().min(0).max(1_000_000).optional(),
  nullText: z.string().max(100).optional(),
  decimalComma: z.boolean().optional(),
  allText: z.boolean().optional(),
  skipBadLines: z.boolean().optional(),
})
const condition: z.ZodType<TableCondition> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['all', 'any']), of: z.array(condition).max(500) }),
    z.object({ kind: z.literal('not'), of: condition }),
    z.object({
      kind: z.literal('compare'),
      column: name,
      is: z.enum(['equal', 'notEqual', 'less', 'atMost', 'more', 'atLeast']),
      value,
    }),
    z.object({ kind: z.literal('between'), column: name, from: value, to: value }),
    z.object({ kind: z.literal('oneOf'), column: name, values: z.array(value).max(1000) }),
    z.object({
      kind: z.literal('text'),
      column: name,
      is: z.enum(['contains', 'startsWith', 'endsWith', 'matches']),
      value,
      matchCase: z.boolean(),
    }),
    z.object({ kind: z.enum(['missing', 'nan']), column: name }),
  ]),
)
const view = z.object({
  condition: condition.nullable(),
  sort: z.array(z.object({ column: name, descending: z.boolean() })).max(20),
})

/** One answer stays well below a transport's message limit: a cell holds up to a thousand characters. */
const mostCells = 20_000
const page = z
  .object({
    table,
    view,
    columns,
    offset: z.number().int().min(0),
    limit: z.number().int().min(1).max(5_000),
    forCopying: z.boolean().optional(),
    ticket,
  })
  .refine((request) => request.columns.length * request.limit <= mostCells, {
    message: `a page holds at most ${mostCells} cells`,
  })

export function tablesApi(core: ProjectCore) {
  const { tables } = core
  return {
    tables: {
      open: query(z.object({ source, reading }), (input) => tables.open(input.source, input.reading)),
      whole: query(z.object({ table, ticket }), (input) => tables.whole(input.table, input.ticket)),
      progress: query(z.object({ table }), (input) => tables.progress(input.table)),
      page: query(page, (request) => tables.page(request)),
      count: query(z.object({ table, view, ticket }), (request) => tables.count(request)),
      summary: query(z.object({ table, view, column: name, ticket }), (request) => tables.summary(request)),
      value: query(z.object({ table, column: name, row: z.number().int().min(0) }), (input) =>
        tables.value(input.table, input.column, input.row),
      ),
      code: query(z.object({ table, view, columns, language: z.enum(['pandas', 'polars', 'sql']) }), (request) =>
        tables.code(request),
      ),
      cancel: command(z.object({ ticket: z.string().min(1).max(100) }), (input) => tables.cancel(input.ticket)),
      export: command(
        z.object({ table, view, columns, format: z.enum(['csv', 'parquet']), path: z.string().min(1).max(4096) }),
        ({ path, ...request }) => tables.export(request, path),
      ),
    },
  }
}
