import { expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const count = 600
const start = '#/project/wine-grades-1f3a/runs'

const kernels = ['linear', 'poly', 'rbf'] as const
/** As the runs were made: their kernels come in turn, from the beginning after every 500. */
const runsOf = (kernel: (typeof kernels)[number]) =>
  Array.from({ length: count }, (_, row) => row % 500).filter(
    (like) => like % 3 === ['rbf', 'linear', 'poly'].indexOf(kernel),
  ).length

async function openGroups() {
  const { page } = await openWindow({ start, trusted: true, manyRuns: count })
  await see(page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(5)).toContainText('Completed')
  await page.getByRole('button', { name: /^Group/ }).click()
  await page.getByRole('checkbox', { name: /^kernel/ }).check()
  await page.keyboard.press('Escape')
  return { page, tree: page.getByRole('treegrid', { name: 'Runs' }) }
}

it('runs are grouped by a param, their numbers summed up, and opened and closed by keys', async () => {
  const { page, tree } = await openGroups()
  await see(tree.getByRole('row')).toHaveCount(4)
  const line = (words: string) => tree.getByRole('row', { name: new RegExp(words) })
  for (const kernel of kernels) await see(line(`kernel ${kernel} ${runsOf(kernel)} runs`)).toBeVisible()
  await tree.focus()
  await page.keyboard.press('Control+Home')
  await see(line('kernel linear')).toHaveAttribute('aria-expanded', 'false')
  await page.keyboard.press('ArrowRight')
  await see(line('kernel linear')).toHaveAttribute('aria-expanded', 'true')
  await see(tree).toHaveAttribute('aria-rowcount', String(1 + 3 + runsOf('linear')))
  await see(tree.locator('[aria-rowindex="3"]')).toHaveAttribute('aria-level', '2')
  expect(await findBarriers(page)).toEqual([])
  await page.keyboard.press('ArrowLeft')
  await see(tree).toHaveAttribute('aria-rowcount', '4')
  await page.keyboard.press('Space')
  await see(page.getByText(`${runsOf('linear')} selected`)).toBeVisible()
  await page.keyboard.press('Space')
  await see(page.getByText(`${runsOf('linear')} selected`)).toHaveCount(0)
}, 120_000)

it('a group shows the mean, the lowest or the highest, and groups stand in the order of it', async () => {
  const { page, tree } = await openGroups()
  const index = await tree.getByRole('columnheader', { name: /^accuracy/ }).getAttribute('aria-colindex')
  const shown = async () =>
    (await tree.locator(`[role="gridcell"][aria-colindex="${index}"]`).allTextContents()).map(Number)
  const labels = () => tree.locator('[role="gridcell"][aria-colindex="3"]').allTextContents()
  // The same numbers as the runs were made of.
  const noise = (like: number) => ((Math.imul(like * 31, 2_654_435_761) >>> 0) % 10_000) / 10_000
  const of = (kernel: number) =>
    Array.from({ length: count }, (_, row) => row % 500).flatMap((like) => (like % 3 === kernel ? [noise(like)] : []))
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  await see.poll(shown).toHaveLength(3)
  await see
    .poll(async () => (await shown()).map((value) => value.toFixed(3)))
    .toEqual([of(1), of(2), of(0)].map((values) => mean(values).toFixed(3)))
  await page.getByRole('button', { name: /^Group/ }).click()
  await page.getByRole('combobox', { name: 'Numbers of a group' }).selectOption('max')
  await page.keyboard.press('Escape')
  await see.poll(shown).toEqual([of(1), of(2), of(0)].map((values) => Math.max(...values)))
  await tree
    .getByRole('columnheader', { name: /^accuracy/ })
    .getByRole('button')
    .first()
    .click()
  await see.poll(async () => [...(await shown())].sort((a, b) => b - a)).toEqual(await shown())
  expect((await labels()).map((text) => text.replace(/^kernel(linear|poly|rbf).*$/, '$1')).sort()).toEqual(kernels)
}, 120_000)

it('groups within groups are opened together, and the grouping is still there after a reload', async () => {
  const { page, tree } = await openGroups()
  await page.getByRole('button', { name: /^Group/ }).click()
  await page.getByRole('checkbox', { name: /^team/ }).check()
  await page.getByRole('button', { name: 'Open all' }).click()
  await page.keyboard.press('Escape')
  // Three kernels, each with two teams and those without one.
  await see(tree).toHaveAttribute('aria-rowcount', String(1 + 3 + 9))
  await see(tree.getByRole('row', { name: /team none/ }).first()).toHaveAttribute('aria-level', '2')
  await page.reload()
  await see(tree).toHaveAttribute('aria-rowcount', '4')
  await page.getByRole('button', { name: /^Group/ }).click()
  await page.getByRole('button', { name: 'No groups' }).click()
  await see(page.getByRole('grid', { name: 'Runs' })).toHaveAttribute('aria-rowcount', String(count + 1))
}, 120_000)
