import { Flag, Star } from 'lucide-react'
import type { Run } from '../../../core/domain/run.ts'
import { RunStateBadge } from '../../components/badge.tsx'
import { IconButton } from '../../components/button.tsx'
import { describeDuration, describeMetric, describeTime } from '../../components/describe-values.ts'
import { Delta } from '../../components/metric-cards.tsx'
import type { TableColumn } from '../../components/table.tsx'

import { baselineTag, isStarred, noteTag, ownTags } from './run-marks.ts'
import styles from './runs-page.module.css'

type Marking = {
  readonly baseline: Run | null
  readonly onStar: (run: Run) => void
  readonly selected: ReadonlySet<string>
  readonly onToggle: (id: string) => void
}

/** The columns of the runs table: what every run has, then each metric and each param that any of them has. */
export function runColumns(
  runs: readonly Run[],
  { selected, onToggle, baseline, onStar }: Marking,
): readonly TableColumn<Run>[] {
  return [
    {
      id: 'mark',
      title: 'Compare',
      width: 72,
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
    {
      id: 'star',
      title: 'Star',
      width: 46,
      value: isStarred,
      cell: (run) => (
        <IconButton
          className={styles.star}
          icon={Star}
          size={14}
          tabIndex={-1}
          label={isStarred(run) ? `Take the star from run ${run.id}` : `Star run ${run.id}`}
          aria-pressed={isStarred(run)}
          onClick={() => onStar(run)}
        />
      ),
    },
    {
      id: 'id',
      title: 'Run',
      width: 142,
      value: (run) => run.id,
      cell: (run) => (
        <span className={styles.id}>
          <code>{run.id}</code>
          {baselineTag in run.tags && <Flag size={12} role="img" aria-label="The baseline" />}
        </span>
      ),
    },
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
        ...titleOf(key),
        align: 'end',
        width: widthFor(key) + (baseline ? 44 : 0),
        value: (run) => run.metrics[key] ?? null,
        cell: (run) =>
          run.metrics[key] === undefined ? (
            ''
          ) : (
            <span className={styles.metric}>
              {baseline && run.id !== baseline.id && (
                <Delta
                  now={run.metrics[key]}
                  before={baseline.metrics[key]}
                  name={`the baseline, run ${baseline.id}`}
                />
              )}
              {describeMetric(run.metrics[key])}
            </span>
          ),
      }),
    ),
    ...keysOf(runs, (run) => run.params).map(
      (key): TableColumn<Run> => ({
        id: `param.${key}`,
        ...titleOf(key),
        width: widthFor(key),
        value: (run) => toText(run.params[key]),
        cell: (run) => toText(run.params[key]) ?? '',
      }),
    ),
    {
      id: 'tags',
      title: 'Tags',
      width: 150,
      value: (run) => ownTags(run).map(toTagText).join(', '),
    },
    { id: 'note', title: 'Note', width: 260, value: (run) => run.tags[noteTag] ?? '' },
  ]
}

/** `train.C` is the C of `train`: the short word first, since it is what is looked for. */
function titleOf(key: string): { readonly title: string; readonly note?: string } {
  const dot = key.lastIndexOf('.')
  return dot > 0 ? { title: key.slice(dot + 1), note: key.slice(0, dot) } : { title: key }
}

function toTagText([key, value]: readonly [string, string]): string {
  return value === 'yes' ? key : `${key}=${value}`
}

function widthFor(key: string): number {
  const { title, note = '' } = titleOf(key)
  return Math.max(88, Math.min(240, title.length * 7 + note.length * 6.8 + 34))
}

function keysOf(runs: readonly Run[], of: (run: Run) => Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(of(run))))].sort()
}

function toText(value: unknown): string | number | null {
  if (value === undefined) return null
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}
