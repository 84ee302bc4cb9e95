import { useCallback, useRef } from 'react'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import { Grid, type GridColumn, type GridOutline } from '../../components/grid.tsx'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { ColumnMenu } from './column-menu.tsx'
import { copyLines } from './copy-lines.ts'
import { groupCell } from './group-cells.tsx'
import { linesBetween, type MarkedRuns, toggledAll, withRuns } from './marked-runs.ts'
import type { GroupLine, RunLines } from './run-lines.ts'
import { useRunMarks } from './run-marks.ts'
import { runCell } from './runs-cells.tsx'
import { baselineRow, fixedCount, useGridColumns } from './runs-grid-columns.ts'
import { changeRunsLayout, moveColumn, nextSort, type RunsLayout } from './runs-layout.ts'

type RunsGridProps = {
  readonly project: string
  readonly columns: RunColumns
  readonly version: number
  /** The runs that are shown, in order, by their rows. */
  readonly rows: Uint32Array
  /** The same ones line by line, with their groups. */
  readonly lines: RunLines
  readonly onToggle: (group: GroupLine) => void
  readonly shown: readonly RunColumnName[]
  readonly layout: RunsLayout
  readonly marked: MarkedRuns
  readonly onMarked: (marked: MarkedRuns) => void
  readonly onCompare: () => void
  readonly onFilter: (begun: string) => void
  readonly onMenuClosed: () => boolean
}

/** Always at hand: rows are known by these. */
const always: readonly RunColumnName[] = ['id', 'tag.star', 'tag.baseline']

export function RunsGrid(props: RunsGridProps) {
  const { project, columns, version, rows, lines, shown, layout, marked, onMarked, onToggle } = props
  const marks = useRunMarks()
  const setStar = useRef(marks.setStar)
  setStar.current = marks.setStar
  const latest = useRef(marked)
  latest.current = marked
  const baseline = baselineRow(columns)
  const isGrouped = lines.groups.length > 0
  const how = layout.aggregate
  const titles = useGridColumns(shown, layout.widths, baseline !== null, isGrouped)
  const idOf = (row: number) => String(columns.value('id', row) ?? '')
  /** One run, or all of a group. */
  const runsAt = (at: number): readonly string[] => {
    const line = lines.at(at)
    return typeof line === 'number' ? [idOf(line)] : Array.from(line.rows, idOf)
  }
  const isMarkedAt = (at: number): boolean => {
    if (marked.size === 0) return false
    const line = lines.at(at)
    if (typeof line === 'number') return marked.has(idOf(line))
    return line.rows.length <= marked.size && line.rows.every((row) => marked.has(idOf(row)))
  }
  const toggle = useCallback((run: string) => onMarked(toggledAll(latest.current, [run])), [onMarked])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that values have changed; the rest follows from `lines` and `marked`
  const cell = useCallback(
    (at: number, column: GridColumn) => {
      const line = lines.at(at)
      const name = column.id as RunColumnName
      if (typeof line !== 'number') {
        const onMark = () => onMarked(toggledAll(latest.current, runsAt(at)))
        return groupCell({ columns, how, isMarked: isMarkedAt(at), onMark, onToggle }, line, name)
      }
      const onStar = (run: string, isStarred: boolean) => setStar.current(run, !isStarred)
      return runCell({ columns, baseline, marked, onMark: toggle, onStar }, line, name)
    },
    [columns, lines, how, baseline, marked, toggle, onToggle, version],
  )
  const see = useCallback(
    (first: number, end: number) => {
      const names = titles.slice(Math.max(fixedCount, first - 2), end + 4).map(({ id }) => id as RunColumnName)
      const steps: readonly RunColumnName[] = names.includes('cachedSteps') ? ['totalSteps'] : []
      const pinned = titles.slice(fixedCount, fixedCount + layout.pinned.length).map(({ id }) => id as RunColumnName)
      columns.need([...always, ...pinned, ...names, ...steps])
    },
    [titles, columns, layout.pinned],
  )

  const outline = useCallback(
    (at: number): GridOutline => {
      const line = lines.at(at)
      if (typeof line === 'number') return { level: layout.groupBy.length, isOpen: null }
      return { level: line.level, isOpen: line.isOpen }
    },
    [lines, layout.groupBy],
  )
  const runOfLine = (at: number): readonly string[] => (typeof lines.at(at) === 'number' ? runsAt(at) : [])

  const copy = (at: number) => {
    const chosen = rows.filter((row) => marked.has(idOf(row)))
    copyLines(columns, chosen.length > 0 ? Array.from(chosen) : [lines.at(at)], shown, how)
  }

  return (
    <Grid
      label="Runs"
      rows={lines.count}
      columns={titles}
      pinned={fixedCount + layout.pinned.filter((name) => shown.includes(name)).length}
      sort={layout.sort}
      cell={cell}
      isMarked={isMarkedAt}
      onSort={(id, isFurther) => changeRunsLayout(project, ({ sort }) => ({ sort: nextSort(sort, id, isFurther) }))}
      onResize={(id, width) => changeRunsLayout(project, ({ widths }) => ({ widths: { ...widths, [id]: width } }))}
      onMove={(moved, before) =>
        changeRunsLayout(project, (now) => moveColumn(now, shown, moved as RunColumnName, before as RunColumnName))
      }
      menu={(column) => (
        <ColumnMenu
          project={project}
          name={column.id as RunColumnName}
          width={column.width}
          layout={layout}
          order={shown}
          onFilter={props.onFilter}
        />
      )}
      onMenuClosed={props.onMenuClosed}
      onOpen={(at) => {
        const line = lines.at(at)
        if (typeof line === 'number') navigate(projectHref(project, 'runs', [idOf(line)]))
        else onToggle(line)
      }}
      onMark={(at, to) =>
        onMarked(
          to === null ? toggledAll(marked, runsAt(at)) : withRuns(marked, linesBetween(at, to).flatMap(runOfLine)),
        )
      }
      onMarkAll={() => onMarked(new Set(Array.from(rows, idOf)))}
      onCopy={copy}
      outline={isGrouped ? outline : undefined}
      onToggle={(at) => {
        const line = lines.at(at)
        if (typeof line !== 'number') onToggle(line)
      }}
      onSight={see}
      onKey={(key, at) => {
        if (key === 'c') props.onCompare()
        const row = lines.at(at)
        if (typeof row !== 'number') return
        const run = idOf(row)
        if (key === 's') marks.setStar(run, columns.value('tag.star', row) == null)
        if (key === 'b') void marks.setBaseline(run, columns.value('tag.baseline', row) == null)
      }}
    />
  )
}
