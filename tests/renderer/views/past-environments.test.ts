import { describe, expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()

describe('environments of past runs', () => {
  it('are shown with what they take, removed one by one or together, but for one in which a proof runs', async () => {
    const { page } = await openWindow({
      start: '#/project/wine-grades-1f3a/environments',
      trusted: true,
      environment: 'ready',
    })
    const table = page.getByRole('table', { name: 'Environments of past runs' })
    await see(table.getByRole('row')).toHaveCount(3)
    await see(table.getByRole('row').nth(2)).toContainText('A proof runs in it')
    expect(await findBarriers(page)).toEqual([])
    await see(page.getByRole('button', { name: /^Remove 1 \(3\d\d MB\)/ })).toBeVisible()
    const one = page.getByRole('button', { name: /^Remove the environment 3f2a/ })
    await one.focus()
    await page.keyboard.press('Enter')
    await see(table.getByRole('row')).toHaveCount(2)
    await see(page.getByRole('button', { name: /^Remove 0/ })).toHaveAttribute('aria-disabled', 'true')
    expect(await findBarriers(page)).toEqual([])
  }, 240_000)

  it('are removed from what Disk space says of them, too', async () => {
    const { page } = await openWindow({
      start: '#/project/wine-grades-1f3a/environments',
      trusted: true,
      environment: 'ready',
    })
    const section = page.getByRole('region', { name: 'Disk space' })
    await see(section).toContainText('721 MB in environments of past runs, which a proof makes again')
    await section.getByRole('button', { name: 'Remove past environments' }).press('Enter')
    await see(page.getByRole('table', { name: 'Environments of past runs' }).getByRole('row')).toHaveCount(2)
  }, 240_000)
})
