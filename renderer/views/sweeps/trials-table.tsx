import { Trophy } from 'lucide-react'
import type { SweepDetail, Trial } from '../../../core/domain/sweep.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Badge } from '../../components/badge.tsx'
import { describeMetric } from '../../components/describe-values.ts'
import { PlainTable } from '../../components/plain-table.tsx'
import { projectHref } from '../../routing/route.ts'
import { SweepBadge } from './sweep-badges.tsx'
import styles from './sweeps.module.css'

type TrialsTableProps = SweepDetail & {
  /** Runs that are to be compared. */
  readonly marked: ReadonlySet<string>
  readonly onMarked: (marked: ReadonlySet<string>) => void
}

export function TrialsTable({ sweep, trials, marked, onMarked }: TrialsTableProps) {
  const project = useProjectKey()
  const { plan, best } = sweep
  const keys = plan.space.map(({ key }) => key)
  const isExplained = trials.some(({ failure }) => failure !== null)
  const toggle = (run: string) => {
    const next = new Set(marked)
    if (!next.delete(run)) next.add(run)
    onMarked(next)
  }
  const row = (trial: Trial) => {
    const { runId } = trial
    return {
      id: String(trial.number),
      cells: [
        runId === null ? (
          ''
        ) : (
          <input
            key="mark"
            type="checkbox"
            aria-label={`Select trial ${trial.number}`}
            checked={marked.has(runId)}
            onChange={() => toggle(runId)}
          />
        ),
        trial.number,
        <span key="state" className={styles.state}>
          <SweepBadge state={trial.state} why={trial.failure?.message ?? null} />
          {trial.number === best?.trial && (
            <Badge tone="success" icon={Trophy}>
              Best
            </Badge>
          )}
        </span>,
        ...keys.map((key) => <code key={key}>{JSON.stringify(trial.params[key] ?? null)}</code>),
        trial.value === null ? '–' : describeMetric(trial.value),
        runId === null ? (
          '–'
        ) : (
          <a key="run" href={projectHref(project, 'runs', [runId])}>
            <code>{runId}</code>
          </a>
        ),
        ...(isExplained
          ? [
              <span key="why" className={styles.why}>
                {trial.failure?.message}
              </span>,
            ]
          : []),
      ],
    }
  }
  const end = (text: string) => ({ text, align: 'end' }) as const
  return (
    <PlainTable
      label="Trials"
      heads={['Select', end('Trial'), 'State', ...keys, end(plan.metric), 'Run', ...(isExplained ? ['Why'] : [])]}
      rows={trials.map(row)}
    />
  )
}
