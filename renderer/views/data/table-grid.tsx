import { type ReactNode, useCallback, useMemo, useState } from 'react'
import type { ColumnSummary, TableColumn, TableSort, TableView } from '../../../core/domain/table.ts'
import { Grid, type GridColumn } from '../../components/grid.tsx'
import type { GridRange } from '../../components/grid-range.ts'
import { existing } from '../../components/grid-row.tsx'
import type { GridWindow } from '../../components/grid-window.ts'
import { useColumnSummaries } from '../../queries/table-queries.ts'
import { MiniSummary } from './mini-summary.tsx'
import styles from './table-grid.module.css'
import { type Cell, useTableCells } from './use-table-cells.ts'

/** Name, type, and what the column holds at a glance. */
const headHeight = 68

type TableGridProps = {
  readonly label: string
  readonly table: string
  readonly view: TableView
  readonly rows: number
  /** In the table's own order. */
  readonly all: readonly TableColumn[]
  /** As they stand. */
  readonly columns: readonly TableColumn[]
  readonly pinned: number
  readonly widths: Readonly<Record<string, number>>
  readonly sort: readonly TableSort[]
  readonly chosenColumn: string | null
  /** False while the table is not whole yet. */
  readonly isSummarised: boolean
  readonly onChoose: (column: string) => void
  readonly onSort: (column: string, isFurther: boolean) => void
  readonly onResize: (column: string, width: number) => void
  /** Puts a column before another. */
  readonly onMove: (column: string, before: string) => void
  readonly menu: (column: TableColumn) => ReactNode
  readonly onInspect: (column: string, rowNumber: number) => void
  readonly onCopy: (range: GridRange) => void
  readonly onFilter: () => void
  readonly notice: (error: unknown) => ReactNode
}

const nothingYet: GridWindow = { firstRow: 0, endRow: 0, firstColumn: 0, endColumn: 0 }

/** A table of any size: what is in sight is asked for, everything else is only counted. */
export function TableGrid(props: TableGridProps) {
  const { all, columns, pinned, widths } = props
  const [sight, setSight] = useState(nothingYet)
  const shown = existing(pinned, sight.firstColumn, sight.endColumn).flatMap((index) => columns[index] ?? [])
  const shownKey = shown.map(({ name }) => name).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names tell the columns
  const wanted = useMemo(
    () => ({ firstRow: sight.firstRow, endRow: Math.min(sight.endRow, props.rows), columns: shown }),
    [sight.firstRow, sight.endRow, props.rows, shownKey],
  )
  const cells = useTableCells(props.table, props.view, all, wanted)
  const summaries = useSummaries(props.table, props.view, props.isSummarised ? shown.map(({ name }) => name) : [])
  const byName = useMemo(() => new Map(columns.map((column) => [column.name, column])), [columns])
  const titles = useMemo(() => columns.map((column) => toGridColumn(column, widths)), [columns, widths])
  const sort = useMemo(() => props.sort.map(({ column, ...how }) => ({ id: column, ...how })), [props.sort])
  const find = cells.cell
  const cell = useCallback((row: number, { id }: GridColumn) => <Value cell={find(row, id)} />, [find])
  return (
    <div className={styles.frame}>
      {cells.error !== null && <div className={styles.notice}>{props.notice(cells.error)}</div>}
      <div className={styles.grid}>
        <Grid
          label={props.label}
          rows={props.rows}
          columns={titles}
          pinned={pinned}
          sort={sort}
          cell={cell}
          isBusy={cells.isAsking}
          chosen={props.chosenColumn}
          cells={{ onCopy: props.onCopy, onFind: props.onFilter }}
          under={{
            headHeight,
            of: ({ id }) => (
              <>
                <span className={styles.type}>{byName.get(id)?.type.toLowerCase()}</span>
                <MiniSummary summary={summaries.get(id)} />
              </>
            ),
          }}
          menu={({ id }) => {
            const column = byName.get(id)
            return column ? props.menu(column) : null
          }}
          onWindow={setSight}
          onChoose={props.onChoose}
          onSort={props.onSort}
          onResize={props.onResize}
          onMove={props.onMove}
          onOpen={(row, column) => {
            const rowNumber = cells.rowNumber(row)
            if (rowNumber !== undefined) props.onInspect(column, rowNumber)
          }}
        />
      </div>
    </div>
  )
}

function toGridColumn(column: TableColumn, widths: Readonly<Record<string, number>>): GridColumn {
  const { name, kind, type } = column
  return {
    id: name,
    title: name,
    hint: `${name}: ${type}`,
    width: widthOf(column, widths),
    align: kind === 'number' ? 'end' : undefined,
  }
}

/** Of the columns in sight alone; those of the others are never asked for. */
function useSummaries(table: string, view: TableView, columns: readonly string[]): ReadonlyMap<string, ColumnSummary> {
  const answers = useColumnSummaries(table, view, columns)
  return new Map(columns.flatMap((name, index) => (answers[index]?.data ? [[name, answers[index].data] as const] : [])))
}

function Value({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined) return <span className={styles.awaited} />
  if (cell.text === null) return <span className={styles.null}>null</span>
  if (cell.text === '') return <span className={styles.null}>empty</span>
  return (
    <span className={styles.words}>
      {cell.text.includes('\n') || cell.text.includes('\t') ? showBreaks(cell.text) : cell.text}
      {cell.isCut && <span className={styles.null}> … open to see all</span>}
    </span>
  )
}

/** A line break or tab inside a value, as a sign: a row is one line. */
function showBreaks(text: string): string {
  return text.replaceAll('\r\n', '⏎').replaceAll('\n', '⏎').replaceAll('\t', '⇥')
}

const usualWidths: Readonly<Record<TableColumn['kind'], number>> = {
  number: 120,
  text: 190,
  boolean: 100,
  time: 170,
  nested: 220,
  bytes: 160,
}

export function widthOf({ name, kind }: TableColumn, widths: Readonly<Record<string, number>>): number {
  return widths[name] ?? Math.max(usualWidths[kind], Math.min(300, name.length * 8 + 56))
}
