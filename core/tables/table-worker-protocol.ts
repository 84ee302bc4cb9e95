import type { TableFacts, TableFormat, TableReading } from '../domain/table.ts'
import { query } from '../rpc/procedure.ts'
import type { TableReader, WantedPage } from './table-reader.ts'

/** What the process is told on its command line. It runs in the folder that it may write to. */
export type OpenRequest = {
  /** The one file that may be opened: a name in that folder, or an absolute path. */
  readonly file: string
  /** What people call it. */
  readonly path: string
  readonly format: TableFormat
  readonly reading: TableReading
  readonly memoryBytes: number
  readonly threads: number
}

export type ReadFacts = Pick<TableFacts, 'columns' | 'rows' | 'isWhole' | 'rowGroups' | 'writtenBy' | 'reading'>

type Ticketed = { readonly ticket: string }
type ViewOf = Parameters<TableReader['count']>[0]
type Exported = Parameters<TableReader['export']>[0]

/** The other end is our own core: what it says is taken as it is. */
const asIs = <Value>() => ({ parse: (value: unknown) => value as Value })

/** What a core asks of the process, over the line between them. */
export function createTableRouter(opened: Promise<TableReader>, control: TableControl) {
  const open = async () => opened
  return {
    facts: query(asIs<object>(), async () => (await open()).facts()),
    whole: query(asIs<Ticketed>(), async ({ ticket }) => (await open()).whole(ticket)),
    page: query(asIs<Ticketed & { readonly wanted: WantedPage }>(), async ({ wanted, ticket }) =>
      (await open()).page(wanted, ticket),
    ),
    count: query(asIs<Ticketed & { readonly view: ViewOf }>(), async ({ view, ticket }) =>
      (await open()).count(view, ticket),
    ),
    summary: query(
      asIs<Ticketed & { readonly view: ViewOf; readonly column: string }>(),
      async ({ view, column, ticket }) => (await open()).summary(view, column, ticket),
    ),
    value: query(asIs<{ readonly column: string; readonly row: number }>(), async ({ column, row }) =>
      (await open()).value(column, row),
    ),
    export: query(asIs<Ticketed & { readonly wanted: Exported }>(), async ({ wanted, ticket }) =>
      (await open()).export(wanted, ticket),
    ),
    cancel: query(asIs<Ticketed>(), ({ ticket }) => control.cancel(ticket)),
    progress: query(asIs<object>(), () => control.progress()),
  }
}

export type TableControl = { cancel(ticket: string): void; progress(): number | null }
export type TableRouter = ReturnType<typeof createTableRouter>

/** What the process says on stderr before it ends itself. */
export const memoryCapWords = 'slipway: memory cap'
