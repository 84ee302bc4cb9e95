import { useRoute } from '../../routing/use-route.ts'
import type { AreaParts } from '../../shell/area.ts'
import { ComparePage } from '../compare/compare-page.tsx'
import { RunPage } from './run-page.tsx'
import { RunsPage } from './runs-page.tsx'

/** `runs` is the table, `runs/ID` one run, `runs/compare?runs=A,B` what differs between some. */
function RunsMain() {
  const route = useRoute()
  if (route.place !== 'project') return null
  const [first] = route.path
  if (first === 'compare') {
    return <ComparePage runs={(route.query.get('runs') ?? '').split(',').filter(Boolean)} />
  }
  return first ? <RunPage key={first} run={first} tab={route.query.get('tab') ?? 'overview'} /> : <RunsPage />
}

export const runsArea: AreaParts = { Main: RunsMain }
