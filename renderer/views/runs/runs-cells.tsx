import { Flag, Star } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RunState } from '../../../core/domain/run.ts'
import { kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { RunStateBadge } from '../../components/badge.tsx'
import { describeDuration, describeMetric, describeTime } from '../../components/describe-values.ts'
import { Delta } from '../../components/metric-cards.tsx'
import type { RunColumns } from '../../live/run-columns-store.ts'
import styles from './runs-page.module.css'

// The same element again is not drawn again: of many rows that change at once these stay as they are.
const star = <Star size={14} strokeWidth={1.9} aria-hidden />
const waiting = <span className={styles.waiting}>…</span>
const badges: Record<RunState, ReactNode> = {
  queued: <RunStateBadge state="queued" />,
  running: <RunStateBadge state="running" />,
  completed: <RunStateBadge state="completed" />,
  failed: <RunStateBadge state="failed" />,
  canceled: <RunStateBadge state="canceled" />,
}

/** What stands before the columns of a run and never leaves. */
export type FixedColumn = 'mark' | 'star' | 'id'

export type CellParts = {
  readonly columns: RunColumns
  /** Its row, or null. */
  readonly baseline: number | null
  readonly marked: ReadonlySet<string>
  readonly onMark: (run: string) => void
  readonly onStar: (run: string, isStarred: boolean) => void
}

export function runCell(parts: CellParts, row: number, name: RunColumnName | FixedColumn): ReactNode {
  const { columns, baseline } = parts
  if (name === 'mark' || name === 'star' || name === 'id') return fixedCell(parts, row, name)
  const value = columns.value(name, row)
  if (value === undefined) return waiting
  if (value === null) return ''
  switch (name) {
    case 'state':
      return badges[value as RunState]
    case 'startedAt':
      return <time dateTime={String(value)}>{describeTime(String(value))}</time>
    case 'durationMs':
      return describeDuration(Number(value))
    case 'cachedSteps':
      return `${value} of ${columns.value('totalSteps', row) ?? '…'}`
  }
  if (kindOf(name) === 'param') return paramText(value)
  if (kindOf(name) !== 'metric') return value
  const before = baseline === null || baseline === row ? undefined : columns.value(name, baseline)
  if (typeof before !== 'number') return describeMetric(metricText(value))
  return (
    <span className={styles.metric}>
      <Delta now={value} before={before} name={`the baseline, run ${columns.value('id', baseline as number)}`} />
      {describeMetric(metricText(value))}
    </span>
  )
}

function fixedCell({ columns, marked, onMark, onStar }: CellParts, row: number, name: FixedColumn): ReactNode {
  const id = columns.value('id', row)
  if (typeof id !== 'string') return name === 'id' ? waiting : ''
  if (name === 'mark') {
    return (
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Select run ${id}`}
        checked={marked.has(id)}
        onChange={() => onMark(id)}
        onClick={(event) => event.stopPropagation()}
      />
    )
  }
  if (name === 'star') {
    const isStarred = columns.value('tag.star', row) != null
    const label = isStarred ? `Take the star from run ${id}` : `Star run ${id}`
    return (
      <button
        type="button"
        className={styles.star}
        tabIndex={-1}
        title={label}
        aria-label={label}
        aria-pressed={isStarred}
        onClick={() => onStar(id, isStarred)}
      >
        {star}
      </button>
    )
  }
  return (
    <span className={styles.id}>
      <code>{id}</code>
      {columns.value('tag.baseline', row) != null && <Flag size={12} role="img" aria-label="The baseline" />}
    </span>
  )
}

/** A param is kept as JSON unless it is a number; a text is shown without its quotes. */
export function paramText(value: number | string): string {
  if (typeof value === 'number' || !value.startsWith('"')) return String(value)
  return JSON.parse(value) as string
}

/** Numbers that have no digits are known by their words. */
function metricText(value: number | string): number | string {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** The value as plain text, for copies and files. */
export function plainText(columns: RunColumns, row: number, name: RunColumnName): string {
  const value = columns.value(name, row)
  if (value === null || value === undefined) return ''
  return kindOf(name) === 'param' ? paramText(value) : String(value)
}
