import { useQueries } from '@tanstack/react-query'
import { useStore } from 'zustand'
import type { ColumnSummary, TablePage, TableReading, TableSource, TableView } from '../../core/domain/table.ts'
import { type ProjectClient, useProjectConnection, useProjectKey } from '../clients/connections.tsx'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

type ViewInput = Parameters<ProjectClient['tables']['count']>[0]['view']

export function useTable(source: TableSource, reading: TableReading) {
  return useProjectQuery(['tables', 'open', source, reading], (client) => client.tables.open({ source, reading }))
}

/** The whole of a text file, once it was read to its end; at once for Parquet. */
export function useWholeTable(table: string | null) {
  return useCancellable(['tables', 'whole', table], table !== null, (client, ticket) =>
    client.tables.whole({ table: table ?? '', ticket }),
  )
}

/** How far the reading is, asked for while something long goes on. */
export function useTableProgress(table: string, isAsked: boolean) {
  return useProjectQuery(['tables', 'progress', table], (client) => client.tables.progress({ table }), {
    enabled: isAsked,
    everyMs: 500,
  })
}

export function useTableCount(table: string, view: TableView, enabled: boolean) {
  return useCancellable(['tables', 'count', table, view.condition], enabled, (client, ticket) =>
    client.tables.count({ table, view: { ...view, sort: [] } as ViewInput, ticket }),
  )
}

export type WantedBlock = { readonly columns: readonly string[]; readonly offset: number; readonly limit: number }

/** Blocks of cells; one that goes out of sight is not waited for. */
export function useTableBlocks(table: string, view: TableView, blocks: readonly WantedBlock[]) {
  return useCancellables<TablePage>(
    blocks.map((block) => ({
      key: ['tables', 'page', table, view, block],
      ask: (client, ticket) =>
        client.tables.page({ table, view: view as ViewInput, ...block, columns: [...block.columns], ticket }),
    })),
  )
}

export function useColumnSummaries(table: string, view: TableView, columns: readonly string[]) {
  return useCancellables<ColumnSummary>(
    columns.map((column) => ({
      key: ['tables', 'summary', table, view.condition, column],
      ask: (client, ticket) =>
        client.tables.summary({ table, view: { ...view, sort: [] } as ViewInput, column, ticket }),
    })),
  )
}

export function useTableValue(table: string, column: string, row: number) {
  return useProjectQuery(['tables', 'value', table, column, row], (client) =>
    client.tables.value({ table, column, row }),
  )
}

export type CodeRequest = Parameters<ProjectClient['tables']['code']>[0]

export function useViewCode(request: CodeRequest) {
  return useProjectQuery(['tables', 'code', request], (client) => client.tables.code(request), { keepPrevious: true })
}

export function useExportTable() {
  return useProjectCommand((client, input: Parameters<ProjectClient['tables']['export']>[0]) =>
    client.tables.export(input),
  )
}

type Asked<Answer> = {
  readonly key: readonly unknown[]
  readonly ask: (client: ProjectClient, ticket: string) => Promise<Answer>
}

function useCancellable<Answer>(key: readonly unknown[], enabled: boolean, ask: Asked<Answer>['ask']) {
  const [found] = useCancellables<Answer>([{ key, ask }], enabled)
  return found as NonNullable<typeof found>
}

/** Questions that core stops answering when nobody wants to know any more. */
function useCancellables<Answer>(asked: readonly Asked<Answer>[], enabled = true) {
  const connection = useProjectConnection()
  const project = useProjectKey()
  const isOpen = useStore(connection.store, (now) => now.state === 'open')
  return useQueries({
    queries: asked.map(({ key, ask }) => ({
      queryKey: [project, ...key],
      enabled: isOpen && enabled,
      // Cancelled for another's sake while somebody still waits here.
      retry: (times: number, error: unknown) => times < 3 && (error as { code?: string }).code === 'execution/canceled',
      retryDelay: 50,
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const client = connection.client()
        const ticket = crypto.randomUUID()
        signal.addEventListener('abort', () => void client.tables.cancel({ ticket }).catch(() => undefined), {
          once: true,
        })
        return ask(client, ticket)
      },
    })),
  })
}
