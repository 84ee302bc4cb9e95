import { ChartScatter, GitCompareArrows, Play, Radar } from 'lucide-react'
import { memo, useDeferredValue, useMemo } from 'react'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunView } from '../../../core/domain/run-views.ts'
import { Button, CommandButton } from '../../components/button.tsx'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { ColumnPicker } from './column-picker.tsx'
import { type Grouping, GroupMenu } from './group-menu.tsx'
import { changeRunsLayout, type RunsLayout, viewOf } from './runs-layout.ts'
import { ViewsMenu } from './views-menu.tsx'

type RunsActionsProps = {
  readonly project: string
  readonly isEmpty: boolean
  readonly names: readonly RunColumnName[]
  readonly shown: readonly RunColumnName[]
  readonly onlyDiffering: boolean
  readonly grouping: Grouping
  readonly hasCharts: boolean
  readonly layout: RunsLayout
  readonly filter: string
  readonly onUse: (view: RunView) => void
  readonly onOpenAll: (() => void) | null
  readonly onCloseAll: (() => void) | null
  readonly markedCount: number
  /** Why the selected runs cannot be compared now. */
  readonly reason: string | null
  readonly onCompare: () => void
}

/** What can be done with all runs. The name of a view may come a moment after the rows that it is about. */
export function RunsActions({ layout, filter, ...rest }: RunsActionsProps) {
  const view = useDeferredValue(useMemo(() => viewOf(layout, filter), [layout, filter]))
  return <Actions {...rest} view={view} />
}

type ActionsProps = Omit<RunsActionsProps, 'layout' | 'filter'> & { readonly view: Omit<RunView, 'name'> }

/** Drawn anew for what it shows alone: a sort does not wait for it. */
const Actions = memo(function Actions(props: ActionsProps) {
  const { project, names, shown, hasCharts, markedCount } = props
  return (
    <>
      <CommandButton id="run.stale" icon={Play} />
      <Button icon={Radar} onClick={() => navigate(projectHref(project, 'runs', ['sweeps']))}>
        Sweeps
      </Button>
      {!props.isEmpty && (
        <>
          <ViewsMenu project={project} now={props.view} onUse={props.onUse} />
          <GroupMenu
            project={project}
            names={names}
            grouping={props.grouping}
            onOpenAll={props.onOpenAll}
            onCloseAll={props.onCloseAll}
          />
          <Button
            icon={ChartScatter}
            aria-pressed={hasCharts}
            onClick={() => changeRunsLayout(project, (now) => ({ chart: now.chart === null ? 'scatter' : null }))}
          >
            Charts
          </Button>
          <ColumnPicker project={project} names={names} onlyDiffering={props.onlyDiffering} shown={shown} />
        </>
      )}
      <Button look="primary" icon={GitCompareArrows} disabledReason={props.reason} onClick={props.onCompare}>
        {markedCount > 1 ? `Compare ${markedCount} runs` : 'Compare'}
      </Button>
    </>
  )
})
