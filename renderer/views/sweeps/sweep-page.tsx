import { Ban, Boxes, ExternalLink, GitCompareArrows, RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { Sweep } from '../../../core/domain/sweep.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { describeMetric } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page, Section } from '../../components/page.tsx'
import { useRun } from '../../queries/run-queries.ts'
import { useCancelSweep, useResumeSweep, useSweep } from '../../queries/sweep-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { useRunActions } from '../../running/use-run-commands.ts'
import { RegisterButton } from '../models/register-button.tsx'
import { ParamInfluenceTable } from './param-influence-table.tsx'
import { SweepBadge } from './sweep-badges.tsx'
import styles from './sweeps.module.css'
import { countEnded } from './sweeps-page.tsx'
import { TrialPlots } from './trial-plots.tsx'
import { TrialsTable } from './trials-table.tsx'

const mostCompared = 20

/** One sweep while it runs and after: its trials, what they gave, and the best of them. */
export function SweepPage({ sweep: reference }: { readonly sweep: string }) {
  const project = useProjectKey()
  const answer = useSweep(reference)
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const cancel = useCancelSweep()
  const resume = useResumeSweep()
  const { withTrust, readOnly } = useRunActions()
  const best = useRun(answer.data?.sweep.best?.runId ?? null)
  if (answer.isError) return <Page title="Sweep">{<ErrorNotice error={answer.error} />}</Page>
  if (!answer.data) return <Loading what="the sweep" />
  const { sweep, trials, notes } = answer.data
  const model = sweep.best === null ? undefined : best.data?.artifacts.find(({ kind }) => kind === 'model')
  const reason =
    marked.size < 2
      ? 'Select two or more trials to compare their runs.'
      : marked.size > mostCompared
        ? `At most ${mostCompared} runs can be compared in detail.`
        : null
  const compare = () => {
    const runs = trials.flatMap(({ runId }) => (runId !== null && marked.has(runId) ? [runId] : []))
    navigate(projectHref(project, 'runs', ['compare'], { runs: runs.join(',') }))
  }
  const { failed } = sweep.counts
  const isMissing = sweep.state !== 'running' && (countEnded(sweep) < sweep.plan.trials || failed > 0)
  return (
    <Page
      title={
        <>
          <a href={projectHref(project, 'runs')}>Runs</a>
          <span aria-hidden>/</span>
          <a href={projectHref(project, 'runs', ['sweeps'])}>Sweeps</a>
          <span aria-hidden>/</span>
          <code>{sweep.id}</code>
          <SweepBadge state={sweep.state} />
        </>
      }
      note={describeSweep(sweep)}
      actions={
        <>
          {sweep.state === 'running' && (
            <Button icon={Ban} busy={cancel.isPending} onClick={() => cancel.mutate(sweep.id)}>
              Cancel
            </Button>
          )}
          {isMissing && (
            <Button
              icon={RotateCw}
              busy={resume.isPending}
              disabledReason={readOnly}
              onClick={() => withTrust(() => resume.mutate({ sweep: sweep.id, retryFailed: failed > 0 }))}
            >
              {failed > 0 ? 'Resume and retry failed' : 'Resume'}
            </Button>
          )}
          {sweep.best !== null && (
            <Button
              icon={ExternalLink}
              onClick={() => navigate(projectHref(project, 'runs', [sweep.best?.runId as string]))}
            >
              Open best run
            </Button>
          )}
          <Button icon={GitCompareArrows} disabledReason={reason} onClick={compare}>
            {marked.size > 1 ? `Compare ${marked.size} runs` : 'Compare'}
          </Button>
          {model && <RegisterButton run={sweep.best?.runId as string} artifact={model} icon={Boxes} />}
        </>
      }
    >
      <div className={styles.notices}>
        {notes?.map((note) => (
          <p key={note} className={styles.note} role="note">
            {note}
          </p>
        ))}
        {sweep.failure !== null && sweep.state === 'failed' && <ErrorNotice error={sweep.failure} />}
        {cancel.isError && <ErrorNotice error={cancel.error} />}
        {resume.isError && <ErrorNotice error={resume.error} />}
      </div>
      <TrialPlots sweep={sweep} trials={trials} />
      <ParamInfluenceTable sweep={sweep} trials={trials} />
      <Section title="Trials" count={trials.length}>
        {trials.length === 0 ? (
          <p className={styles.muted}>The first trial is about to be proposed.</p>
        ) : (
          <TrialsTable sweep={sweep} trials={trials} marked={marked} onMarked={setMarked} />
        )}
      </Section>
    </Page>
  )
}

function describeSweep(sweep: Sweep): string {
  const { plan, best, counts } = sweep
  const parts = [
    `${plan.method === 'bayes' ? 'Bayesian search' : plan.method === 'grid' ? 'Grid' : 'Random search'} with seed ${plan.seed}`,
    `${countEnded(sweep)} of ${plan.trials} trials ended`,
    counts.failed > 0 ? `${counts.failed} failed` : null,
    counts.stopped > 0 ? `${counts.stopped} stopped early` : null,
    best ? `best ${plan.metric} ${describeMetric(best.value)} in trial ${best.trial}` : null,
  ]
  return parts.filter(Boolean).join(', ')
}
