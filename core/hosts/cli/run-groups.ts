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
/** Of one answer; a cell takes some twelve bytes on its way. */
const answerCells = 1_000_000

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
  const known = new Map<RunColumnName, RunColumn | null>()
  let count = Number.POSITIVE_INFINITY
  const keys = [...new Set([...columnsOfFilter(request.filter), ...request.groupBy])]
  await readColumns(api, keys, (name, column, rows) => {
    known.set(name, column)
    // A run that begins between two answers is left to the next call.
    count = Math.min(count, rows)
  })
  const column = (name: RunColumnName) => known.get(name) ?? null
  const holds = evaluateFilter(request.filter, { count, column })
  const rows = Uint32Array.from(Array.from({ length: count }, (_, row) => row).filter((row) => holds[row] === 1))
  const groups = split(rows, 0, {})
  await readColumns(api, metrics, (name, metric) => {
    for (const group of groups) {
      const value = aggregate(metric, group.rows, request.aggregate)
      if (value !== null && (request.aggregate !== 'count' || value > 0)) group.metrics[keyOf(name)] = value
    }
  })
  return groups.map(({ rows, values, metrics }) => ({ values, runs: rows.length, metrics }))

  function split(some: Uint32Array, level: number, values: RunGroupDocument['values']): readonly Group[] {
    const by = request.groupBy[level]
    if (by === undefined) return [{ values, rows: some, metrics: {} }]
    return groupRows(some, column(by), kindOf(by) === 'param').flatMap((group) =>
      split(group.rows, level + 1, { ...values, [by]: plain(by, group.value) }),
    )
  }
}

type Group = Pick<RunGroupDocument, 'values'> & { readonly rows: Uint32Array; readonly metrics: Record<string, number> }

/** A few at a time, and none is kept here: hundreds of columns of a hundred thousand runs are more than one answer holds. */
async function readColumns(
  api: Api,
  names: readonly RunColumnName[],
  onColumn: (name: RunColumnName, column: RunColumn | null, rows: number) => void,
): Promise<void> {
  let atOnce = 1
  for (let from = 0; from < names.length; ) {
    const some = names.slice(from, from + atOnce)
    const { columns, count } = await api.runs.columns({ names: some })
    for (const [index, name] of some.entries()) {
      const packed = columns[index]
      onColumn(name, packed ? unpackColumn(packed, count) : null, count)
    }
    from += some.length
    atOnce = Math.max(1, Math.min(mostAtOnce, Math.floor(answerCells / Math.max(1, count))))
  }
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
