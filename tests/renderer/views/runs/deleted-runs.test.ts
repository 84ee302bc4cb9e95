import { describe, expect, it } from 'vitest'
import { fail } from '../../../../core/domain/failure.ts'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const runs = '#/project/wine-grades-1f3a/runs'

describe('deleted runs', () => {
  it('go from the table and come back: by Undo, and from among the deleted ones', async () => {
    const { page, server } = await openWindow({ start: runs, trusted: true, environment: 'ready' })
    const { core } = server
    const made: string[] = []
    for (let n = 0; n < 3; n++) {
      const { job, runId } = await core.runs.start({ steps: [], params: {} })
      await see.poll(() => core.jobs.list().find(({ id }) => id === job.id)?.endedAt ?? null).not.toBeNull()
      made.push(runId)
    }
    const grid = page.getByRole('grid', { name: 'Runs' })
    await see(grid.getByText(made[1] as string)).toBeVisible()
    await grid.getByRole('checkbox', { name: new RegExp(made[1] as string) }).click()
    const deletions: unknown[] = []
    core.runs.watch((event) => event.kind === 'deletion' && deletions.push([event.runId, event.deleted]))
    await page.getByRole('button', { name: 'Delete 1 run' }).press('Enter')
    // The toast stays for ten seconds: nothing is looked at in between.
    await page.getByRole('button', { name: 'Undo' }).click()
    await see
      .poll(() => deletions)
      .toEqual([
        [made[1], true],
        [made[1], false],
      ])
    await see(grid.getByText(made[1] as string)).toBeVisible()

    await grid.getByRole('checkbox', { name: new RegExp(made[0] as string) }).click()
    await grid.getByRole('checkbox', { name: new RegExp(made[2] as string) }).click()
    await page.getByRole('button', { name: 'Delete 2 runs' }).press('Enter')
    await see(grid.getByText(made[0] as string)).toBeHidden()
    await see(grid.getByText(made[1] as string)).toBeVisible()
    await page.getByRole('link', { name: '2 deleted runs' }).click()
    const table = page.getByRole('table', { name: 'Deleted runs' })
    await see(table.getByRole('row')).toHaveCount(3)
    expect(await findBarriers(page)).toEqual([])
    await table.getByRole('button', { name: `Restore run ${made[0]}` }).press('Enter')
    await see(table.getByRole('row')).toHaveCount(2)
    await table.getByRole('button', { name: `Restore run ${made[2]}` }).press('Enter')
    await see(page.getByText('No deleted runs', { exact: true })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    expect((await core.runs.list({})).runs.map(({ id }) => id)).toEqual([...made].reverse())

    const project = core.runs as { delete: typeof core.runs.delete }
    project.delete = async ([run = '']) => {
      throw fail('tracking/runNeeded', { run, by: 'model wine@3' })
    }
    await page.getByRole('main').getByRole('link', { name: 'Runs' }).click()
    await grid.getByRole('checkbox', { name: new RegExp(made[0] as string) }).click()
    await page.getByRole('button', { name: 'Delete 1 run' }).press('Enter')
    await see(page.getByText('model wine@3 counts on it').first()).toBeVisible()
    await see(grid.getByText(made[0] as string)).toBeVisible()
  }, 240_000)
})
