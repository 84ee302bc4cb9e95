import { Table2 } from 'lucide-react'
import type { TableSource } from '../../../core/domain/table.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Page } from '../../components/page.tsx'
import { useTable, useWholeTable } from '../../queries/table-queries.ts'
import { useRoute } from '../../routing/use-route.ts'
import type { AreaParts } from '../../shell/area.ts'
import { ColumnInspector } from './column-inspector.tsx'
import { DataList } from './data-list.tsx'
import { keyOfSource, toView, useLook } from './data-store.ts'
import { TablePage } from './table-page.tsx'

/** `data/file/PATH` and `data/artifact/REFERENCE` show a table. */
function DataMain() {
  const shown = useShownTable()
  if (shown === null) {
    return (
      <Page title="Data" scrolls={false}>
        <EmptyState icon={Table2} title="Look into a table">
          Choose a file of the project or a table that a run gave. Parquet, CSV, TSV and JSON lines open at any size:
          only what is in sight is read.
        </EmptyState>
      </Page>
    )
  }
  return <TablePage key={keyOfSource(shown.source)} {...shown} />
}

function DataInspector() {
  const shown = useShownTable()
  return shown === null ? null : <ShownInspector source={shown.source} />
}

function ShownInspector({ source }: { readonly source: TableSource }) {
  const key = keyOfSource(source)
  const look = useLook(key)
  const opened = useTable(source, look.reading)
  const whole = useWholeTable(opened.data?.table ?? null)
  const facts = whole.data
  if (facts === undefined || whole.isError) return null
  const column = facts.columns.find(({ name }) => name === look.chosenColumn)
  const { table, columns } = facts
  return (
    <ColumnInspector look={key} table={table} view={toView(look, columns)} column={column} inspected={look.inspected} />
  )
}

export function useShownTable(): { readonly source: TableSource; readonly title: string } | null {
  const route = useRoute()
  if (route.place !== 'project' || route.view !== 'data') return null
  const [kind, what] = route.path
  if (what === undefined) return null
  if (kind === 'file') return { source: { kind: 'file', path: what }, title: what }
  if (kind !== 'artifact') return null
  return { source: { kind: 'artifact', reference: what }, title: route.query.get('name') ?? what }
}

export const dataArea: AreaParts = { Main: DataMain, Sidebar: DataList, Inspector: DataInspector }
