import { type KeyboardEvent, useRef } from 'react'
import type { StepDeclaration } from '../../../core/domain/pipeline.ts'
import { stepStateIcons, stepStateTones, stepStateWords } from '../../components/badge.tsx'
import { describeDuration } from '../../components/describe-values.ts'
import { openPlace } from '../../live/open-place.ts'
import { selectStep, useSelectedStep } from '../../live/selected-step.ts'
import { usePipelineNow } from '../../live/use-pipeline-now.ts'
import { usePlan } from '../../live/use-plan.ts'
import type { StepStatus } from './step-status.ts'
import styles from './steps-outline.module.css'
import { useStepStatuses } from './use-step-statuses.ts'

/** The graph's equal twin: the steps as a tree with their state, inputs and reasons in words. */
export function StepsOutline() {
  const steps = usePipelineNow((now) => now.graph?.steps) ?? []
  const statuses = useStepStatuses()
  const selected = useSelectedStep((state) => state.step)
  const list = useRef<HTMLUListElement>(null)

  const hear = (event: KeyboardEvent) => {
    const index = steps.findIndex((step) => step.name === selected)
    const to: Record<string, number> = {
      ArrowDown: Math.min(steps.length - 1, index + 1),
      ArrowUp: Math.max(0, index - 1),
      Home: 0,
      End: steps.length - 1,
    }
    const next = steps[to[event.key] ?? -1]
    if (next) {
      selectStep(next.name)
      list.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[steps.indexOf(next)]?.focus()
    } else if (event.key === 'Enter' && steps[index]) openPlace(steps[index].span)
    else return
    event.preventDefault()
  }
  if (steps.length === 0) return <p className={styles.none}>No steps yet.</p>
  return (
    <>
      <NextRun />
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree has no element of its own */}
      <ul ref={list} className={styles.tree} role="tree" aria-label="Steps" onKeyDown={hear}>
        {steps.map((step, index) => (
          <OutlineItem
            key={step.name}
            step={step}
            status={statuses.get(step.name)}
            isSelected={step.name === selected}
            isEntry={step.name === selected || (index === 0 && !steps.some((other) => other.name === selected))}
          />
        ))}
      </ul>
    </>
  )
}

/** What a run of everything would do, before it is started. */
function NextRun() {
  const plan = usePlan()
  if (!plan) return null
  const cached = plan.steps.filter((step) => step.state === 'cached')
  const savedMs = cached.reduce((sum, step) => sum + (step.savedMs ?? 0), 0)
  const runs = plan.steps.length - cached.length
  const saved = savedMs > 0 ? `, saves ${describeDuration(savedMs)}` : ''
  return (
    <p className={styles.next}>
      {runs === 0 ? 'Nothing to run' : `Next: ${runs} of ${plan.steps.length} steps${saved}`}
    </p>
  )
}

type OutlineItemProps = {
  readonly step: StepDeclaration
  readonly status: StepStatus | undefined
  readonly isSelected: boolean
  /** The one item that Tab reaches. */
  readonly isEntry: boolean
}

function OutlineItem({ step, status, isSelected, isEntry }: OutlineItemProps) {
  const state = status?.state ?? 'new'
  const Icon = stepStateIcons[state]
  const reason = status?.reasons.join(', ')
  const needs = step.inputs.length > 0 ? `needs ${step.inputs.join(', ')}` : 'needs nothing'
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys
    <li
      role="treeitem"
      aria-selected={isSelected}
      aria-label={[step.name, stepStateWords[state], reason, needs].filter(Boolean).join(', ')}
      tabIndex={isEntry ? 0 : -1}
      className={styles.item}
      onClick={() => selectStep(step.name)}
      onDoubleClick={() => openPlace(step.span)}
    >
      <Icon size={14} strokeWidth={2} aria-hidden className={styles[stepStateTones[state]]} />
      <span className={styles.name}>{step.name}</span> <span className={styles.state}>{stepStateWords[state]}</span>{' '}
      {reason && (
        <span className={styles.reason} title={reason}>
          {reason}
        </span>
      )}
    </li>
  )
}
