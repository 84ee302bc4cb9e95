import { useMemo } from 'react'
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Aggregate } from '../../../core/domain/group-rows.ts'
import { keyOf, kindOf, type RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunView } from '../../../core/domain/run-views.ts'
import type { GridSort } from '../../components/grid.tsx'
import { lateStorage } from '../../shell/late-storage.ts'
import { onLayoutReset } from '../../shell/layout-store.ts'
import type { RunChart } from './charts/runs-charts.tsx'
import { knownTags } from './run-marks.ts'

/** How the runs of one project are looked at. */
export type RunsLayout = {
  /** Null while nobody chose: then the usual ones are shown, new metrics and params included. */
  readonly shown: readonly RunColumnName[] | null
  readonly pinned: readonly RunColumnName[]
  readonly widths: Readonly<Record<string, number>>
  readonly sort: readonly GridSort[]
  /** Columns with one value in all runs are left out. */
  readonly onlyDiffering: boolean
  /** Runs that have the same in these stand together, the first one outermost. */
  readonly groupBy: readonly RunColumnName[]
  /** How the numbers of a group are summed up. */
  readonly aggregate: Aggregate
  /** Which chart stands under the table. */
  readonly chart: RunChart | null
}

export const usualLayout: RunsLayout = {
  shown: null,
  pinned: [],
  widths: {},
  sort: [],
  onlyDiffering: false,
  groupBy: [],
  aggregate: 'mean',
  chart: null,
}

/** More than these are there for whoever looks for them in the list of columns. */
const mostUsual = 12

/** What was kept by an older window lacks what is new. */
type Layouts = { readonly projects: Readonly<Record<string, Partial<RunsLayout>>> }

const useLayouts = create<Layouts>()(
  persist((): Layouts => ({ projects: {} }), { name: 'slipway.layout.runs', storage: lateStorage() }),
)

onLayoutReset(() => useLayouts.setState({ projects: {} }))

export function useRunsLayout(project: string): RunsLayout {
  const kept = useLayouts((now) => now.projects[project])
  return useMemo(() => ({ ...usualLayout, ...kept }), [kept])
}

export function changeRunsLayout(project: string, change: (now: RunsLayout) => Partial<RunsLayout>): void {
  useLayouts.setState(({ projects }) => {
    const now = { ...usualLayout, ...projects[project] }
    return { projects: { ...projects, [project]: { ...now, ...change(now) } } }
  })
}

/** What of the layout a saved view keeps; widths are a matter of the screen. */
export function viewOf(layout: RunsLayout, filter: string): Omit<RunView, 'name'> {
  const { sort, shown, pinned, onlyDiffering, groupBy, aggregate } = layout
  const keys = sort.map(({ id, descending }) => ({ id: id as RunColumnName, descending }))
  return { filter, sort: keys, columns: shown, pinned, onlyDiffering, groupBy, aggregate }
}

export function layoutOf({ sort, columns, pinned, onlyDiffering, groupBy, aggregate }: RunView): Partial<RunsLayout> {
  return { sort, shown: columns, pinned, onlyDiffering, groupBy, aggregate }
}

const usualFields: readonly RunColumnName[] = ['state', 'startedAt', 'durationMs', 'cachedSteps']

/** Everything that can be shown, in its usual order; ids and marks have their own place. */
export function choosable(names: readonly RunColumnName[]): readonly RunColumnName[] {
  const keyed = names.filter((name) => kindOf(name) !== 'field' && !isMark(name))
  return [...usualFields, 'experiment', ...keyed, 'tag.note']
}

/** What is shown before anybody chose. */
export function usualColumns(names: readonly RunColumnName[]): readonly RunColumnName[] {
  const some = (kind: string) => names.filter((name) => kindOf(name) === kind && !isMark(name)).slice(0, mostUsual)
  return [...usualFields, ...some('metric'), ...some('param'), ...some('tag').slice(0, 4), 'tag.note']
}

/** What several runs can have in common. */
export function isGroupable(name: RunColumnName): boolean {
  if (isMark(name)) return false
  return name === 'experiment' || name === 'state' || kindOf(name) === 'param' || kindOf(name) === 'tag'
}

function isMark(name: RunColumnName): boolean {
  return kindOf(name) === 'tag' && knownTags.includes(keyOf(name))
}

/** The pinned ones first, each once, and only what can be shown. */
export function columnsOf(
  layout: Pick<RunsLayout, 'shown' | 'pinned'>,
  names: readonly RunColumnName[],
): readonly RunColumnName[] {
  const possible = new Set<RunColumnName>(choosable(names))
  const shown = (layout.shown ?? usualColumns(names)).filter((name) => possible.has(name))
  const pinned = layout.pinned.filter((name) => shown.includes(name))
  return [...pinned, ...shown.filter((name) => !pinned.includes(name))]
}

/** Puts a column before another; one that is put among the pinned is pinned too. */
export function moveColumn(
  layout: RunsLayout,
  order: readonly RunColumnName[],
  moved: RunColumnName,
  before: RunColumnName,
): Partial<RunsLayout> {
  const rest = order.filter((name) => name !== moved)
  const at = Math.max(0, rest.indexOf(before))
  const shown = [...rest.slice(0, at), moved, ...rest.slice(at)]
  const isPinned = layout.pinned.includes(before)
  const pinned = shown.filter((name) => (name === moved ? isPinned : layout.pinned.includes(name)))
  return { shown, pinned }
}

/** A further key keeps the others; the same one again turns round, then goes. */
export function nextSort(sort: readonly GridSort[], id: string, isFurther: boolean): readonly GridSort[] {
  const now = sort.find((one) => one.id === id)
  const next = now === undefined ? { id, descending: startsDescending(id) } : { id, descending: !now.descending }
  const isOver = now !== undefined && now.descending !== startsDescending(id)
  const others = isFurther ? sort.filter((one) => one.id !== id) : []
  if (isOver) return others
  if (isFurther && now !== undefined) return sort.map((one) => (one.id === id ? next : one))
  return [...others, next]
}

/** Of numbers and times the great ones are looked for, of words the first. */
export function startsDescending(id: string): boolean {
  return id.startsWith('metric.') || id === 'startedAt' || id === 'durationMs'
}
