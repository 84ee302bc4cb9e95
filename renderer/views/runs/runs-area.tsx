import { useRoute } from '../../routing/use-route.ts'
import type { AreaParts } from '../../shell/area.ts'
import { ComparePage } from '../compare/compare-page.tsx'
import { NewSweepPage } from '../sweeps/new-sweep-page.tsx'
import { SweepPage } from '../sweeps/sweep-page.tsx'
import { SweepsPage } from '../sweeps/sweeps-page.tsx'
import { DeletedRunsPage } from './deleted-runs-page.tsx'
import { RunPage } from './run-page.tsx'
import { RunsPage } from './runs-page.tsx'

/** `runs` is the table, `runs/ID` one run, `runs/compare?runs=A,B` what differs between some, `runs/sweeps` the sweeps, `runs/deleted` the bin. */
function RunsMain() {
  const route = useRoute()
  if (route.place !== 'project') return null
  const [first, second] = route.path
  if (first === 'compare') {
    return <ComparePage runs={(route.query.get('runs') ?? '').split(',').filter(Boolean)} />
  }
  if (first === 'deleted') return <DeletedRunsPage />
  if (first === 'sweeps') {
    if (second === undefined) return <SweepsPage />
    return second === 'new' ? <NewSweepPage /> : <SweepPage key={second} sweep={second} />
  }
  return first ? <RunPage key={first} run={first} tab={route.query.get('tab') ?? 'overview'} /> : <RunsPage />
}

export const runsArea: AreaParts = { Main: RunsMain }
