import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { findBarriers, prepareWindows, see, type WindowUnderTest } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/runs'
const filter = 'param.train.kernel = "rbf"'

async function openRuns(address = start) {
  const window = await openWindow({ start: address, trusted: true, manyRuns: 600 })
  await see(window.page.getByRole('button', { name: 'Views' }).or(window.page.getByText('Good ones'))).toBeVisible()
  return window
}

async function saveView({ page }: WindowUnderTest): Promise<void> {
  await page.getByRole('combobox', { name: 'Filter runs' }).fill(filter)
  await page
    .getByRole('columnheader', { name: /^accuracy/ })
    .getByRole('button')
    .first()
    .click()
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: /^Save this view/ }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Good ones')
  await page.keyboard.press('Enter')
  await see(page.getByRole('button', { name: 'Good ones' })).toBeVisible()
}

it('a view is saved into the project, used again, shared as a file, and removed with a way back', async () => {
  const window = await openRuns()
  const { page, server } = window
  await saveView(window)
  const kept = JSON.parse((await server.core.project.readFile('runs-views.json')).text)
  expect(kept.views).toMatchObject([{ name: 'Good ones', filter, sort: [{ id: 'metric.evaluation.accuracy' }] }])
  await page.getByRole('button', { name: 'Clear the filter' }).first().click()
  await page.getByRole('button', { name: 'Views' }).click()
  expect(await findBarriers(page, '[role="menu"]')).toEqual([])
  await page.getByRole('menuitem', { name: /^Good ones/ }).click()
  await see(page.getByRole('combobox', { name: 'Filter runs' })).toHaveValue(filter)
  await see(page.getByRole('columnheader', { name: /^accuracy/ })).toHaveAttribute('aria-sort', 'descending')
  await page.getByRole('button', { name: 'Good ones' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save it as a file' }).click(),
  ])
  const shared = JSON.parse(await readFile(await file.path(), 'utf8'))
  expect(shared).toMatchObject({ name: 'Good ones', filter })
  await page.getByRole('button', { name: 'Good ones' }).click()
  await page.getByRole('menuitem', { name: /^Remove/ }).click()
  await see(page.getByRole('button', { name: 'Views' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await see(page.getByRole('button', { name: 'Good ones' })).toBeVisible()
  await page.locator('input[type=file]').setInputFiles({
    name: 'view.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ name: 'Failed ones', filter: 'state = failed' })),
  })
  await see(page.getByRole('button', { name: 'Failed ones' })).toBeVisible()
  await page.locator('input[type=file]').setInputFiles({
    name: 'broken.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"name": "x", "columns": ["what"]}'),
  })
  await see(page.getByText(/broken\.json cannot be read: view 1: "what" is no column/).first()).toBeVisible()
}, 120_000)

it('an address brings a view, and one that cannot be read changes nothing', async () => {
  const link = encodeURIComponent(JSON.stringify({ name: 'Shared', filter, groupBy: ['tag.team'] }))
  const { page } = await openRuns(`${start}?view=${link}`)
  await see(page.getByRole('combobox', { name: 'Filter runs' })).toHaveValue(filter)
  await see(page.getByRole('treegrid', { name: 'Runs' }).getByRole('row')).toHaveCount(4)
  await see(page).toHaveURL(/runs$/)
  await page.evaluate(() => {
    location.hash = `${location.hash}?view=nonsense`
  })
  await see(page.getByText('The address holds no view that can be read').first()).toBeVisible()
  await see(page.getByRole('combobox', { name: 'Filter runs' })).toHaveValue(filter)
}, 120_000)

it('what another wrote into the file that is no list of views is said, and the file is kept', async () => {
  const window = await openRuns()
  window.server.core.writeOutside('runs-views.json', 'mine')
  const { page } = window
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: /^Save this view/ }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Good ones')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await see(page.getByRole('dialog').getByRole('alert')).toContainText('it is no JSON')
  expect((await window.server.core.project.readFile('runs-views.json')).text).toBe('mine')
}, 120_000)
