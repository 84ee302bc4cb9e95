import { MousePointerClick } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeReason } from '../../../core/domain/describe-reason.ts'
import { isDigest, shortDigest } from '../../../core/domain/digest.ts'
import { describeEffect } from '../../../core/domain/observation.ts'
import type { StepDeclaration } from '../../../core/domain/pipeline.ts'
import type { StaleReason } from '../../../core/domain/reason.ts'
import { StepStateBadge } from '../../components/badge.tsx'
import { Button, CommandButton } from '../../components/button.tsx'
import { describeDuration } from '../../components/describe-values.ts'
import { DiffText } from '../../components/diff-text.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { openPlace } from '../../live/open-place.ts'
import { selectStep, useSelectedStep } from '../../live/selected-step.ts'
import { usePipelineNow } from '../../live/use-pipeline-now.ts'
import { dropAllOverrides, useOverrides, usePlan } from '../../live/use-plan.ts'
import styles from './inspector.module.css'
import { ParamsForm } from './params-form.tsx'
import { useStepStatuses } from './use-step-statuses.ts'

/** The selected step: its state and why, what it takes and gives, and its params for the next run. */
export function BuildInspector() {
  const selected = useSelectedStep((state) => state.step)
  const step = usePipelineNow((now) => now.graph?.steps.find((candidate) => candidate.name === selected)) ?? null
  if (!step) {
    return (
      <EmptyState icon={MousePointerClick} title="No step selected">
        Choose a step in the graph or in the outline to see its state and set its params.
      </EmptyState>
    )
  }
  return <StepDetails step={step} />
}

function StepDetails({ step }: { readonly step: StepDeclaration }) {
  const status = useStepStatuses().get(step.name)
  const planned = usePlan()?.steps.find((candidate) => candidate.step === step.name)
  const overrides = useOverrides((state) => state.params)
  const makers = usePipelineNow((now) => now.graph?.edges) ?? []
  const ownOverrides = Object.keys(overrides).length
  return (
    <div className={styles.inspector}>
      <header className={styles.header}>
        <h2>{step.name}</h2>
        {status && <StepStateBadge state={status.state} />}
      </header>
      {step.description && <p className={styles.description}>{step.description}</p>}
      <div className={styles.actions}>
        <CommandButton id="run.step" small look="primary" label="Run step" />
        <Button small onClick={() => openPlace(step.span)}>
          Open code
        </Button>
      </div>
      {status && status.durationMs !== null && (
        <Section title="Last took">
          <p>{describeDuration(status.durationMs)}</p>
        </Section>
      )}
      {status && status.reasons.length > 0 && (
        <Section title="Why it would run">
          <ul className={styles.reasons}>
            {planned && planned.reasons.length > 0
              ? planned.reasons.map((reason) => <Reason key={`${reason.kind} ${reason.name}`} reason={reason} />)
              : status.reasons.map((reason) => <li key={reason}>{reason}</li>)}
          </ul>
        </Section>
      )}
      {planned && (planned.effects ?? []).length > 0 && (
        <Section title="Worth knowing">
          <ul className={styles.reasons}>
            {planned.effects?.map((effect) => (
              <li key={`${effect.kind} ${effect.name}`}>It {describeEffect(effect)}</li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Takes">
        {step.inputs.length === 0 ? (
          <p className={styles.muted}>Nothing from other steps.</p>
        ) : (
          <ul className={styles.names}>
            {step.inputs.map((input) => {
              const maker = makers.find((edge) => edge.to === step.name && edge.artifact === input)?.from
              return (
                <li key={input}>
                  <code>{input}</code>
                  {maker && (
                    <>
                      {' from '}
                      <button type="button" className={styles.link} onClick={() => selectStep(maker)}>
                        {maker}
                      </button>
                    </>
                  )}
                </li>
              )
            })}
          </ul>
        )}
      </Section>
      <Section title="Gives">
        <ul className={styles.names}>
          {step.outputs.map((output) => (
            <li key={output}>
              <code>{output}</code>
            </li>
          ))}
        </ul>
      </Section>
      <Section
        title="Params"
        tools={
          ownOverrides > 0 && (
            <Button small look="quiet" onClick={dropAllOverrides}>
              Reset all
            </Button>
          )
        }
      >
        {step.params.length === 0 ? <p className={styles.muted}>This step has none.</p> : <ParamsForm step={step} />}
      </Section>
    </div>
  )
}

function Reason({ reason }: { readonly reason: StaleReason }) {
  return (
    <li>
      {describeReason(reason)}
      {isDigest(reason.from) && isDigest(reason.to) && reason.kind !== 'source' && (
        <code className={styles.digests}>
          {shortDigest(reason.from)} → {shortDigest(reason.to)}
        </code>
      )}
      {reason.diff && <DiffText label={`What changed in ${reason.name}`} diff={reason.diff} />}
    </li>
  )
}

type SectionProps = { readonly title: string; readonly tools?: ReactNode; readonly children: ReactNode }

function Section({ title, tools, children }: SectionProps) {
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h3>{title}</h3>
        {tools}
      </div>
      {children}
    </section>
  )
}
