import { describe, expect, it } from 'vitest'
import { fail } from '../../../core/domain/failure.ts'
import { findBarriers, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()
const runs = '#/project/wine-grades-1f3a/runs'

describe('lineage with deleted runs', () => {
  it('leaves them out, shows and marks them when asked, and tells where one that is looked at was deleted', async () => {
    const { page, server } = await openWindow({ start: runs, trusted: true, environment: 'ready', stepMs: 5 })
    const { core } = server
    const made: string[] = []
    for (let n = 0; n < 3; n++) {
      const { job, runId } = await core.runs.start({ steps: [], params: {} })
      await see.poll(() => core.jobs.list().find(({ id }) => id === job.id)?.endedAt ?? null).not.toBeNull()
      made.push(runId)
    }
    const [gone = '', other = '', kept = ''] = made
    await page.evaluate((id) => {
      location.hash = location.hash.replace(/runs.*/, `runs/${id}`)
    }, kept)
    await page.getByRole('tab', { name: 'Lineage' }).click()
    await page.getByLabel('As a picture').uncheck()
    const table = page.getByRole('table', { name: 'Lineage' })
    await see(table.getByRole('row')).toHaveCount(17)
    await see(page.getByLabel('Show deleted')).toBeHidden()

    await core.runs.delete([gone])
    await see(table.getByRole('row')).toHaveCount(12)
    await page.getByLabel('Show deleted').check()
    await see(table.getByRole('row')).toHaveCount(17)
    await see(table.getByRole('row', { name: /Step run, deleted/ })).toHaveCount(2)
    await see(table.getByRole('link', { name: gone })).toHaveAttribute('href', /runs\/deleted$/)
    expect(await findBarriers(page)).toEqual([])
    await page.getByLabel('As a picture').check()
    await page.getByTitle('model').last().click()
    await see(page.getByRole('link', { name: 'Open the deleted runs' })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])

    // As on the page of an artifact that only deleted runs gave.
    const lineage = core.lineage as { walk: typeof core.lineage.walk }
    const { walk } = lineage
    lineage.walk = async (reference, direction, withDeleted) => {
      if (!withDeleted) throw fail('lineage/deleted', { reference })
      return walk(reference, direction, withDeleted)
    }
    await page.getByLabel('Show deleted').uncheck()
    await core.runs.delete([other])
    await see(page.getByText(/is of deleted runs alone/).first()).toBeVisible()
    await page.getByLabel('Show deleted').check()
    await see(page.getByText('16 nodes')).toBeVisible()
    await see(page.getByText(/is of deleted runs alone/)).toBeHidden()
    lineage.walk = walk
    await core.runs.restore([gone, other])
    await see(page.getByText('16 nodes')).toBeVisible()
    await page.getByLabel('Show deleted').uncheck()
    await see(page.getByLabel('Show deleted')).toBeFocused()
    await see(page.getByText('16 nodes')).toBeVisible()
  }, 240_000)
})
