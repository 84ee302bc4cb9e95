import { createManyRuns } from '../fakes/many-runs.ts'
import type { Screen } from './screenshots.ts'

const manyRuns = 1_000

/** The table of a thousand runs, and some of them beside each other: the page as far down as its charts. */
export function manyRunsScreens(runs: string): readonly Screen[] {
  const newest = createManyRuns(manyRuns).newest(3)
  return [
    { name: 'runs', start: runs, manyRuns },
    {
      name: 'runs-compare',
      start: `${runs}/compare?runs=${newest.map(({ id }) => id).join(',')}`,
      manyRuns,
      prepare: (page) => page.getByRole('figure').first().getByRole('img').scrollIntoViewIfNeeded(),
    },
    {
      name: 'runs-parallel',
      start: runs,
      manyRuns,
      prepare: async (page) => {
        await page.getByRole('button', { name: 'Charts' }).click()
        await page.getByRole('tab', { name: 'Parallel coordinates' }).click()
      },
    },
  ]
}
