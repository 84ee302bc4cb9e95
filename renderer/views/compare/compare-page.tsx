import { FlaskConical } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { describeDelta, describeMetric, describeTime } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Checkbox } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { useMetricsWithHistory, useRunComparison } from '../../queries/run-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { CompareCurves } from './compare-curves.tsx'
import { ComparePlots } from './compare-plots.tsx'
import styles from './compare-table.module.css'
import { CompareTable } from './compare-table.tsx'

/** What differs between some runs: params, metrics, code, data, packages and plots. */
export function ComparePage({ runs }: { readonly runs: readonly string[] }) {
  const project = useProjectKey()
  const [onlyDifferent, setOnlyDifferent] = useState(true)
  const answer = useRunComparison(runs)
  // Asked for at once with the comparison: the curves below need both.
  useMetricsWithHistory(runs)
  const heads = useMemo(
    () =>
      (answer.data?.runs ?? []).map((run, index) => ({
        id: run.id,
        letter: letterOf(index),
        note: describeTime(run.startedAt),
      })),
    [answer.data],
  )
  const back = () => navigate(projectHref(project, 'runs'))
  if (runs.length < 2) {
    return (
      <EmptyState
        icon={FlaskConical}
        title="Select two or more runs"
        actions={<Button onClick={back}>Back to runs</Button>}
      >
        Mark them in the runs table, then compare.
      </EmptyState>
    )
  }
  if (answer.isError) return <Page title="Compare">{<ErrorNotice error={answer.error} />}</Page>
  if (!answer.data) return <Loading what="the comparison" />
  const { params, metrics, code, data, packages } = answer.data
  const show = <Row extends { differs: boolean }>(rows: readonly Row[]) =>
    rows.filter((row) => row.differs || !onlyDifferent)
  const parts = { metrics, params, code, data, packages }
  const same = onlyDifferent
    ? Object.entries(parts).flatMap(([name, rows]) => (rows.some((row) => row.differs) ? [] : [name]))
    : []
  return (
    <Page
      title={
        <>
          <a href={projectHref(project, 'runs')}>Runs</a>
          <span aria-hidden>/</span>
          Compare {heads.length} runs
        </>
      }
      actions={
        <Checkbox
          label="Only what differs"
          checked={onlyDifferent}
          onChange={(event) => setOnlyDifferent(event.target.checked)}
        />
      }
    >
      <CompareTable
        title="Metrics"
        runs={heads}
        rows={show(metrics).map((row) => ({
          name: row.key,
          values: row.values.map((value) => (value === null ? null : describeMetric(value))),
          notes: noteMetrics(row.values),
        }))}
      />
      <CompareCurves runs={heads} />
      <Afterwards>
        <CompareTable
          title="Params"
          isCode
          runs={heads}
          rows={show(params).map((row) => ({
            name: row.key,
            values: row.values.map((value) => (value === null ? null : JSON.stringify(value))),
          }))}
        />
        <CompareTable
          title="Code"
          isCode
          runs={heads}
          rows={show(code).map((row) => ({ name: row.step, values: row.digests.map(toShort), diff: row.diff }))}
        />
        <CompareTable
          title="Data"
          isCode
          runs={heads}
          rows={show(data).map((row) => ({ name: row.path, values: row.digests.map(toShort) }))}
        />
        <CompareTable
          title="Packages"
          isCode
          runs={heads}
          rows={show(packages).map((row) => ({ name: row.name, values: row.versions }))}
        />
        {same.length > 0 && <p className={styles.same}>The same in all of them: {same.join(', ')}.</p>}
        <ComparePlots runs={heads} />
      </Afterwards>
    </Page>
  )
}

/** What stands below the curves, and mostly below the window, is made when a frame with them was drawn: else that waits. */
function Afterwards({ children }: { readonly children: ReactNode }) {
  const [isDue, setDue] = useState(false)
  useEffect(() => {
    const frame = requestAnimationFrame(() => setDue(true))
    return () => cancelAnimationFrame(frame)
  }, [])
  return isDue && children
}

/** Runs are told apart by a letter, so that no reader depends on colour. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index)
}

function toShort(digest: string | null): string | null {
  return digest === null ? null : digest.slice(7, 19)
}

/** With two runs the difference is said; with more the ends are named. Whether high or low is good is the reader's to say. */
function noteMetrics(values: readonly (number | string | null)[]): readonly (string | null)[] {
  if (values.length === 2) return [null, describeDelta(values[1] ?? undefined, values[0] ?? undefined)]
  const numbers = values.filter((value) => typeof value === 'number')
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  if (numbers.length < 2 || low === high) return values.map(() => null)
  return values.map((value) => (value === high ? 'highest' : value === low ? 'lowest' : null))
}
