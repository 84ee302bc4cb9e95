// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import type { Artifact } from '../../../core/domain/artifact.ts'
import { shortDigest } from '../../../core/domain/digest.ts'
import type { RunDetail, StepRun } from '../../../core/domain/run.ts'
import { StepStateBadge } from '../../components/badge.tsx'
import { describeBytes, describeDuration, describeMetric } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import { Section } from '../../components/page.tsx'
import { Picture } from '../../components/picture.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useArtifactPreview } from '../../queries/artifact-queries.ts'
import styles from './run-overview.module.css'

export function RunOverview({ detail }: { readonly detail: RunDetail }) {
  const { run, steps, artifacts } = detail
  const metrics = Object.entries(run.metrics)
  const figures = artifacts.filter((artifact) => artifact.kind === 'figure')
  return (
    <section className={styles.scroll} aria-label="Overview of the run" tabIndex={0}>
      {run.failure && (
        <Section title="Why it failed">
          <ErrorNotice error={run.failure} />
        </Section>
      )}
      <Section title="Metrics">
        {metrics.length === 0 ? (
          <p className={styles.muted}>This run recorded no metrics.</p>
        ) : (
          <dl className={styles.metrics}>
            {metrics.map(([key, value]) => (
              <div key={key} className={styles.metric}>
                <dt className={styles.metricName}>{key}</dt>
                <dd className={styles.metricValue}>{describeMetric(value)}</dd>
              </div>
            ))}
          </dl>
        )}
      </Section>
      <Section title="Step runs">
        <PlainTable
          label="Step runs"
          heads={['Step', 'State', 'Why it ran', { text: 'Duration', align: 'end' }, { text: 'Memory', align: 'end' }]}
          rows={steps.map((step) => ({
            id: step.id,
            cells: [
              <strong key="name">{step.step}</strong>,
              <StepStateBadge key="state" state={step.state} />,
              <span key="why" className={styles.reason}>
                {describeReasons(step)}
              </span>,
              describeStepTime(step),
              step.state === 'completed' && step.peakMemoryBytes ? describeBytes(step.peakMemoryBytes) : '',
            ],
          }))}
        />
      </Section>
      {figures.length > 0 && (
        <Section title="Plots">
          <div className={styles.pictures}>
            {figures.map((figure) => (
              <FigureCard key={`${figure.stepRunId} ${figure.name}`} artifact={figure} />
            ))}
          </div>
        </Section>
      )}
      <div className={styles.columns}>
        <Section title="Params">
          <Facts
            facts={Object.entries(run.params).map(
              ([key, value]): Fact => [key, <code key={key}>{JSON.stringify(value)}</code>],
            )}
          />
        </Section>
        <Section title="Recorded">
          <Facts
            facts={[
              ['Experiment', run.experiment],
              [
                'Commit',
                detail.git?.commit ? (
                  <code key="commit">{detail.git.commit.slice(0, 10)}</code>
                ) : (
                  'not in a git repository'
                ),
              ],
              ['Branch', detail.git?.branch ?? null],
              ['Uncommitted', detail.git?.diffDigest ? `diff ${shortDigest(detail.git.diffDigest)} kept` : null],
              ['Python', detail.environment?.python ?? null],
              ...Object.entries(run.tags).map(([key, value]): Fact => [`tag ${key}`, value]),
            ]}
          />
        </Section>
      </div>
    </section>
  )
}

function FigureCard({ artifact }: { readonly artifact: Artifact }) {
  const preview = useArtifactPreview(artifact.descriptor.digest)
  if (preview.data?.kind !== 'image') return null
  const { mediaType, base64 } = preview.data
  return (
    <Picture mediaType={mediaType} base64={base64} description={`Figure ${artifact.name} of step ${artifact.step}`} />
  )
}

/** Why a step ran, in one line; the whole list stands in the run's plan. */
export function describeReasons(step: StepRun): string {
  if (step.state === 'cached') return `reused, ${describeDuration(step.savedMs)} saved`
  if (step.state === 'skipped') return 'a step before it did not finish'
  const words = step.reasons.map((reason) => {
    const change = reason.kind === 'param' && reason.from !== null ? ` ${reason.from} → ${reason.to}` : ''
    return reason.kind === 'new'
      ? 'never ran before'
      : reason.kind === 'forced'
        ? 'cache not used'
        : `${reason.kind} ${reason.name}${change}`
  })
  return words.join(', ')
}

function describeStepTime(step: StepRun): string {
  return 'durationMs' in step ? describeDuration(step.durationMs) : ''
}
