import { Plus, Radar } from 'lucide-react'
import type { Sweep } from '../../../core/domain/sweep.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { describeAgo, describeMetric } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useSweeps } from '../../queries/sweep-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { SweepBadge } from './sweep-badges.tsx'

/** Every sweep of the project, newest first. */
export function SweepsPage() {
  const project = useProjectKey()
  const answer = useSweeps()
  const title = (
    <>
      <a href={projectHref(project, 'runs')}>Runs</a>
      <span aria-hidden>/</span>
      Sweeps
    </>
  )
  if (answer.isError) return <Page title={title}>{<ErrorNotice error={answer.error} />}</Page>
  if (!answer.data) return <Loading what="sweeps" />
  const create = (
    <Button look="primary" icon={Plus} onClick={() => navigate(projectHref(project, 'runs', ['sweeps', 'new']))}>
      New sweep…
    </Button>
  )
  if (answer.data.length === 0)
    return (
      <Page title={title} scrolls={false}>
        <EmptyState icon={Radar} title="No sweeps yet" actions={create}>
          A sweep runs the pipeline with many values of its params and compares what comes of it. Every trial is an
          ordinary run, and what trials share runs once.
        </EmptyState>
      </Page>
    )
  const row = (sweep: Sweep) => ({
    id: sweep.id,
    cells: [
      <a key="id" href={projectHref(project, 'runs', ['sweeps', sweep.id])}>
        <code>{sweep.id}</code>
      </a>,
      <SweepBadge key="state" state={sweep.state} why={sweep.failure?.message ?? null} />,
      sweep.plan.space.map(({ key }) => key).join(', '),
      sweep.plan.method,
      `${countEnded(sweep)} of ${sweep.plan.trials}`,
      `${sweep.plan.metric} (${sweep.plan.goal})`,
      sweep.best === null ? '–' : describeMetric(sweep.best.value),
      describeAgo(sweep.startedAt),
    ],
  })
  const end = (text: string) => ({ text, align: 'end' }) as const
  return (
    <Page title={title} actions={create}>
      <PlainTable
        label="Sweeps"
        heads={['Sweep', 'State', 'Params', 'Method', end('Trials'), 'Metric', end('Best'), 'Started']}
        rows={answer.data.map(row)}
      />
    </Page>
  )
}

export function countEnded({ counts }: Sweep): number {
  return counts.completed + counts.failed + counts.stopped
}
