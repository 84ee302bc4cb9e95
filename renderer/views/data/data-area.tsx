import type { TableSource } from '../../../core/domain/table.ts'
import { useTable, useWholeTable } from '../../queries/table-queries.ts'
import { useRoute } from '../../routing/use-route.ts'
import type { AreaParts } from '../../shell/area.ts'
import { CataloguePage } from './catalogue-page.tsx'
import { ColumnInspector } from './column-inspector.tsx'
import { DataList } from './data-list.tsx'
import { keyOfSource, toView, useLook } from './data-store.ts'
import { DatasetDialogs } from './dataset-dialogs.tsx'
import { DatasetPage } from './dataset-page.tsx'
import { useDatasetPlace } from './dataset-place.ts'
import { TablePage } from './table-page.tsx'

/** `data` shows all datasets, `data/dataset/NAME` one; `data/file/PATH`, `data/version/NAME@VERSION/PATH` and `data/artifact/REFERENCE` show a table. */
function DataMain() {
  const shown = useShownTable()
  const place = useDatasetPlace()
  if (place !== null) return <DatasetPage key={place.name} place={place} />
  if (shown === null) return <CataloguePage />
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
  const [kind, what, inside] = route.path
  if (what === undefined) return null
  if (kind === 'file') return { source: { kind: 'file', path: what }, title: what }
  if (kind === 'version' && inside !== undefined)
    return { source: { kind: 'version', dataset: what, path: inside }, title: inside }
  if (kind !== 'artifact') return null
  return { source: { kind: 'artifact', reference: what }, title: route.query.get('name') ?? what }
}

export const dataArea: AreaParts = {
  Main: DataMain,
  Sidebar: DataList,
  Inspector: DataInspector,
  inspects: ([kind]) => kind === 'file' || kind === 'version' || kind === 'artifact',
  Frame: DatasetDialogs,
}
