import { expect, it } from 'vitest'
import { fail } from '../../../../core/domain/failure.ts'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const project = '#/project/wine-grades-1f3a'

it('asks for the runs again where the first list of them could not be had', async () => {
  const { page, server } = await openWindow({ start: `${project}/environments`, manyRuns: 30 })
  await see(page.getByRole('heading', { name: /^Environment/, level: 1 })).toBeVisible()
  const runs = server.core.runs as { list: typeof server.core.runs.list }
  const { list } = runs
  let asked = 0
  runs.list = async () => {
    asked++
    throw fail('host/unexpected', { defect: 'no answer' })
  }
  await page.evaluate((hash) => {
    location.hash = hash
  }, `${project}/runs`)
  const main = page.getByRole('main', { name: 'Runs' })
  const again = main.getByRole('button', { name: 'Try again' })
  await see(main.getByRole('alert')).toBeVisible()
  expect(await findBarriers(page)).toEqual([])
  const before = asked
  await again.press('Enter')
  await see.poll(() => asked).toBeGreaterThan(before)
  await see(again).toBeFocused()
  runs.list = list
  await page.keyboard.press('Enter')
  await see(main.getByRole('grid', { name: 'Runs' }).getByText('Completed').first()).toBeVisible()
  await see(again).toHaveCount(0)
  await see(main).toBeFocused()
}, 240_000)
