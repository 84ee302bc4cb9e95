import { FlaskConical, Play } from 'lucide-react'
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { withClause } from '../../../core/domain/filter-clauses.ts'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunView } from '../../../core/domain/run-views.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { useCommands } from '../../commands/command-registry.ts'
import { Button, CommandButton } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { SplitPane } from '../../components/split-pane.tsx'
import { useRunColumns } from '../../live/use-run-columns.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { RunsCharts } from './charts/runs-charts.tsx'
import { FilterBox } from './filter-box.tsx'
import { frequentWords } from './frequent-words.ts'
import { type GroupLine, useRunLines } from './run-lines.ts'
import { RunsActions } from './runs-actions.tsx'
import { RunsGrid } from './runs-grid.tsx'
import { changeRunsLayout, columnsOf, layoutOf, useRunsLayout, viewOf } from './runs-layout.ts'
import styles from './runs-page.module.css'
import { useDiffering } from './use-differing.ts'
import { useLinkedView } from './use-linked-view.ts'
import { useRanked } from './use-ranked.ts'
import { useRunsOrder } from './use-runs-order.ts'

const mostCompared = 20

/** Every run of the project as a table to filter, sort, mark and compare. */
export function RunsPage() {
  const project = useProjectKey()
  const { columns, state } = useRunColumns()
  const layout = useRunsLayout(project)
  const [filter, setFilter] = useState('')
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const filterInput = useRef<HTMLInputElement>(null)
  const wantsFilter = useRef(false)
  const count = state.count ?? 0
  const order = useRunsOrder(columns, count, useDeferredValue(filter), layout.sort)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const grouped = useRunLines(columns, order.rows, layout, opened)
  useEffect(() => columns.need([...order.waitsFor, ...grouped.waitsFor]), [columns, order.waitsFor, grouped.waitsFor])
  const toggleGroup = useCallback((group: GroupLine) => {
    setOpened((now) => {
      const next = new Set(now)
      if (!next.delete(group.key)) next.add(group.key)
      return next
    })
  }, [])
  const { groups } = grouped.lines
  // The name of a view may come a moment after the rows that it is about.
  const laterView = useDeferredValue(useMemo(() => viewOf(layout, filter), [layout, filter]))
  const { groupBy, aggregate } = layout
  const grouping = useMemo(() => ({ groupBy, aggregate }), [groupBy, aggregate])
  const openAll = useMemo(
    () =>
      groups.some(({ isOpen }) => !isOpen)
        ? () => setOpened((now) => new Set([...now, ...groups.map(({ key }) => key)]))
        : null,
    [groups],
  )
  const closeAll = useMemo(() => (groups.some(({ isOpen }) => isOpen) ? () => setOpened(new Set()) : null), [groups])
  const use = useCallback(
    (chosen: RunView) => {
      setFilter(chosen.filter)
      setOpened(new Set())
      changeRunsLayout(project, () => layoutOf(chosen))
    },
    [project],
  )
  useLinkedView(project, use)
  const shown = useMemo(
    () => columnsOf({ shown: layout.shown, pinned: layout.pinned }, state.names),
    [layout.shown, layout.pinned, state.names],
  )
  const differing = useDiffering(columns, state.version, order.rows, layout.onlyDiffering ? shown : null)
  useRanked(columns, state.version, shown)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that values have come
  const valuesOf = useCallback((name: RunColumnName) => frequentWords(columns, name), [columns, state.version])
  const reason =
    marked.size < 2
      ? 'Select two or more runs to compare them.'
      : marked.size > mostCompared
        ? `At most ${mostCompared} runs can be compared in detail.`
        : null
  const compare = useCallback(() => {
    // From the oldest to the newest, so that a diff reads as what was changed.
    const inOrder = Array.from({ length: count }, (_, row) => columns.value('id', row)).filter(
      (id) => typeof id === 'string' && marked.has(id),
    )
    navigate(projectHref(project, 'runs', ['compare'], { runs: inOrder.join(',') }))
  }, [columns, count, marked, project])
  const addFilter = (clause: string) => setFilter((now) => withClause(now, clause))
  useCommands([
    { id: 'runs.compare', title: 'Compare the selected runs', context: 'Runs', disabled: reason, run: compare },
  ])

  const grid = (
    <RunsGrid
      project={project}
      columns={columns}
      version={state.version}
      rows={order.rows}
      lines={grouped.lines}
      onToggle={toggleGroup}
      shown={differing ?? shown}
      layout={layout}
      marked={marked}
      onMarked={setMarked}
      onCompare={() => reason === null && compare()}
      onFilter={(begun) => {
        wantsFilter.current = true
        setFilter((now) => (now.trim() === '' ? begun : `${now.trim()} and ${begun}`))
      }}
      onMenuClosed={() => {
        const wanted = wantsFilter.current
        wantsFilter.current = false
        if (wanted) filterInput.current?.focus()
        return wanted
      }}
    />
  )
  const panes = [
    { id: 'table', content: grid, minSize: 120 },
    ...(layout.chart === null
      ? []
      : [
          {
            id: 'charts',
            size: '50%',
            minSize: 160,
            content: (
              <RunsCharts
                chart={layout.chart}
                onChart={(chart) => changeRunsLayout(project, () => ({ chart }))}
                columns={columns}
                version={state.version}
                names={state.names}
                rows={order.rows}
                marked={marked}
                onMarked={setMarked}
                onFilter={addFilter}
              />
            ),
          },
        ]),
  ]

  if (state.count === null) return state.error ? <Failed error={state.error} /> : <Loading what="runs" />
  const isEmpty = count === 0
  return (
    <Page
      title="Runs"
      scrolls={false}
      actions={
        <RunsActions
          project={project}
          isEmpty={isEmpty}
          names={state.names}
          shown={shown}
          onlyDiffering={layout.onlyDiffering}
          grouping={grouping}
          hasCharts={layout.chart !== null}
          view={laterView}
          onUse={use}
          onOpenAll={openAll}
          onCloseAll={closeAll}
          markedCount={marked.size}
          reason={reason}
          onCompare={compare}
        />
      }
    >
      <div className={styles.layout}>
        {!isEmpty && (
          <div className={styles.bar}>
            <FilterBox
              input={filterInput}
              value={filter}
              onChange={setFilter}
              problem={order.problem}
              names={state.names}
              valuesOf={valuesOf}
            />
            <span className={styles.count} role="status">
              {[
                order.problem ? null : order.waitsFor.length > 0 ? 'Filtering …' : countWords(order.rows.length, count),
                marked.size > 0 ? `${marked.size} selected` : null,
              ]
                .filter(Boolean)
                .join(', ')}
            </span>
            {marked.size > 0 && (
              <Button small look="quiet" onClick={() => setMarked(new Set())}>
                Select none
              </Button>
            )}
          </div>
        )}
        {state.error !== null && (
          <div className={styles.error}>
            <ErrorNotice error={state.error} actions={<Button onClick={columns.load}>Try again</Button>} />
          </div>
        )}
        <div className={styles.table}>
          {isEmpty ? (
            <NoRuns />
          ) : order.rows.length === 0 && order.waitsFor.length === 0 ? (
            <EmptyState
              icon={FlaskConical}
              title="No run matches the filter"
              actions={<Button onClick={() => setFilter('')}>Clear the filter</Button>}
            />
          ) : (
            <SplitPane name="runs" orientation="vertical" panes={panes} />
          )}
        </div>
      </div>
    </Page>
  )
}

function Failed({ error }: { readonly error: unknown }) {
  return <Page title="Runs">{<ErrorNotice error={error} />}</Page>
}

function countWords(matching: number, count: number): string {
  const all = describeCount(count, 'run')
  return matching === count ? all : `${describeCount(matching, 'run').replace(/ runs?$/, '')} of ${all}`
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
