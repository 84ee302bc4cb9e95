import { useCallback, useMemo, useRef } from 'react'
import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import { Grid, type GridColumn } from '../../components/grid.tsx'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { ColumnMenu } from './column-menu.tsx'
import { alignOf, titleOf, usualWidth } from './column-titles.ts'
import { useRunMarks } from './run-marks.ts'
import { plainText, runCell } from './runs-cells.tsx'
import { changeRunsLayout, moveColumn, nextSort, type RunsLayout } from './runs-layout.ts'

type RunsGridProps = {
  readonly project: string
  readonly columns: RunColumns
  readonly version: number
  /** The runs that are shown, in order, by their rows. */
  readonly rows: Uint32Array
  readonly shown: readonly RunColumnName[]
  readonly layout: RunsLayout
  readonly marked: ReadonlySet<string>
  readonly onMarked: (marked: ReadonlySet<string>) => void
  readonly onCompare: () => void
  readonly onFilter: (begun: string) => void
  readonly onMenuClosed: () => boolean
}

const fixed: readonly GridColumn[] = [
  { id: 'mark', title: 'Compare', width: 36, sortable: false, quiet: true, movable: false },
  { id: 'star', title: 'Star', width: 42, sortable: false, quiet: true, movable: false },
  { id: 'id', title: 'Run', width: 142, movable: false },
]
/** Always at hand: rows are known by these. */
const always: readonly RunColumnName[] = ['id', 'tag.star', 'tag.baseline']

export function RunsGrid(props: RunsGridProps) {
  const { project, columns, version, rows, shown, layout, marked, onMarked } = props
  const marks = useRunMarks()
  const setStar = useRef(marks.setStar)
  setStar.current = marks.setStar
  const latest = useRef(marked)
  latest.current = marked
  const baseline = baselineRow(columns)
  const titles = useMemo(
    () => [
      ...fixed,
      ...shown.map((name) => ({
        id: name,
        ...titleOf(name),
        align: alignOf(name),
        width: layout.widths[name] ?? usualWidth(name, baseline !== null),
      })),
    ],
    [shown, layout.widths, baseline],
  )
  const idAt = (at: number) => String(columns.value('id', rows[at] as number) ?? '')
  const toggle = useCallback((run: string) => onMarked(toggled(latest.current, [run])), [onMarked])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that values have changed
  const cell = useCallback(
    (at: number, column: GridColumn) =>
      runCell(
        {
          columns,
          baseline,
          marked,
          onMark: toggle,
          onStar: (run, isStarred) => setStar.current(run, !isStarred),
        },
        rows[at] as number,
        column.id as RunColumnName,
      ),
    [columns, rows, baseline, marked, toggle, version],
  )
  const see = useCallback(
    (first: number, end: number) => {
      const names = titles.slice(Math.max(fixed.length, first - 2), end + 4).map(({ id }) => id as RunColumnName)
      const steps: readonly RunColumnName[] = names.includes('cachedSteps') ? ['totalSteps'] : []
      const pinned = titles
        .slice(fixed.length, fixed.length + layout.pinned.length)
        .map(({ id }) => id as RunColumnName)
      columns.need([...always, ...pinned, ...names, ...steps])
    },
    [titles, columns, layout.pinned],
  )

  const copy = (at: number) => {
    const places = Array.from(rows.keys()).filter((place) => marked.has(idAt(place)))
    const lines = (places.length > 0 ? places : [at]).map((place) => [
      idAt(place),
      ...shown.map((name) => plainText(columns, rows[place] as number, name)),
    ])
    const text = [['Run', ...shown], ...lines].map((line) => line.join('\t')).join('\n')
    void navigator.clipboard.writeText(text)
  }

  return (
    <Grid
      label="Runs"
      rows={rows.length}
      columns={titles}
      pinned={fixed.length + layout.pinned.filter((name) => shown.includes(name)).length}
      sort={layout.sort}
      cell={cell}
      isMarked={(at) => marked.has(idAt(at))}
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
      onOpen={(at) => navigate(projectHref(project, 'runs', [idAt(at)]))}
      onMark={(at, to) =>
        onMarked(to === null ? toggled(marked, [idAt(at)]) : withRange(marked, rangeOf(at, to).map(idAt)))
      }
      onMarkAll={() => onMarked(new Set(Array.from(rows.keys(), idAt)))}
      onCopy={copy}
      onSight={see}
      onKey={(key, at) => {
        const run = idAt(at)
        const row = rows[at] as number
        if (key === 'c') props.onCompare()
        if (key === 's') marks.setStar(run, columns.value('tag.star', row) == null)
        if (key === 'b') void marks.setBaseline(run, columns.value('tag.baseline', row) == null)
      }}
    />
  )
}

/** The newest run that was made the baseline. */
function baselineRow(columns: RunColumns): number | null {
  const column = columns.column('tag.baseline')
  if (column?.kind !== 'text') return null
  for (let row = column.codes.length - 1; row >= 0; row--) if (column.codes[row] !== 0) return row
  return null
}

function rangeOf(from: number, to: number): readonly number[] {
  const first = Math.min(from, to)
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => first + index)
}

function withRange(marked: ReadonlySet<string>, runs: readonly string[]): ReadonlySet<string> {
  return new Set([...marked, ...runs])
}

function toggled(marked: ReadonlySet<string>, runs: readonly string[]): ReadonlySet<string> {
  const next = new Set(marked)
  for (const run of runs) if (!next.delete(run)) next.add(run)
  return next
}
