import { ChevronDown, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Aggregate, aggregate } from '../../../core/domain/group-rows.ts'
import { kindOf, type RunColumn, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { describeCount, describeDuration, describeMetric } from '../../components/describe-values.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { titleOf } from './column-titles.ts'
import styles from './group-cells.module.css'
import type { GroupLine } from './run-lines.ts'
import { type FixedColumn, paramText } from './runs-cells.tsx'

type GroupParts = {
  readonly columns: RunColumns
  readonly how: Aggregate
  readonly isMarked: boolean
  readonly onMark: (group: GroupLine) => void
  readonly onToggle: (group: GroupLine) => void
}

/** What stands in the line of a group: what its runs share, how many they are, and their numbers summed up. */
export function groupCell(parts: GroupParts, line: GroupLine, name: RunColumnName | FixedColumn): ReactNode {
  const words = describeGroup(line)
  if (name === 'star') return ''
  if (name === 'mark') {
    return (
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Select ${describeCount(line.rows.length, 'run')} with ${words}`}
        checked={parts.isMarked}
        onChange={() => parts.onMark(line)}
        onClick={(event) => event.stopPropagation()}
      />
    )
  }
  if (name === 'id') {
    const Sign = line.isOpen ? ChevronDown : ChevronRight
    return (
      <button
        type="button"
        className={styles.group}
        style={{ paddingInlineStart: line.level * 14 }}
        tabIndex={-1}
        title={words}
        onClick={(event) => {
          event.stopPropagation()
          parts.onToggle(line)
        }}
      >
        <Sign size={14} aria-hidden />
        <span className={styles.by}>{titleOf(line.by).title}</span>
        <span className={styles.value}>{valueText(line)}</span>
        <span className={styles.count}>{describeCount(line.rows.length, 'run')}</span>
      </button>
    )
  }
  if (name === line.by) return valueText(line)
  const column = parts.columns.column(name)
  if (column === undefined) return <span className={styles.by}>…</span>
  const value = aggregated(column, line, parts.how)
  if (value === null) return ''
  return <span className={styles.sum}>{parts.how !== 'count' ? numberText(name, value) : describeMetric(value)}</span>
}

/** As text: for copies, and for who hears it. */
export function describeGroup(line: GroupLine): string {
  return `${titleOf(line.by).title} ${valueText(line)}`
}

export function groupText(columns: RunColumns, line: GroupLine, name: RunColumnName, how: Aggregate): string {
  if (name === line.by) return line.value === null ? '' : valueText(line)
  return String(aggregated(columns.column(name) ?? null, line, how) ?? '')
}

export function numberText(name: RunColumnName, value: number): string {
  return name === 'durationMs' ? describeDuration(value) : describeMetric(value)
}

function valueText({ by, value }: GroupLine): string {
  if (value === null) return 'none'
  return kindOf(by) === 'param' ? paramText(value) : String(value)
}

const known = new WeakMap<Uint32Array, Map<RunColumn, Map<Aggregate, number | null>>>()

/** Kept with the rows, since a line is drawn again while one scrolls. */
function aggregated(column: RunColumn | null, { rows }: GroupLine, how: Aggregate): number | null {
  if (column === null) return how === 'count' ? 0 : null
  const ofRows = known.get(rows) ?? new Map<RunColumn, Map<Aggregate, number | null>>()
  known.set(rows, ofRows)
  const ofColumn = ofRows.get(column) ?? new Map<Aggregate, number | null>()
  ofRows.set(column, ofColumn)
  const before = ofColumn.get(how)
  if (before !== undefined) return before
  const value = aggregate(column, rows, how)
  ofColumn.set(how, value)
  return value
}
