import { useMemo } from 'react'
import type { TableColumn, TableView } from '../../../core/domain/table.ts'
import { useTableBlocks, type WantedBlock } from '../../queries/table-queries.ts'

const blockRows = 100
const blockColumns = 16

export type Cell = { readonly text: string | null; readonly isCut: boolean }
export type Sight = {
  readonly firstRow: number
  readonly endRow: number
  readonly columns: readonly TableColumn[]
}

/** The cells in sight, asked for in blocks of rows and columns; `undefined` is one that is not there yet. */
export function useTableCells(table: string, view: TableView, all: readonly TableColumn[], sight: Sight) {
  const wanted = useMemo(() => toBlocks(all, sight), [all, sight])
  const answers = useTableBlocks(table, view, wanted)
  const error = answers.find((answer) => answer.isError && !isCancelled(answer.error))?.error ?? null
  const lookup = useMemo(() => {
    const found = new Map<string, { page: NonNullable<(typeof answers)[number]['data']>; block: WantedBlock }>()
    for (const [index, block] of wanted.entries()) {
      const page = answers[index]?.data
      if (page) for (const column of block.columns) found.set(`${block.offset} ${column}`, { page, block })
    }
    return found
  }, [answers, wanted])
  const isAsking = answers.some((answer) => answer.isFetching)
  return useMemo(
    () => ({
      error,
      isAsking,
      cell(row: number, column: string): Cell | undefined {
        const block = lookup.get(`${row - (row % blockRows)} ${column}`)
        if (!block) return undefined
        const place = block.block.columns.indexOf(column)
        const text = block.page.cells[place]?.[row % blockRows]
        if (text === undefined) return undefined
        return { text, isCut: block.page.cut.some(([c, r]) => c === place && r === row % blockRows) }
      },
      rowNumber(row: number): number | undefined {
        const offset = row - (row % blockRows)
        for (const { page } of lookup.values()) if (page.offset === offset) return page.rowNumbers[row % blockRows]
        return undefined
      },
    }),
    [lookup, error, isAsking],
  )
}

/** Groups of columns by their place in the table, so that moving one about asks for nothing anew. */
function toBlocks(all: readonly TableColumn[], { firstRow, endRow, columns }: Sight): WantedBlock[] {
  const inSight = new Set(columns.map(({ name }) => name))
  const groups: string[][] = []
  for (let from = 0; from < all.length; from += blockColumns) {
    const group = all.slice(from, from + blockColumns).map(({ name }) => name)
    if (group.some((name) => inSight.has(name))) groups.push(group)
  }
  const offsets: number[] = []
  for (let offset = firstRow - (firstRow % blockRows); offset < endRow; offset += blockRows) offsets.push(offset)
  return offsets.flatMap((offset) => groups.map((group) => ({ columns: group, offset, limit: blockRows })))
}

function isCancelled(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === 'execution/canceled'
}
