import type { ProjectApi } from '../../api/project-api.ts'
import { evaluateFilter } from '../../domain/evaluate-filter.ts'
import { fail } from '../../domain/failure.ts'
import { type Aggregate, aggregate, groupRows } from '../../domain/group-rows.ts'
import { columnsOfFilter, keyOf, kindOf, type RunColumn, type RunColumnName } from '../../domain/run-columns.ts'
import { parseRunViews, type RunView, runViewsFile } from '../../domain/run-views.ts'
import { unpackColumn } from '../../domain/unpack-column.ts'
import type { ClientOf } from '../../rpc/client.ts'
import { formatTable } from './format-table.ts'

type Api = ClientOf<ProjectApi>
export type GroupRequest = {
  readonly filter: string
  readonly groupBy: readonly RunColumnName[]
  readonly aggregate: Aggregate
}

export type RunGroupDocument = {
  /** What the runs have in common, by the names that they were grouped by. */
  readonly values: Readonly<Record<string, number | string | null>>
  readonly runs: number
  readonly metrics: Readonly<Record<string, number>>
}

const mostAtOnce = 64

/** A view that was saved in the window. @throws tracking/viewUnknown, tracking/viewsUnreadable */
export async function findRunView(api: Api, name: string): Promise<RunView> {
  const files = await api.project.files({})
  const views = files.some(({ path }) => path === runViewsFile)
    ? parseRunViews((await api.project.readFile({ path: runViewsFile })).text)
    : []
  const found = views.find((view) => view.name === name)
  if (!found) throw fail('tracking/viewUnknown', { view: name, views: views.map((view) => view.name) })
  return found
}

/** The runs that a filter lets through, put together by what they have in common, their metrics summed up. */
export async function readRunGroups(api: Api, request: GroupRequest): Promise<readonly RunGroupDocument[]> {
  const metrics = (await api.runs.columnNames({})).filter((name) => kindOf(name) === 'metric')
  const names = [...new Set([...columnsOfFilter(request.filter), ...request.groupBy, ...metrics])]
  const columns = new Map<RunColumnName, RunColumn | null>()
  let count = 0
  for (let from = 0; from < names.length; from += mostAtOnce) {
    const some = names.slice(from, from + mostAtOnce)
    const answer = await api.runs.columns({ names: some })
    // A run that begins between two answers is left to the next call.
    count = from === 0 ? answer.count : Math.min(count, answer.count)
    for (const [index, name] of some.entries()) {
      const packed = answer.columns[index]
      columns.set(name, packed ? unpackColumn(packed, answer.count) : null)
    }
  }
  const column = (name: RunColumnName) => columns.get(name) ?? null
  const holds = evaluateFilter(request.filter, { count, column })
  const rows = Uint32Array.from(Array.from({ length: count }, (_, row) => row).filter((row) => holds[row] === 1))
  const summed = (some: Uint32Array) =>
    Object.fromEntries(
      metrics.flatMap((name) => {
        const value = aggregate(column(name), some, request.aggregate)
        return value === null || (request.aggregate === 'count' && value === 0) ? [] : [[keyOf(name), value] as const]
      }),
    )
  const split = (some: Uint32Array, level: number, values: RunGroupDocument['values']): readonly RunGroupDocument[] => {
    const by = request.groupBy[level]
    if (by === undefined) return [{ values, runs: some.length, metrics: summed(some) }]
    return groupRows(some, column(by), kindOf(by) === 'param').flatMap((group) =>
      split(group.rows, level + 1, { ...values, [by]: plain(by, group.value) }),
    )
  }
  return split(rows, 0, {})
}

export function describeRunGroups(groups: readonly RunGroupDocument[], groupBy: readonly RunColumnName[]): string {
  const metrics = [...new Set(groups.flatMap((group) => Object.keys(group.metrics)))].slice(0, 4)
  return formatTable(
    [...groupBy, 'RUNS', ...metrics],
    groups.map((group) => [
      ...groupBy.map((name) => String(group.values[name] ?? 'none')),
      String(group.runs),
      ...metrics.map((key) =>
        group.metrics[key] === undefined ? '' : String(Number(group.metrics[key].toPrecision(5))),
      ),
    ]),
    'No run matches.',
  )
}

function plain(name: RunColumnName, value: number | string | null): number | string | null {
  if (kindOf(name) !== 'param' || typeof value !== 'string') return value
  const param: unknown = JSON.parse(value)
  return typeof param === 'string' || typeof param === 'number' ? param : value
}
