import { Boxes, Flag, GitCompareArrows, ShieldCheck, Star } from 'lucide-react'
import { quote } from '../../../core/domain/filter-clauses.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Badge, RunStateBadge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { describeAgo, describeDuration } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useNow } from '../../live/use-now.ts'
import { useRun, useRuns } from '../../queries/run-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { LineageView } from '../lineage/lineage-view.tsx'
import { RegisterButton } from '../models/register-button.tsx'
import { RunArtifacts } from './run-artifacts.tsx'
import { RunEnvironment } from './run-environment.tsx'
import { RunLog } from './run-log.tsx'
import { baselineTag, isStarred, useRunMarks } from './run-marks.ts'
import { RunOverview } from './run-overview.tsx'
import { RunProof } from './run-proof.tsx'

type RunPageProps = { readonly run: string; readonly tab: string }

/** One run, whole: what ran, what it gave, in which environment, and what leads to and from it. */
export function RunPage({ run: reference, tab }: RunPageProps) {
  const project = useProjectKey()
  const answer = useRun(reference)
  const isRunning = answer.data?.run.state === 'running'
  const now = useNow(isRunning)
  const startedAt = answer.data?.run.startedAt
  const earlier = useRuns({
    filter: `startedAt < ${quote(startedAt ?? '')}`,
    limit: 20,
  }).data?.runs
  const baseline = useRuns({ filter: `tag.${baselineTag}`, limit: 1 }).data?.runs[0] ?? null
  const marks = useRunMarks()
  if (answer.isError) return <Page title="Run">{<ErrorNotice error={answer.error} />}</Page>
  if (!answer.data) return <Loading what="the run" />
  const { run, artifacts } = answer.data
  const previous = earlier?.find(({ state }) => state === 'completed') ?? earlier?.[0] ?? null
  const against = baseline && baseline.id !== run.id ? baseline : previous
  const isBaseline = baselineTag in run.tags
  const models = artifacts.filter((artifact) => artifact.kind === 'model')
  const goTo = (next: string) => navigate(projectHref(project, 'runs', [run.id], { tab: next }))
  const durationMs = run.durationMs ?? (isRunning ? now - Date.parse(run.startedAt) : null)
  return (
    <Page
      scrolls={false}
      title={
        <>
          <a href={projectHref(project, 'runs')}>Runs</a>
          <span aria-hidden>/</span>
          <code>{run.id}</code>
          <RunStateBadge state={run.state} />
          {isBaseline && (
            <Badge tone="neutral" icon={Flag}>
              Baseline
            </Badge>
          )}
        </>
      }
      note={`Started ${describeAgo(run.startedAt)}${durationMs === null ? '' : `, took ${describeDuration(durationMs)}`}; ${run.cachedSteps} of ${run.totalSteps} steps cached`}
      actions={
        <>
          <IconButton
            icon={Star}
            label={isStarred(run) ? 'Take the star away' : 'Star this run'}
            aria-pressed={isStarred(run)}
            onClick={() => marks.setStar(run.id, !isStarred(run))}
          />
          <IconButton
            icon={Flag}
            label={isBaseline ? 'No longer the baseline' : 'Make it the baseline that others are measured against'}
            aria-pressed={isBaseline}
            onClick={() => void marks.setBaseline(run.id, !isBaseline)}
          />
          <Button
            icon={GitCompareArrows}
            disabledReason={against ? null : 'There is no earlier run.'}
            onClick={() =>
              against && navigate(projectHref(project, 'runs', ['compare'], { runs: `${against.id},${run.id}` }))
            }
          >
            {against === baseline && baseline ? 'Compare with the baseline' : 'Compare with the one before'}
          </Button>
          {tab !== 'proof' && (
            <Button
              icon={ShieldCheck}
              disabledReason={run.state === 'completed' ? null : 'Only a completed run can be proved.'}
              onClick={() => goTo('proof')}
            >
              Prove it
            </Button>
          )}
          {models.map((model) => (
            <RegisterButton key={model.name} run={run.id} artifact={model} icon={Boxes} />
          ))}
        </>
      }
    >
      <Tabs
        label="Parts of the run"
        selected={tab}
        onSelect={goTo}
        tabs={[
          { id: 'overview', title: 'Overview', content: <RunOverview detail={answer.data} against={against} /> },
          { id: 'artifacts', title: `Artifacts ${artifacts.length}`, content: <RunArtifacts artifacts={artifacts} /> },
          { id: 'log', title: 'Log', content: <RunLog detail={answer.data} /> },
          { id: 'proof', title: 'Proof', content: <RunProof run={run} /> },
          { id: 'environment', title: 'Environment', content: <RunEnvironment detail={answer.data} /> },
          { id: 'lineage', title: 'Lineage', content: <LineageView reference={run.id} /> },
        ]}
      />
    </Page>
  )
}
