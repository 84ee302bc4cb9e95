import { createStore, type StoreApi } from 'zustand/vanilla'
import { valueOfRun } from '../../core/domain/columns-of-runs.ts'
import { codesOf, lengthOf, patchColumn, resizeColumn, valueIn } from '../../core/domain/patch-column.ts'
import type { Run, RunEvent } from '../../core/domain/run.ts'
import { keyOf, kindOf, type RunColumn, type RunColumnName, runFields } from '../../core/domain/run-columns.ts'

/** Where columns come from. Rows are in the order in which runs began; the answers of one core all agree in it. */
export type RunColumnSource = {
  /** The newest runs, whole, so that something is to be seen at once. */
  head(): Promise<{ readonly runs: readonly Run[]; readonly total: number }>
  names(): Promise<readonly RunColumnName[]>
  columns(
    names: readonly RunColumnName[],
  ): Promise<{ readonly count: number; readonly columns: readonly (RunColumn | null)[] }>
}

export type RunColumnsState = {
  /** Changes with every change of any value, so that drawings know. */
  readonly version: number
  /** Null until core has said anything. */
  readonly count: number | null
  /** Everything that can be a column, newest known. */
  readonly names: readonly RunColumnName[]
  readonly error: unknown
}

export type RunColumns = {
  readonly store: StoreApi<RunColumnsState>
  /** Undefined while it is not here; null when no run has it. */
  column(name: RunColumnName): RunColumn | null | undefined
  /** Undefined while it is not here. */
  value(name: RunColumnName, row: number): number | string | null | undefined
  /** Asks for what is not here yet, and was not refused since `load`. */
  need(names: readonly RunColumnName[]): void
  take(events: readonly RunEvent[]): void
  load(): void
}

/** A hundred columns of 100,000 runs are 90 MB; those that were not looked at for longest go first. */
const mostKept = 120
const mostAtOnce = 6

