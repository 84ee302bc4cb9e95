import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { describeReason } from '../../../core/domain/describe-reason.ts'
import type { StepRun } from '../../../core/domain/run.ts'
import { StepStateBadge } from '../../components/badge.tsx'
import { describeDuration } from '../../components/describe-values.ts'
import { DiffText } from '../../components/diff-text.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import styles from './step-runs-table.module.css'

/** Each step of a run: how it ended, and why it ran at all. */
export function StepRunsTable({ steps }: { readonly steps: readonly StepRun[] }) {
  return (
    <PlainTable
      label="Step runs"
      heads={['Step', 'State', 'Why', { text: 'Duration', align: 'end' }, { text: 'Peak memory', align: 'end' }]}
      rows={steps.map((step) => ({
        id: step.id,
        cells: [
          <strong key="name">{step.step}</strong>,
          <StepStateBadge key="state" state={step.state} />,
          <Why key="why" step={step} />,
          'durationMs' in step ? describeDuration(step.durationMs) : '',
          step.state === 'completed' && step.peakMemoryBytes ? describeBytes(step.peakMemoryBytes) : '',
        ],
      }))}
    />
  )
}

function Why({ step }: { readonly step: StepRun }) {
  const words = describeWhy(step)
  const diffs = step.reasons.filter((reason) => reason.diff)
  if (diffs.length === 0) return <span className={styles.why}>{words}</span>
  return (
    <div className={styles.why}>
      <details>
        <summary>{words}</summary>
        {diffs.map((reason) => (
          <DiffText
            key={`${reason.kind} ${reason.name}`}
            label={`What changed in ${reason.name}`}
            diff={reason.diff ?? ''}
          />
        ))}
      </details>
    </div>
  )
}

function describeWhy(step: StepRun): string {
  if (step.state === 'cached') return `nothing it depends on changed; ${describeDuration(step.savedMs)} saved`
  if (step.state === 'skipped') return 'a step before it did not finish'
  return step.reasons.map((reason) => (reason.kind === 'new' ? 'never ran before' : describeReason(reason))).join(', ')
}
