import type { RunColumnName } from '../../../../core/domain/run-columns.ts'
import { kindOf } from '../../../../core/domain/run-columns.ts'
import { type AxisValues, axisValues } from '../../../charts/axis-values.ts'
import type { ColourKey } from '../../../charts/colour-rows.ts'
import { describeCount } from '../../../components/describe-values.ts'
import { PlainTable } from '../../../components/plain-table.tsx'
import type { RunColumns } from '../../../live/run-columns-store.ts'
import { plainText } from '../runs-cells.tsx'
import { axisTitle } from './chart-axes.tsx'
import styles from './runs-charts.module.css'

/** What a chart of runs is given: the runs that match the filter, and which of them are selected. */
export type RunChartProps = {
  readonly columns: RunColumns
  readonly version: number
  readonly names: readonly RunColumnName[]
  readonly rows: Uint32Array
  readonly marked: ReadonlySet<string>
  readonly onMarked: (marked: ReadonlySet<string>) => void
  readonly onFilter: (clause: string) => void
}

export function valuesOf(columns: RunColumns, name: RunColumnName): AxisValues {
  return axisValues(columns.column(name) ?? null, kindOf(name) === 'param')
}

export function idOf(columns: RunColumns, row: number): string {
  return String(columns.value('id', row) ?? '')
}

/** The rows that are selected, found by their ids. */
export function markedRows(columns: RunColumns, rows: Uint32Array, marked: ReadonlySet<string>): ReadonlySet<number> {
  if (marked.size === 0) return new Set()
  return new Set(rows.filter((row) => marked.has(idOf(columns, row))))
}

export function Keys({ keys, title }: { readonly keys: readonly ColourKey[]; readonly title: string }) {
  if (keys.length === 0) return null
  return (
    <ul className={styles.keys} aria-label={`Colours: ${title}`}>
      {keys.map(({ text, colour }) => (
        <li key={text}>
          <span className={styles.key} style={{ background: colour }} aria-hidden />
          {text}
        </li>
      ))}
    </ul>
  )
}

const mostListed = 500

type RunsTableProps = {
  readonly label: string
  readonly columns: RunColumns
  readonly rows: Uint32Array
  readonly shown: readonly RunColumnName[]
}

export function RunValuesTable({ label, columns, rows, shown }: RunsTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.table} tabIndex={0}>
      <PlainTable
        label={label}
        heads={['Run', ...shown.map(axisTitle)]}
        rows={Array.from(rows.subarray(0, mostListed), (row) => ({
          id: String(row),
          cells: [idOf(columns, row), ...shown.map((name) => plainText(columns, row, name))],
        }))}
      />
      {rows.length > mostListed && (
        <p className={styles.note}>
          {describeCount(rows.length - mostListed, 'more run')}: copy them as CSV to have all.
        </p>
      )}
    </div>
  )
}

export function csvOfRuns(columns: RunColumns, rows: Uint32Array, shown: readonly RunColumnName[]): string {
  const lines = Array.from(rows, (row) => [idOf(columns, row), ...shown.map((name) => plainText(columns, row, name))])
  return [['run', ...shown], ...lines].map((line) => line.map(toCell).join(',')).join('\r\n')
}

function toCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
