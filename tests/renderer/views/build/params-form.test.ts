import { expect, it } from 'vitest'
import { buildAddress, findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()

it('what is wrong with a param is said at its field, and nothing below it moves', async () => {
  const { page } = await openWindow({ start: buildAddress })
  await page.getByRole('treeitem', { name: /^model, / }).click()
  const trees = page.getByLabel(/^trees/)
  const below = page.getByLabel(/^max_depth/)
  const gap = async () => ((await below.boundingBox())?.y ?? 0) - ((await trees.boundingBox())?.y ?? 0)
  await see(trees).toHaveValue('120')
  const before = await gap()
  expect(before).toBeGreaterThan(0)
  await trees.fill('many')
  await trees.press('Enter')
  await see(trees).toHaveAttribute('aria-invalid', 'true')
  await see(trees).toHaveAccessibleDescription('A whole number is needed, for example 120.')
  expect(await gap()).toBe(before)
  expect(await findBarriers(page)).toEqual([])
  await trees.fill('90')
  await trees.press('Enter')
  await see(trees).toHaveAccessibleDescription('Set for the next run. In the code: 120')
  expect(await gap()).toBe(before)
}, 240_000)
