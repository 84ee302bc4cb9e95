import type { Run } from '../../../core/domain/run.ts'
import { RunStateBadge } from '../../components/badge.tsx'
import { describeDuration, describeMetric, describeTime } from '../../components/describe-values.ts'
import type { TableColumn } from '../../components/table.tsx'

type Marking = {
  readonly selected: ReadonlySet<string>
  readonly onToggle: (id: string) => void
}

/** The columns of the runs table: what every run has, then each metric and each param that any of them has. */
export function runColumns(runs: readonly Run[], { selected, onToggle }: Marking): readonly TableColumn<Run>[] {
  return [
    {
      id: 'mark',
      title: 'Compare',
      width: 76,
      sortable: false,
      value: (run) => selected.has(run.id),
      cell: (run) => (
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Select run ${run.id}`}
          checked={selected.has(run.id)}
          onChange={() => onToggle(run.id)}
        />
      ),
    },
    { id: 'id', title: 'Run', width: 128, value: (run) => run.id, cell: (run) => <code>{run.id}</code> },
    {
      id: 'state',
      title: 'State',
      width: 116,
      value: (run) => run.state,
      cell: (run) => <RunStateBadge state={run.state} />,
    },
    {
      id: 'started',
      title: 'Started',
      width: 118,
      value: (run) => run.startedAt,
      cell: (run) => <time dateTime={run.startedAt}>{describeTime(run.startedAt)}</time>,
    },
    {
      id: 'duration',
      title: 'Duration',
      width: 90,
      align: 'end',
      value: (run) => run.durationMs,
      cell: (run) => (run.durationMs === null ? '' : describeDuration(run.durationMs)),
    },
    {
      id: 'cached',
      title: 'Cached',
      width: 74,
      align: 'end',
      value: (run) => run.cachedSteps,
      cell: (run) => `${run.cachedSteps} of ${run.totalSteps}`,
    },
    ...keysOf(runs, (run) => run.metrics).map(
      (key): TableColumn<Run> => ({
        id: `metric.${key}`,
        title: key,
        note: 'metric',
        align: 'end',
        width: widthFor(key),
        value: (run) => run.metrics[key] ?? null,
        cell: (run) => (run.metrics[key] === undefined ? '' : describeMetric(run.metrics[key])),
      }),
    ),
    ...keysOf(runs, (run) => run.params).map(
      (key): TableColumn<Run> => ({
        id: `param.${key}`,
        title: key,
        note: 'param',
        width: widthFor(key),
        value: (run) => toText(run.params[key]),
        cell: (run) => toText(run.params[key]) ?? '',
      }),
    ),
  ]
}

function widthFor(key: string): number {
  return Math.max(104, Math.min(220, key.length * 7 + 36))
}

function keysOf(runs: readonly Run[], of: (run: Run) => Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(of(run))))].sort()
}

function toText(value: unknown): string | number | null {
  if (value === undefined) return null
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}
