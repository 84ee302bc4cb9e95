import { fail } from '../domain/failure.ts'
import type { ColumnSummary, TableColumn, TableCount, TablePage, TableValue, TableView } from '../domain/table.ts'
import { toWhere } from './condition-queries.ts'
import type { Session } from './duckdb-session.ts'
import { exportView, type WantedExport } from './export-queries.ts'
import { openTable } from './open-table.ts'
import * as pages from './page-queries.ts'
import { summariseColumn } from './summary-queries.ts'
import type { OpenRequest, ReadFacts } from './table-worker-protocol.ts'

/** Up to here a stretch of a view is looked for; beyond it the view's row numbers are laid down once. */
const nearRows = 5_000
const keptIndexes = 3

export type WantedPage = {
  readonly view: TableView
  readonly columns: readonly string[]
  readonly offset: number
  readonly limit: number
  readonly length: pages.CellLength
}

/** Answers about one open table. Everything that may take long carries a ticket, by which it is cancelled. */
export type TableReader = {
  facts(): ReadFacts
  /** Reads a text file to its end; a Parquet file is whole at once. */
  whole(ticket: string): Promise<ReadFacts>
  page(wanted: WantedPage, ticket: string): Promise<TablePage>
  count(view: TableView, ticket: string): Promise<TableCount>
  summary(view: TableView, column: string, ticket: string): Promise<ColumnSummary>
  value(column: string, row: number): Promise<TableValue>
  export(
    wanted: Omit<WantedExport, 'columns'> & { readonly columns: readonly string[] },
    ticket: string,
  ): Promise<number>
}

export async function createTableReader(session: Session, request: OpenRequest): Promise<TableReader> {
  const { ask } = session
  const table = await openTable(session, request)
  const counts = new Map<string, Promise<number>>()
  const indexes = new Map<string, Promise<{ readonly name: string; readonly rows: number }>>()
  let indexesMade = 0

  const pick = (names: readonly string[]): TableColumn[] => {
    const known = new Map(table.facts().columns.map((column) => [column.name, column]))
    return names.map((name) => {
      const column = known.get(name)
      if (!column) throw fail('tables/columnNotFound', { column: name })
      return column
    })
  }
  const whereOf = (view: TableView) => toWhere(ask, view.condition, table.facts().columns)

  /** The rows of a view in its order, laid down once; the oldest goes when there are too many. */
  async function indexOf(view: TableView, ticket: string) {
    const key = JSON.stringify(view)
    const name = `view_${indexesMade++}`
    const made = remember(indexes, key, async () => {
      const order = pages.orderBy(view.sort, table.facts().columns)
      return { name, rows: await pages.buildIndex(ask, name, await whereOf(view), order, ticket) }
    })
    for (const [oldest, index] of indexes) {
      if (indexes.size <= keptIndexes) break
      indexes.delete(oldest)
      void index.then(
        (gone) => pages.dropIndex(ask, gone.name),
        () => undefined,
      )
    }
    return made
  }

  return {
    facts: table.facts,
    whole: table.whole,
    async page({ view, columns, offset, limit, length }, ticket) {
      const span = { offset, limit }
      const isPlain = view.condition === null && view.sort.length === 0
      if (!table.facts().isWhole && isPlain && offset + limit <= nearRows)
        return pages.readStart(ask, pick(columns), span, length, ticket)
      await table.whole(ticket)
      const wanted = pick(columns)
      if (isPlain) return pages.readRange(ask, wanted, span, length, ticket)
      const known = indexes.get(JSON.stringify(view))
      const isNear = offset + limit <= nearRows
      const rows =
        known === undefined && isNear
          ? await pages.findRows(
              ask,
              await whereOf(view),
              pages.orderBy(view.sort, table.facts().columns),
              span,
              ticket,
            )
          : await pages.readIndex(ask, (await indexOf(view, ticket)).name, span, ticket)
      return pages.readRows(ask, wanted, offset, rows, length, ticket)
    },
    async count(view, ticket) {
      const { rows: total } = await table.whole(ticket)
      if (view.condition === null) return { matching: total, total }
      const counted = () => whereOf(view).then((where) => pages.countRows(ask, where, ticket))
      return { matching: await remember(counts, JSON.stringify(view.condition), counted), total }
    },
    async summary(view, column, ticket) {
      await table.whole(ticket)
      const [wanted] = pick([column])
      return summariseColumn(ask, wanted as TableColumn, await whereOf(view), ticket)
    },
    async value(column, row) {
      await table.whole('')
      const [wanted] = pick([column])
      return pages.readValue(ask, wanted as TableColumn, row)
    },
    async export(wanted, ticket) {
      await table.whole(ticket)
      return exportView(ask, { ...wanted, columns: pick(wanted.columns) }, table.facts().columns, ticket)
    },
  }
}

/** One answer for all who ask while it is being found; what failed is tried anew by the next. */
function remember<Value>(known: Map<string, Promise<Value>>, key: string, find: () => Promise<Value>): Promise<Value> {
  const present = known.get(key)
  if (present) return present
  const found = find()
  known.set(key, found)
  found.catch(() => known.delete(key))
  return found
}
