import { FlaskConical, GitCompareArrows, Play } from 'lucide-react'
import { useDeferredValue, useMemo, useRef, useState } from 'react'
import { useProjectKey } from '../../clients/connections.tsx'
import { toDescribedFailure } from '../../clients/described-error.ts'
import { useCommands } from '../../commands/command-registry.ts'
import { Button, CommandButton } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { Table } from '../../components/table.tsx'
import { useRuns } from '../../queries/run-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { findBaseline, useRunMarks } from './run-marks.ts'
import { runColumns } from './runs-columns.tsx'
import styles from './runs-page.module.css'

const mostCompared = 20
const mostRows = 1000

/** Every run of the project as a table to filter, sort, mark and compare. */
export function RunsPage() {
  const project = useProjectKey()
  const [filter, setFilter] = useState('')
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const asked = useDeferredValue(filter.trim())
  const answer = useRuns({ limit: mostRows, ...(asked ? { filter: asked } : {}) })
  const runs = answer.data?.runs ?? []
  const selected = useMemo(() => new Set([...marked].filter((id) => runs.some((run) => run.id === id))), [marked, runs])
  const marks = useRunMarks()
  const star = useRef(marks.toggleStar)
  star.current = marks.toggleStar
  const baseline = useMemo(() => findBaseline(runs), [runs])
  const columns = useMemo(
    () =>
      runColumns(runs, {
        selected,
        baseline,
        onToggle: (id) => setMarked((now) => toggled(now, id)),
        onStar: (run) => star.current(run),
      }),
    [runs, selected, baseline],
  )
  const reason =
    selected.size < 2
      ? 'Select two or more runs to compare them.'
      : selected.size > mostCompared
        ? `At most ${mostCompared} runs can be compared in detail.`
        : null
  // From the oldest to the newest, so that a diff reads as what was changed.
  const inOrder = runs.filter((run) => selected.has(run.id)).sort((a, b) => a.startedAt.localeCompare(b.startedAt))
  const compare = () =>
    navigate(projectHref(project, 'runs', ['compare'], { runs: inOrder.map((run) => run.id).join(',') }))
  useCommands([
    { id: 'runs.compare', title: 'Compare the selected runs', context: 'Runs', disabled: reason, run: compare },
  ])

  if (answer.isPending) return <Loading what="runs" />
  const badFilter = answer.isError ? toDescribedFailure(answer.error) : null
  const none = answer.data?.total === 0 && asked === ''
  return (
    <Page
      title="Runs"
      scrolls={false}
      actions={
        <>
          <CommandButton id="run.stale" icon={Play} />
          <Button look="primary" icon={GitCompareArrows} disabledReason={reason} onClick={compare}>
            {selected.size > 1 ? `Compare ${selected.size} runs` : 'Compare'}
          </Button>
        </>
      }
    >
      <div className={styles.layout}>
        {!none && (
          <div className={styles.bar}>
            <div className={styles.filter}>
              <Field
                label={<span className="visually-hidden">Filter runs</span>}
                problem={badFilter ? `${badFilter.message} ${badFilter.remedy}` : null}
              >
                {(props) => (
                  <TextInput
                    {...props}
                    type="search"
                    placeholder="Filter: metric.evaluation.accuracy > 0.9 and (param.train.C = 1 or tag.keep)"
                    value={filter}
                    onChange={(event) => setFilter(event.target.value)}
                  />
                )}
              </Field>
            </div>
            <span className={styles.count} role="status">
              {badFilter ? '' : describeCount(answer.data?.total ?? 0, 'run')}
              {selected.size > 0 && `, ${selected.size} selected`}
            </span>
          </div>
        )}
        {badFilter && !badFilter.code.startsWith('tracking/') && (
          <div className={styles.error}>
            <ErrorNotice error={answer.error} />
          </div>
        )}
        <div className={styles.table}>
          <Table
            label="Runs"
            rows={runs}
            columns={columns}
            rowId={(run) => run.id}
            selected={selected}
            onSelect={setMarked}
            onOpen={(run) => navigate(projectHref(project, 'runs', [run.id]))}
            onKey={(key, run) => {
              if (key === 'c' && reason === null) compare()
              if (key === 's') marks.toggleStar(run)
              if (key === 'b') void marks.setBaseline(run, runs)
            }}
            empty={none ? <NoRuns /> : <EmptyState icon={FlaskConical} title="No run matches the filter" />}
          />
        </div>
      </div>
    </Page>
  )
}

function NoRuns() {
  return (
    <EmptyState
      icon={FlaskConical}
      title="No runs yet"
      actions={<CommandButton id="run.stale" look="primary" icon={Play} />}
    >
      A run executes the steps that are stale and records every input, output and cause. Double-click a run, or press
      Enter on it, to see all of it.
    </EmptyState>
  )
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}
