import {
  Braces,
  ChartColumn,
  File,
  Hourglass,
  ListChecks,
  type LucideIcon,
  Package,
  ScrollText,
  Sheet,
  TriangleAlert,
} from 'lucide-react'
import { useMemo } from 'react'
import type { Artifact, ArtifactKind } from '../../../core/domain/artifact.ts'
import type { StepRun } from '../../../core/domain/run.ts'
import { AnsiLog } from '../../components/ansi-log.tsx'
import { stepStateWords } from '../../components/badge.tsx'
import { CommandButton } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorBoundary } from '../../components/error-boundary.tsx'
import { Loading } from '../../components/loading.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { Traceback } from '../../components/traceback.tsx'
import { type LogLine, toLogLines, visibleLines } from '../../live/log-lines.ts'
import { useSelectedStep } from '../../live/selected-step.ts'
import { useRunningJob } from '../../live/use-jobs.ts'
import { usePipelineNow } from '../../live/use-pipeline-now.ts'
import { useRunLog } from '../../queries/run-queries.ts'
import { useBuild } from './build-store.ts'
import { MetricList, OutputView } from './output-view.tsx'
import styles from './outputs-pane.module.css'
import { type StepRecord, useStepRecord } from './use-step-record.ts'

const kindIcons: Partial<Record<ArtifactKind, LucideIcon>> = {
  table: Sheet,
  figure: ChartColumn,
  json: Braces,
  model: Package,
  predictions: ListChecks,
}

/** What the selected step gave in the newest run that it was part of. */
export function OutputsPane() {
  const selected = useKnownStep()
  const { record, isLoading } = useStepRecord(selected)
  return (
    <section className={styles.pane} aria-label="Outputs" data-pane tabIndex={-1}>
      {selected === null ? (
        <EmptyState icon={Sheet} title="Outputs">
          Choose a step to see its tables, plots, metrics and log.
        </EmptyState>
      ) : record ? (
        <StepOutputs key={`${record.runId} ${selected}`} step={selected} record={record} />
      ) : isLoading ? (
        <Loading what="outputs" />
      ) : (
        <EmptyState
          icon={Hourglass}
          title={`${selected} was not run yet`}
          actions={<CommandButton id="run.step" small label="Run step" />}
        />
      )}
    </section>
  )
}

/** The selected step, while there is one of that name. */
function useKnownStep(): string | null {
  const selected = useSelectedStep((state) => state.step)
  const isKnown = usePipelineNow((now) => now.graph?.steps.some((step) => step.name === selected) ?? false)
  return isKnown ? selected : null
}

function StepOutputs({ step, record }: { readonly step: string; readonly record: StepRecord }) {
  const chosen = useBuild((build) => build.outputTab)
  const { stepRun, artifacts, metrics, runId } = record
  const failure = stepRun?.state === 'failed' ? stepRun.failure : null
  const hasMetrics = Object.keys(metrics).length > 0
  const tabs = [
    ...(failure
      ? [
          {
            id: 'error',
            title: <TabTitle icon={TriangleAlert} text="Error" />,
            content: <Traceback failure={failure} />,
          },
        ]
      : []),
    ...artifacts.map((artifact) => ({
      id: `artifact ${artifact.kind} ${artifact.name}`,
      title: <TabTitle icon={kindIcons[artifact.kind] ?? File} text={titleOf(artifact)} />,
      content: (
        <ErrorBoundary resetOn={artifact.descriptor.digest}>
          <OutputView artifact={artifact} />
        </ErrorBoundary>
      ),
    })),
    ...(hasMetrics
      ? [
          {
            id: 'metrics',
            title: 'Metrics',
            content: (
              <div className={styles.padded}>
                <MetricList metrics={metrics} />
              </div>
            ),
          },
        ]
      : []),
    { id: 'log', title: <TabTitle icon={ScrollText} text="Log" />, content: <StepLog step={step} record={record} /> },
  ]
  const selected = tabs.find((tab) => tab.id === chosen)?.id ?? usualTab(tabs, stepRun, artifacts)
  return (
    <Tabs
      label={`Outputs of ${step}`}
      tabs={tabs}
      selected={selected}
      onSelect={(outputTab) => useBuild.setState({ outputTab })}
      tools={
        <span className={styles.origin}>
          {step} · {stepRun ? stepStateWords[stepRun.state].toLowerCase() : ''} in run <code>{runId.slice(0, 8)}</code>
        </span>
      }
    />
  )
}

/** Rows that prove a model carry its name; the tab says what they are. */
function titleOf({ kind, name }: Artifact): string {
  return kind === 'predictions' ? `${name} predictions` : name
}

/** While a step runs its log is what moves; afterwards its first output, or its error. */
function usualTab(tabs: readonly { id: string }[], stepRun: StepRun | null, artifacts: readonly Artifact[]): string {
  if (stepRun?.state === 'running' && artifacts.length === 0) return 'log'
  return (tabs[0] as { id: string }).id
}

function TabTitle({ icon: Icon, text }: { readonly icon: LucideIcon; readonly text: string }) {
  return (
    <>
      <Icon size={13} aria-hidden />
      {text}
    </>
  )
}

function StepLog({ step, record }: { readonly step: string; readonly record: StepRecord }) {
  const { runId, live } = record
  const kept = useRunLog(runId, step, live === null)
  const lines = useMemo(
    () => (live === null ? toLogLines(kept.data?.text ?? '', step) : linesOf(visibleLines(live), step)),
    [live, kept.data, step],
  )
  if (lines.length === 0) return <SilentLog step={step} state={record.stepRun?.state} />
  return <AnsiLog label={`Log of ${step}`} lines={lines} dropped={live?.dropped ?? 0} />
}

/** The lines of one step, counted on their own. */
function linesOf(lines: readonly LogLine[], step: string): readonly LogLine[] {
  return lines.filter((line) => line.step === step).map((line, index) => ({ ...line, number: index + 1 }))
}

const silence: Partial<Record<StepRun['state'], string>> = {
  queued: 'waits for its turn',
  running: 'has printed nothing yet',
  skipped: 'was skipped',
  cached: 'was cached: its outputs are those of an earlier run',
}

/** Why there is no log, and what the run does meanwhile. */
function SilentLog({ step, state }: { readonly step: string; readonly state: StepRun['state'] | undefined }) {
  const job = useRunningJob('run')
  return (
    <EmptyState icon={ScrollText} title={`${step} ${silence[state ?? 'completed'] ?? 'printed nothing'}`}>
      {state === 'queued' && job?.progress && `${job.progress.phase}: ${job.progress.fact ?? ''}`}
    </EmptyState>
  )
}
