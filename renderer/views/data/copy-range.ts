import type { TableColumn, TableView } from '../../../core/domain/table.ts'
import type { ProjectClient } from '../../clients/connections.tsx'
import type { GridRange } from '../../components/grid-range.ts'

/** A clipboard holds no more than this with any use. */
export const mostCopiedCells = 200_000
const cellsAtOnce = 20_000

/** Spreadsheets run a text that begins like this when it is pasted. */
const formulaStart = /^[=+\-@\t\r]/

type Copied = {
  readonly client: ProjectClient
  readonly table: string
  readonly view: TableView
  /** As they stand. */
  readonly columns: readonly TableColumn[]
  readonly range: GridRange
}

/** The range as lines of tab-separated values below their names, whole values and not what is shown of them. */
export async function readAsTsv({ client, table, view, columns, range }: Copied): Promise<string> {
  const wanted = columns.slice(range.columns[0], range.columns[1] + 1)
  const [first, last] = range.rows
  const lines = [wanted.map(({ name }) => toField(name)).join('\t')]
  const rowsAtOnce = Math.max(1, Math.min(5_000, Math.floor(cellsAtOnce / wanted.length)))
  for (let offset = first; offset <= last; offset += rowsAtOnce) {
    const page = await client.tables.page({
      table,
      view: view as Parameters<ProjectClient['tables']['page']>[0]['view'],
      columns: wanted.map(({ name }) => name),
      offset,
      limit: Math.min(rowsAtOnce, last - offset + 1),
      forCopying: true,
    })
    for (let row = 0; row < page.rowNumbers.length; row++) {
      lines.push(wanted.map((column, index) => toCell(page.cells[index]?.[row] ?? null, column)).join('\t'))
    }
  }
  return lines.join('\n')
}

export function countCells({ rows, columns }: GridRange): number {
  return (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)
}

function toCell(text: string | null, { kind }: TableColumn): string {
  if (text === null) return ''
  const isText = kind === 'text' || kind === 'nested'
  return toField(isText && formulaStart.test(text) ? `'${text}` : text)
}

function toField(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
