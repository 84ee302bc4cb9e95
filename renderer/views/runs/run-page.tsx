import { Boxes, GitCompareArrows } from 'lucide-react'
import { useProjectKey } from '../../clients/connections.tsx'
import { RunStateBadge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
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
import { RunOverview } from './run-overview.tsx'

type RunPageProps = { readonly run: string; readonly tab: string }

/** One run, whole: what ran, what it gave, in which environment, and what leads to and from it. */
export function RunPage({ run: reference, tab }: RunPageProps) {
  const project = useProjectKey()
  const answer = useRun(reference)
  const isRunning = answer.data?.run.state === 'running'
  const now = useNow(isRunning)
  const previous = usePreviousRun(answer.data?.run.id ?? null)
  if (answer.isError) return <Page title="Run">{<ErrorNotice error={answer.error} />}</Page>
  if (!answer.data) return <Loading what="the run" />
  const { run, artifacts } = answer.data
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
        </>
      }
      note={`Started ${describeAgo(run.startedAt)}${durationMs === null ? '' : `, took ${describeDuration(durationMs)}`}; ${run.cachedSteps} of ${run.totalSteps} steps cached`}
      actions={
        <>
          {models.map((model) => (
            <RegisterButton key={model.name} run={run.id} artifact={model} icon={Boxes} />
          ))}
          <Button
            icon={GitCompareArrows}
            disabledReason={previous ? null : 'There is no earlier run.'}
            onClick={() => navigate(projectHref(project, 'runs', ['compare'], { runs: `${previous},${run.id}` }))}
          >
            Compare with the one before
          </Button>
        </>
      }
    >
      <Tabs
        label="Parts of the run"
        selected={tab}
        onSelect={goTo}
        tabs={[
          { id: 'overview', title: 'Overview', content: <RunOverview detail={answer.data} /> },
          { id: 'artifacts', title: `Artifacts ${artifacts.length}`, content: <RunArtifacts artifacts={artifacts} /> },
          { id: 'log', title: 'Log', content: <RunLog detail={answer.data} /> },
          { id: 'environment', title: 'Environment', content: <RunEnvironment detail={answer.data} /> },
          { id: 'lineage', title: 'Lineage', content: <LineageView reference={run.id} /> },
        ]}
      />
    </Page>
  )
}

function usePreviousRun(id: string | null): string | null {
  const runs = useRuns({ limit: 1000 }).data?.runs ?? []
  const place = runs.findIndex((run) => run.id === id)
  return place < 0 ? null : (runs[place + 1]?.id ?? null)
}
