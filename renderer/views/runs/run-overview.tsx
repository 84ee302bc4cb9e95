import type { Artifact } from '../../../core/domain/artifact.ts'
import { shortDigest } from '../../../core/domain/digest.ts'
import type { Run, RunDetail, StepFailure } from '../../../core/domain/run.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import { MetricCards } from '../../components/metric-cards.tsx'
import { Columns, ScrollSection, Section } from '../../components/page.tsx'
import { Picture } from '../../components/picture.tsx'
import { Traceback } from '../../components/traceback.tsx'
import { useArtifactPreview } from '../../queries/artifact-queries.ts'
import { RunObserved } from './run-observed.tsx'
import styles from './run-overview.module.css'
import { RunTags } from './run-tags.tsx'
import { StepRunsTable } from './step-runs-table.tsx'

type RunOverviewProps = {
  readonly detail: RunDetail
  /** The run that its metrics are measured against. */
  readonly against: Run | null
}

export function RunOverview({ detail, against }: RunOverviewProps) {
  const { run, steps, artifacts } = detail
  const figures = artifacts.filter((artifact) => artifact.kind === 'figure')
  const failures = steps.flatMap((step): readonly [string, StepFailure][] =>
    step.state === 'failed' && step.failure ? [[step.step, step.failure]] : [],
  )
  return (
    <ScrollSection label="Overview of the run">
      {run.failure && (
        <Section title="Why it failed">
          <div className={styles.failures}>
            {failures.length === 0 && <ErrorNotice error={run.failure} />}
            {failures.map(([step, failure]) => (
              <Traceback key={step} failure={failure} />
            ))}
          </div>
        </Section>
      )}
      <Section title="Metrics">
        {Object.keys(run.metrics).length === 0 ? (
          <p className={styles.muted}>This run recorded no metrics.</p>
        ) : (
          <MetricCards
            metrics={run.metrics}
            from={against && { metrics: against.metrics, name: `run ${against.id}` }}
          />
        )}
      </Section>
      <Section title="Step runs">
        <StepRunsTable steps={steps} />
      </Section>
      <RunObserved detail={detail} />
      {figures.length > 0 && (
        <Section title="Plots">
          <div className={styles.pictures}>
            {figures.map((figure) => (
              <FigureCard key={`${figure.stepRunId} ${figure.name}`} artifact={figure} />
            ))}
          </div>
        </Section>
      )}
      <Columns>
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
            ]}
          />
        </Section>
        <Section title="Tags and note">
          <RunTags run={run} />
        </Section>
      </Columns>
    </ScrollSection>
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
