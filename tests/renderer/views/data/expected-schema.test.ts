import { expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()

it('the columns of the newest version are expected from now on by one press, and no more by another', async () => {
  const { page, server } = await openWindow({ start: '#/project/wine-grades-1f3a/data/dataset/wine', trusted: true })
  const set = page.getByRole('button', { name: 'Expect these columns' })
  const clear = page.getByRole('button', { name: 'Expect nothing' })
  await see(clear).toHaveAttribute('aria-disabled', 'true')
  await set.focus()
  await page.keyboard.press('Enter')
  await see(page.getByText('As expected', { exact: true })).toBeVisible()
  await see(set).toBeFocused()
  await see(set).toHaveAttribute('aria-disabled', 'true')
  expect(await findBarriers(page)).toEqual([])
  const { list } = server.core.data
  const data = server.core.data as { list: typeof list }
  data.list = async () =>
    (await list()).map((one) => ({ ...one, expectedSchema: { ...one.expectedSchema, vintage: 'int64' } }))
  server.dropLines()
  await see(page.getByRole('list', { name: 'What is not as expected' })).toContainText('column vintage is missing')
  await see(page.getByText('Not as expected')).toBeVisible()
  expect(await findBarriers(page)).toEqual([])
  data.list = list
  await clear.click()
  await see(page.getByText('Not as expected')).toBeHidden()
  await see(clear).toHaveAttribute('aria-disabled', 'true')
}, 240_000)