/** The runs of a project as columns, fetched when they are needed and kept up to date by what runs announce. */
export function createRunColumns(source: RunColumnSource): RunColumns {
  const store = createStore<RunColumnsState>(() => ({ version: 0, count: null, names: runFields, error: null }))
  /** In the order of their last use. */
  const columns = new Map<RunColumnName, RunColumn | null>()
  const wanted = new Set<RunColumnName>()
  /** What could not be had is asked for no more until `load`: who needs it says so again with every drawing. */
  const refused = new Set<RunColumnName>()
  let isLoaded = false
  /** What was announced since the line is open, newest state of each run: told again to columns that come later. */
  const announced = new Map<string, Run>()
  let head: { readonly runs: readonly Run[]; readonly total: number } = { runs: [], total: 0 }
  /** How often the runs were counted anew: an answer from before may have fewer rows than are shown by now. */
  let counted = 0
  let asking = false

  const count = (): number => store.getState().count ?? 0
  const change = (part: Partial<RunColumnsState> = {}): void =>
    store.setState((now) => ({ ...part, version: now.version + 1 }))

  function rowOf(id: string): number | undefined {
    const ids = columns.get('id')
    if (ids?.kind !== 'text') return undefined
    const code = codesOf(ids.dictionary).get(id)
    // Ids are written once each, in the order of their rows.
    return code === undefined ? undefined : code - 1
  }

  function put(name: RunColumnName, column: RunColumn | null): void {
    columns.delete(name)
    columns.set(name, column)
  }

  function tell(runs: Iterable<Run>, names: Iterable<RunColumnName>): void {
    const rows = [...runs].flatMap((run) => {
      const row = rowOf(run.id)
      return row === undefined ? [] : [[row, run] as const]
    })
    if (rows.length === 0) return
    for (const name of names) {
      const changes = new Map(rows.map(([row, run]) => [row, valueOfRun(run, name)]))
      columns.set(name, patchColumn(columns.get(name) ?? null, count(), changes))
    }
  }

  function resizeTo(next: number): void {
    for (const [name, column] of columns) if (column !== null) columns.set(name, resizeColumn(column, next))
    store.setState({ count: next })
  }

  async function ask(): Promise<void> {
    if (asking) return
    asking = true
    try {
      while (wanted.size > 0) {
        const names = [...wanted].slice(0, mostAtOnce)
        const before = counted
        const answer = await source.columns(names)
        if (before !== counted) continue
        for (const name of names) wanted.delete(name)
        const hasIds = names.includes('id')
        // Once there are ids no row comes without its own: a run that began meanwhile is about to be announced.
        if (answer.count > count() && (hasIds || !columns.has('id'))) resizeTo(answer.count)
        for (const [index, name] of names.entries()) {
          const column = answer.columns[index] ?? null
          put(name, column !== null && lengthOf(column) !== count() ? resizeColumn(column, count()) : column)
        }
        if (hasIds) addNew(announced.values())
        tell(announced.values(), hasIds ? columns.keys() : names)
        for (const name of columns.keys()) {
          if (columns.size <= mostKept) break
          columns.delete(name)
        }
        change(refused.size > 0 ? {} : { error: null })
      }
    } catch (error) {
      // Asked before there was a line: `load` asks for it.
      if (!isLoaded) return
      for (const name of wanted) refused.add(name)
      wanted.clear()
      change({ error })
    } finally {
      asking = false
    }
  }

  /** Runs that began after the columns were read get the next rows. */
  function addNew(runs: Iterable<Run>): void {
    const unknown = [...runs].filter((run) => columns.has('id') && rowOf(run.id) === undefined)
    if (unknown.length === 0) return
    const first = count()
    resizeTo(first + unknown.length)
    const ids = new Map(unknown.map((run, index) => [first + index, run.id]))
    columns.set('id', patchColumn(columns.get('id') ?? null, count(), ids))
    tell(unknown, columns.keys())
  }

  function need(names: readonly RunColumnName[]): void {
    for (const name of names) {
      const column = columns.get(name)
      if (column !== undefined) put(name, column)
      else if (!refused.has(name)) wanted.add(name)
    }
    if (wanted.size > 0) void ask()
  }

  return {
    store,
    column: (name) => columns.get(name),
    value(name, row) {
      const column = columns.get(name)
      if (column !== undefined) return column === null ? null : valueIn(column, row)
      const run = head.runs[head.total - 1 - row]
      return run && valueOfRun(run, name)
    },
    need,
    take(events) {
      const news = new Map<string, Run>()
      for (const event of events) {
        const known = event.kind === 'run' ? event.run : announced.get(event.kind === 'metric' ? event.runId : '')
        if (!known) continue
        const run = event.kind === 'metric' ? withMetric(known, event.key, event.value) : known
        announced.set(run.id, run)
        news.set(run.id, run)
      }
      if (news.size === 0 || store.getState().count === null) return
      addNew(news.values())
      tell(news.values(), columns.keys())
      const names = namesWith(store.getState().names, news.values())
      change(names ? { names } : {})
    },
    load() {
      const again = [...columns.keys()]
      columns.clear()
      announced.clear()
      refused.clear()
      isLoaded = true
      counted++
      const refuse = (error: unknown) => change({ error })
      // The newest runs are shown at once, under the names that they bring; the others come a moment later.
      void source.head().then((newest) => {
        head = newest
        counted++
        const names = namesWith(store.getState().names, newest.runs) ?? store.getState().names
        change({ count: newest.total, names, error: null })
        need(['id', ...again])
      }, refuse)
      void source.names().then((names) => {
        // Mostly the newest runs have them all: then nothing is drawn anew for it.
        if (!isSame(names, store.getState().names)) change({ names })
      }, refuse)
    },
  }
}

function withMetric(run: Run, key: string, value: number | string): Run {
  return { ...run, metrics: { ...run.metrics, [key]: value as Run['metrics'][string] } }
}

/** The names with those that these runs bring, or null when they bring none. */
function namesWith(names: readonly RunColumnName[], runs: Iterable<Run>): readonly RunColumnName[] | null {
  const all = new Set(names)
  for (const run of runs) {
    for (const key of Object.keys(run.metrics)) all.add(`metric.${key}`)
    for (const key of Object.keys(run.params)) all.add(`param.${key}`)
    for (const key of Object.keys(run.tags)) all.add(`tag.${key}`)
  }
  return all.size === names.length ? null : sortNames([...all])
}

/** Their order counts: core says which come first. */
function isSame(some: readonly RunColumnName[], others: readonly RunColumnName[]): boolean {
  return some.length === others.length && some.every((name, at) => name === others[at])
}

const kinds = ['field', 'metric', 'param', 'tag']
/** Kept: to make one for each pair of names took longer than all else that hundreds of names need. */
const { compare } = new Intl.Collator('en', { numeric: true })

export function sortNames(names: readonly RunColumnName[]): readonly RunColumnName[] {
  return [...names].sort((a, b) => kinds.indexOf(kindOf(a)) - kinds.indexOf(kindOf(b)) || compare(keyOf(a), keyOf(b)))
}
