import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { withClause } from '../../../core/domain/filter-clauses.ts'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunView } from '../../../core/domain/run-views.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { SplitPane } from '../../components/split-pane.tsx'
import { useRunColumns } from '../../live/use-run-columns.ts'
import { RunsCharts } from './charts/runs-charts.tsx'
import { frequentWords } from './frequent-words.ts'
import { NoRunMatches, NoRuns } from './no-runs.tsx'
import { RunsActions } from './runs-actions.tsx'
import { RunsBar } from './runs-bar.tsx'
import { RunsError } from './runs-error.tsx'
import { RunsGrid } from './runs-grid.tsx'
import { changeRunsLayout, columnsOf, layoutOf, useRunsLayout } from './runs-layout.ts'
import styles from './runs-page.module.css'
import { useCompare } from './use-compare.ts'
import { useDiffering } from './use-differing.ts'
import { useLinkedView } from './use-linked-view.ts'
import { useRanked } from './use-ranked.ts'
import { useRunGroups } from './use-run-groups.ts'
import { useRunsOrder } from './use-runs-order.ts'

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
  const order = useRunsOrder(columns, count, filter, layout.sort)
  const groups = useRunGroups(columns, order.rows, layout)
  const { startAnew } = groups
  useEffect(() => columns.need([...order.waitsFor, ...groups.waitsFor]), [columns, order.waitsFor, groups.waitsFor])
  const { groupBy, aggregate } = layout
  const grouping = useMemo(() => ({ groupBy, aggregate }), [groupBy, aggregate])
  const use = useCallback(
    (chosen: RunView) => {
      setFilter(chosen.filter)
      startAnew()
      changeRunsLayout(project, () => layoutOf(chosen))
    },
    [project, startAnew],
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
  const { compare, reason } = useCompare(columns, count, marked)
  const selectNone = useCallback(() => setMarked(new Set()), [])

  const grid = (
    <RunsGrid
      project={project}
      columns={columns}
      version={state.version}
      rows={order.rows}
      lines={groups.lines}
      onToggle={groups.toggle}
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
  const charts = layout.chart !== null && (
    <RunsCharts
      chart={layout.chart}
      onChart={(chart) => changeRunsLayout(project, () => ({ chart }))}
      columns={columns}
      version={state.version}
      names={state.names}
      rows={order.rows}
      marked={marked}
      onMarked={setMarked}
      onFilter={(clause) => setFilter((now) => withClause(now, clause))}
    />
  )
  const panes = [
    { id: 'table', content: grid, minSize: 120 },
    ...(charts ? [{ id: 'charts', size: '58%', minSize: 160, content: charts }] : []),
  ]

  if (state.count === null) {
    if (!state.error) return <Loading what="runs" />
    return (
      <Page title="Runs">
        <RunsError error={state.error} onTryAgain={columns.load} />
      </Page>
    )
  }
  const isEmpty = count === 0
  const isWaiting = order.waitsFor.length > 0
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
          layout={layout}
          filter={filter}
          onUse={use}
          onOpenAll={groups.openAll}
          onCloseAll={groups.closeAll}
          markedCount={marked.size}
          reason={reason}
          onCompare={compare}
        />
      }
    >
      <div className={styles.layout}>
        {!isEmpty && (
          <RunsBar
            input={filterInput}
            value={filter}
            onChange={setFilter}
            problem={order.problem}
            names={state.names}
            valuesOf={valuesOf}
            isWaiting={isWaiting}
            matching={order.rows.length}
            count={count}
            marked={marked}
            onSelectNone={selectNone}
          />
        )}
        {state.error !== null && (
          <div className={styles.error}>
            <RunsError error={state.error} onTryAgain={columns.load} />
          </div>
        )}
        <div className={styles.table}>
          {isEmpty ? (
            <NoRuns />
          ) : order.rows.length === 0 && !isWaiting ? (
            <NoRunMatches onClear={() => setFilter('')} />
          ) : (
            <SplitPane name="runs" orientation="vertical" panes={panes} />
          )}
        </div>
      </div>
    </Page>
  )
}
