import { setImmediate as turn } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import type { ColumnsOfRuns } from '../domain/evaluate-filter.ts'
import { lengthOf, patchColumn, resizeColumn } from '../domain/patch-column.ts'
import { kindOf, type RunColumn, type RunColumnName } from '../domain/run-columns.ts'
import { createColumnBuilder, isEmpty, toValue } from './build-column.ts'
import { createRunChanges, type RunChanges } from './run-change-queries.ts'
import { createRunColumnQueries, type RunColumnQueries, type Value } from './run-columns-queries.ts'

export type RunColumnCache = ColumnsOfRuns & {
  names: RunColumnQueries['names']
  /** Takes in what was written since. Before anything else is asked for, each time. */
  refresh(): void
  /** The number of the run in a row. */
  runAt(row: number): number
  /** Reads columns while others have their turn; `column` reads at once what is not here. */
  load(names: readonly RunColumnName[]): Promise<void>
  /** Told at `refresh` of runs that something was written of; null for any of them. */
  whenChanged(listener: (runs: readonly number[] | null) => void): void
}

/** `stale` are runs that something was written of since the column was read. */
type Kept = { readonly column: RunColumn | null; readonly stale: Set<number> }

const mostKeptBytes = 160 * 1024 * 1024
const bytesOfCell = 9
/** Reading it anew is quicker then. */
const mostStale = 4_000

const caches = new WeakMap<Database, RunColumnCache>()

/** The columns of a project's runs in memory, one for all who ask; as the records stand, whoever wrote them. */
export function runColumnsOf(database: Database): RunColumnCache {
  const known = caches.get(database) ?? createRunColumnCache(database)
  caches.set(database, known)
  return known
}

function createRunColumnCache(database: Database): RunColumnCache {
  const queries = createRunColumnQueries(database)
  let changes: RunChanges | null = null
  let runs: number[] = []
  let rows: ReadonlyMap<number, number> | null = null
  /** In the order of their last use. */
  const columns = new Map<RunColumnName, Kept>()
  const reading = new Map<RunColumnName, Promise<void>>()
  /** What is being read has missed these. */
  const missed = new Map<RunColumnName, Set<number>>()
  const listeners = new Set<(runs: readonly number[] | null) => void>()
  let beginning = 0

  /** Mostly nothing was ever taken out of the middle, so that the number of a run says it. */
  function rowOf(run: number): number | undefined {
    if (rows !== null) return rows.get(run)
    const row = run - (runs[0] ?? 0)
    return row >= 0 && row < runs.length ? row : undefined
  }

  function addRuns(after: number): void {
    for (const run of queries.runsAfter(after)) runs.push(run)
    const isWhole = runs.length === 0 || runs.at(-1) === (runs[0] as number) + runs.length - 1
    rows = isWhole ? null : new Map(runs.map((run, row) => [run, row]))
  }

  function beginAgain(): void {
    beginning += 1
    columns.clear()
    runs = []
    addRuns(-1)
  }

  function refresh(): void {
    const changed = changes === null ? null : changes.take()
    changes ??= createRunChanges(database)
    if (changed?.length === 0) return
    if (changed === null) beginAgain()
    else mark(changed)
    for (const tell of listeners) tell(changed)
  }

  function mark(changed: readonly number[]): void {
    const last = runs.at(-1) ?? -1
    if (changed.some((run) => run > last)) addRuns(last)
    if (changed.some((run) => rowOf(run) === undefined)) beginAgain()
    for (const stale of [...missed.values(), ...[...columns.values()].map((kept) => kept.stale)])
      for (const run of changed) stale.add(run)
    for (const [name, { stale }] of columns) if (stale.size > mostStale) columns.delete(name)
  }

  function keep(name: RunColumnName, kept: Kept): Kept {
    columns.delete(name)
    columns.set(name, kept)
    for (const oldest of columns.keys()) {
      if (columns.size * runs.length * bytesOfCell <= mostKeptBytes || oldest === name) break
      columns.delete(oldest)
    }
    return kept
  }

  function* read(name: RunColumnName, stale: Set<number>): Generator<void, void> {
    const builder = createColumnBuilder(kindOf(name), runs.length, rowOf)
    for (const cells of queries.cells(name)) {
      builder.add(cells)
      yield
    }
    keep(name, { column: builder.finish(), stale })
  }

  function readAtOnce(name: RunColumnName): Kept {
    for (const _ of read(name, new Set()));
    return columns.get(name) as Kept
  }

  /** Begins again when runs were taken away meanwhile. */
  async function readInTurns(name: RunColumnName): Promise<void> {
    try {
      for (let begun = -1; begun !== beginning; ) {
        begun = beginning
        const stale = new Set<number>()
        missed.set(name, stale)
        const steps = read(name, stale)
        while (begun === beginning && !steps.next().done) await turn()
      }
    } finally {
      missed.delete(name)
      reading.delete(name)
    }
  }

  function patch(name: RunColumnName, { column, stale }: Kept): RunColumn | null {
    const kind = kindOf(name)
    const values = new Map<number, Value>([...stale].map((run) => [rowOf(run) as number, null]))
    for (const [run, stored] of queries.cellsOf(name, [...stale]))
      values.set(rowOf(run) as number, toValue(kind, stored))
    const patched = patchColumn(column, runs.length, values)
    return patched !== null && [...values.values()].includes(null) && isEmpty(patched) ? null : patched
  }

  return {
    names: queries.names,
    refresh,
    get count() {
      return runs.length
    },
    runAt: (row) => runs[row] as number,
    column(name) {
      const kept = columns.get(name) ?? readAtOnce(name)
      let { column } = kept
      if (kept.stale.size > 0) column = patch(name, kept)
      else if (column !== null && lengthOf(column) !== runs.length) column = resizeColumn(column, runs.length)
      return keep(name, { column, stale: new Set() }).column
    },
    whenChanged: (listener) => void listeners.add(listener),
    async load(names) {
      for (const name of names) {
        if (columns.has(name)) continue
        const already = reading.get(name) ?? readInTurns(name)
        reading.set(name, already)
        await already
      }
    },
  }
}
