import { fail } from './failure.ts'
import { type Aggregate, aggregates } from './group-rows.ts'
import { isRunColumnName, type RunColumnName } from './run-columns.ts'

/** A way to look at runs, under a name. */
export type RunView = {
  readonly name: string
  readonly filter: string
  readonly sort: readonly { readonly id: RunColumnName; readonly descending: boolean }[]
  /** Null shows the usual ones, new metrics and params included. */
  readonly columns: readonly RunColumnName[] | null
  readonly pinned: readonly RunColumnName[]
  readonly onlyDiffering: boolean
  readonly groupBy: readonly RunColumnName[]
  readonly aggregate: Aggregate
}

/** In the project's folder, so that views go with it: into git, to colleagues. `{"views": [RunView]}`. */
export const runViewsFile = 'runs-views.json'

export const plainView: Omit<RunView, 'name'> = {
  filter: '',
  sort: [],
  columns: null,
  pinned: [],
  onlyDiffering: false,
  groupBy: [],
  aggregate: 'mean',
}

/** What is absent is as usual; what is unknown is left for a newer version to read. @throws tracking/viewsUnreadable */
export function parseRunViews(text: string, path = runViewsFile): readonly RunView[] {
  const refuse = (problem: string) => fail('tracking/viewsUnreadable', { path, problem })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw refuse('it is no JSON')
  }
  const views = isObject(content) ? content.views : undefined
  if (!Array.isArray(views)) throw refuse('it has no list of views')
  return views.map((view, index) => {
    try {
      return parseRunView(view)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      throw refuse(`view ${index + 1}: ${error.message}`)
    }
  })
}

/** @throws TypeError saying what is wrong */
export function parseRunView(value: unknown): RunView {
  if (!isObject(value)) throw new TypeError('it is no object')
  const { name, filter = '', sort = [], columns = null, pinned = [], groupBy = [] } = value
  const { onlyDiffering = false, aggregate = 'mean' } = value
  if (typeof name !== 'string' || name.trim() === '' || name.length > 100) throw new TypeError('it has no name')
  if (typeof filter !== 'string' || filter.length > 10_000) throw new TypeError('its filter is no text')
  if (!Array.isArray(sort)) throw new TypeError('its sort is no list')
  if (!aggregates.some((one) => one === aggregate))
    throw new TypeError(`its aggregate is none of ${aggregates.join(', ')}`)
  return {
    name: name.trim(),
    filter,
    sort: sort.map((key) => {
      if (!isObject(key)) throw new TypeError('a key of its sort is no object')
      return { id: toName(key.id), descending: key.descending === true }
    }),
    columns: columns === null ? null : toNames(columns, 'columns'),
    pinned: toNames(pinned, 'pinned'),
    onlyDiffering: onlyDiffering === true,
    groupBy: toNames(groupBy, 'groupBy'),
    aggregate: aggregate as Aggregate,
  }
}

/** As the file holds them, one after the other by name. */
export function formatRunViews(views: readonly RunView[]): string {
  const sorted = [...views].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
  return `${JSON.stringify({ views: sorted }, null, 2)}\n`
}

/** The views with one more, or another in place of the one that had its name. */
export function withView(views: readonly RunView[], view: RunView): readonly RunView[] {
  return [...views.filter(({ name }) => name !== view.name), view]
}

/** For an address: only what is not as usual, so that it stays short. */
export function viewToLink(view: RunView): string {
  const said = Object.entries(view).filter(
    ([key, value]) =>
      key === 'name' || JSON.stringify(value) !== JSON.stringify(plainView[key as keyof typeof plainView]),
  )
  return JSON.stringify(Object.fromEntries(said))
}

function toNames(value: unknown, what: string): readonly RunColumnName[] {
  if (!Array.isArray(value)) throw new TypeError(`its ${what} are no list`)
  return value.map(toName)
}

function toName(value: unknown): RunColumnName {
  if (typeof value === 'string' && isRunColumnName(value)) return value
  throw new TypeError(
    `${JSON.stringify(value)} is no column: expected metric.KEY, param.KEY, tag.KEY or a field of runs`,
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
