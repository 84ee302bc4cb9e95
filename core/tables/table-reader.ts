import { fail } from '../domain/failure.ts'
import type { ColumnSummary, TableColumn, TableCount, TablePage, TableValue, TableView } from '../domain/table.ts'
import { toWhere } from './condition-queries.ts'
import type { Session } from './duckdb-session.ts'
import { exportView, type WantedExport } from './export-queries.ts'
import { openTable } from './open-table.ts'
import * as pages from './page-queries.ts'
import { createSharedWork } from './shared-work.ts'
import { summariseColumn } from './summary-queries.ts'
import type { OpenRequest, ReadFacts } from './table-worker-protocol.ts'

/** Up to here a stretch of a view is looked for; beyond it the view's row numbers are laid down once. */
const nearRows = 5_000
const keptIndexes = 3
/** Pages come before summaries: these never take the whole of the engine. */
const summariesAtOnce = 2

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
  cancel(ticket: string): void
}

export async function createTableReader(session: Session, request: OpenRequest): Promise<TableReader> {
  const { ask } = session
  const table = await openTable(session, request)
  const interrupt = (ticket: string) => session.cancel(ticket)
  const wholes = createSharedWork<ReadFacts>({ kept: 1, interrupt })
  const counts = createSharedWork<number>({ kept: 100, interrupt })
  const indexes = createSharedWork<string>({
    kept: keptIndexes,
    interrupt,
    onForget: (name) => void pages.dropIndex(ask, name).catch(() => undefined),
  })
  const stretches = createSharedWork<readonly number[]>({
    kept: 100,
    interrupt(ticket) {
      indexes.cancel(ticket)
      interrupt(ticket)
    },
  })
  const inTurn = createTurns(summariesAtOnce)
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
  const orderOf = (view: TableView) => pages.orderBy(view.sort, table.facts().columns)
  const readWhole = async (ticket: string) =>
    table.facts().isWhole ? table.facts() : wholes.share('', ticket, (own) => table.whole(own))

  /** Which rows a stretch of a view holds. The columns of one stretch are asked for in several questions. */
  function findStretch(view: TableView, offset: number, limit: number, ticket: string): Promise<readonly number[]> {
    const key = JSON.stringify(view)
    const span = { offset, limit }
    return stretches.share(`${offset} ${limit} ${key}`, ticket, async (own) => {
      if (offset + limit <= nearRows && !indexes.has(key))
        return pages.findRows(ask, await whereOf(view), orderOf(view), span, own)
      const index = await indexes.share(key, own, async (build) => {
        const name = `view_${indexesMade++}`
        await pages.buildIndex(ask, name, await whereOf(view), orderOf(view), build)
        return name
      })
      return pages.readIndex(ask, index, span, own)
    })
  }

  return {
    facts: table.facts,
    whole: readWhole,
    async page({ view, columns, offset, limit, length }, ticket) {
      const span = { offset, limit }
      const isPlain = view.condition === null && view.sort.length === 0
      if (!table.facts().isWhole && isPlain && offset + limit <= nearRows)
        return pages.readStart(ask, pick(columns), span, length, ticket)
      await readWhole(ticket)
      const wanted = pick(columns)
      if (isPlain) return pages.readRange(ask, wanted, span, length, ticket)
      const rows = await findStretch(view, offset, limit, ticket)
      return pages.readRows(ask, wanted, offset, rows, length, ticket)
    },
    async count(view, ticket) {
      const { rows: total } = await readWhole(ticket)
      if (view.condition === null) return { matching: total, total }
      const matching = await counts.share(JSON.stringify(view.condition), ticket, async (own) =>
        pages.countRows(ask, await whereOf(view), own),
      )
      return { matching, total }
    },
    async summary(view, column, ticket) {
      await readWhole(ticket)
      const [wanted] = pick([column])
      const where = await whereOf(view)
      return inTurn(ticket, () => summariseColumn(ask, wanted as TableColumn, where, ticket))
    },
    async value(column, row) {
      await readWhole('')
      const [wanted] = pick([column])
      return pages.readValue(ask, wanted as TableColumn, row)
    },
    async export(wanted, ticket) {
      await readWhole(ticket)
      return exportView(ask, { ...wanted, columns: pick(wanted.columns) }, table.facts().columns, ticket)
    },
    cancel(ticket) {
      for (const shared of [wholes, counts, stretches, indexes]) shared.cancel(ticket)
      inTurn.cancel(ticket)
      session.cancel(ticket)
    },
  }
}

/** So many at once, the others after them; one that nobody waits for any more loses its turn. */
function createTurns(atOnce: number) {
  const queue: { readonly ticket: string; start(): void; leave(): void }[] = []
  let running = 0
  async function take<Value>(ticket: string, work: () => Promise<Value>): Promise<Value> {
    if (running >= atOnce) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const leave = () => reject(fail('execution/canceled', { what: 'Reading the table' }))
      queue.push({ ticket, start: resolve, leave })
      await promise
    } else running++
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next.start()
      else running--
    }
  }
  const cancel = (ticket: string) => {
    const at = queue.findIndex((one) => one.ticket === ticket)
    if (at >= 0) queue.splice(at, 1)[0]?.leave()
  }
  return Object.assign(take, { cancel })
}
