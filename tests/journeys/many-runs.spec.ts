import { join } from 'node:path'
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test'
import { type ManyRuns, makeManyRuns } from '../builders/many-runs-database.ts'
import { makeHome, slipwayJson, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** The runs of years: a hundred thousand of five hundred columns, in the real browser host. */
test.describe.configure({ mode: 'serial', timeout: 240_000 })

const count = Number(process.env.SLIPWAY_MANY_RUNS ?? 100_000)
const home = makeHome('many-runs')
const folder = join(home.projects, 'many')
let made: ManyRuns
let host: WorkbenchHost
let context: BrowserContext
let page: Page
let grid: Locator

type Listed = { readonly runs: readonly { readonly id: string }[] }
const listed = async (...words: string[]) =>
  (await slipwayJson<Listed>(home, ['-C', folder, 'runs', ...words])).runs.map(({ id }) => id)
const shownIds = () =>
  grid
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') })
    .evaluateAll((rows) =>
      rows
        .map((row) => ({
          at: Number(row.getAttribute('aria-rowindex')),
          id: row.querySelector('[aria-colindex="3"]')?.textContent ?? '',
        }))
        .sort((a, b) => a.at - b.at)
        .map(({ id }) => id),
    )

test.beforeAll(async ({ browser }) => {
  test.setTimeout(600_000)
  await slipwayJson(home, ['init', folder, '--template', 'penguins'])
  made = makeManyRuns(folder, count)
  host = await startWorkbench({ home, project: folder })
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(host.url)
  await page.getByRole('navigation').getByRole('link', { name: 'Runs' }).click()
  grid = page.getByRole('grid', { name: 'Runs' })
})

test.afterAll(async () => {
  await context?.close()
  await host?.stop()
  home.remove()
})

test('all of them are there, and the newest are seen first', async () => {
  await expect(grid).toHaveAttribute('aria-rowcount', String(count + 1), { timeout: 60_000 })
  await expect(grid.getByRole('row').nth(3)).toContainText('Completed')
  expect((await shownIds()).slice(0, 20)).toEqual(await listed('--limit', '20'))
})

test('every column can be shown, and the grid is walked to its last row and its last column', async () => {
  await page.getByRole('button', { name: /^Columns/ }).click()
  await expect(page.getByText(`of ${made.metricKeys}`, { exact: false }).first()).toBeVisible()
  for (const kind of ['Metrics', 'Params']) await page.getByRole('button', { name: `Show all: ${kind}` }).click()
  await page.keyboard.press('Escape')
  const columns = Number(await grid.getAttribute('aria-colcount'))
  expect(columns).toBeGreaterThanOrEqual(made.metricKeys + made.paramKeys)
  await grid.focus()
  await page.keyboard.press('Control+End')
  const oldest = grid.locator(`[role="row"][aria-rowindex="${count + 1}"]`)
  await expect(oldest.locator(`[aria-colindex="${columns}"]`)).toBeVisible()
  const [first] = await listed('--sort', 'startedAt asc', '--limit', '1')
  await expect(oldest).toContainText(first as string, { timeout: 60_000 })
  expect(await grid.getByRole('row').count()).toBeLessThan(80)
  expect(await grid.getByRole('columnheader').count()).toBeLessThan(40)
  // By the wheel too: a long way up and to the left, until what was left behind is there again.
  await grid.evaluate((element) => element.scrollTo({ top: 0, left: 0 }))
  await expect(grid.locator('[role="row"][aria-rowindex="2"]')).toContainText(
    (await listed('--limit', '1'))[0] as string,
  )
})

test('sorted by a metric they stand as a query gives them', async () => {
  await grid
    .getByRole('columnheader', { name: /^accuracy/ })
    .getByRole('button')
    .first()
    .click()
  await expect(grid.getByRole('columnheader', { name: /^accuracy/ })).toHaveAttribute('aria-sort', 'descending')
  const expected = await listed('--sort', 'metric.evaluation.accuracy desc', '--limit', '20')
  await expect.poll(async () => (await shownIds()).slice(0, 20), { timeout: 60_000 }).toEqual(expected)
})

test('filtered with and, or and not they are those of a query', async () => {
  const filter = 'metric.evaluation.accuracy > 0.9 and (param.train.kernel = "rbf" or not tag.team) and state = failed'
  await page.getByRole('combobox', { name: 'Filter runs' }).fill(filter)
  const expected = await listed('--filter', filter, '--sort', 'metric.evaluation.accuracy desc', '--limit', '5000')
  expect(expected.length).toBeGreaterThan(count / 2_500)
  const words = `${expected.length.toLocaleString('en')} of ${count.toLocaleString('en')} runs`
  await expect(page.getByText(words)).toBeVisible({ timeout: 60_000 })
  await expect(grid).toHaveAttribute('aria-rowcount', String(expected.length + 1))
  expect((await shownIds()).slice(0, 10)).toEqual(expected.slice(0, 10))
  await page.getByRole('button', { name: 'Take away: state = failed' }).click()
  await expect(grid).not.toHaveAttribute('aria-rowcount', String(expected.length + 1))
})

test('grouped by a param they hold what the shell counts, and scattered they are all there', async () => {
  await page.getByRole('combobox', { name: 'Filter runs' }).fill('')
  await page.getByRole('button', { name: /^Group/ }).click()
  await page.getByRole('searchbox', { name: 'Search what to group by' }).fill('kernel')
  await page.getByRole('checkbox', { name: /^kernel/ }).check()
  await page.keyboard.press('Escape')
  const tree = page.getByRole('treegrid', { name: 'Runs' })
  await expect(tree).toHaveAttribute('aria-rowcount', '4', { timeout: 60_000 })
  type Grouped = { readonly groups: readonly { readonly values: Record<string, string>; readonly runs: number }[] }
  const words = ['-C', folder, 'runs', '--group', 'param.train.kernel']
  for (const { values, runs } of (await slipwayJson<Grouped>(home, words)).groups) {
    const label = new RegExp(`kernel ${values['param.train.kernel']} ${runs.toLocaleString('en')} runs`)
    await expect(tree.getByRole('row', { name: label })).toBeVisible()
  }
  await page.getByRole('button', { name: 'Charts' }).click()
  await page.getByRole('combobox', { name: 'Horizontal' }).selectOption('metric.evaluation.f1')
  await expect(page.getByRole('img', { name: new RegExp(`of ${count.toLocaleString('en')} runs`) })).toBeVisible()
  await page.getByRole('button', { name: 'Close the charts' }).click()
  await page.getByRole('button', { name: /^Group/ }).click()
  await page.getByRole('button', { name: 'No groups' }).click()
  await page.keyboard.press('Escape')
  await expect(grid).toHaveAttribute('aria-rowcount', String(count + 1))
})

test('twenty of them are marked by keys and compared', async () => {
  await grid.focus()
  await page.keyboard.press('Control+Home')
  const twenty = (await shownIds()).slice(0, 20)
  for (let run = 0; run < 20; run++) {
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
  }
  await expect(page.getByText('20 selected')).toBeVisible()
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { name: /Compare 20 runs/ })).toBeVisible()
  const metrics = page.getByRole('table', { name: 'Metrics' })
  await expect(metrics.getByRole('columnheader')).toHaveCount(21)
  for (const run of twenty) await expect(metrics.getByRole('columnheader', { name: run })).toHaveCount(1)
  await expect(metrics.getByRole('row', { name: /^evaluation\.accuracy/ })).toContainText('highest')
  const params = page.getByRole('table', { name: 'Params' })
  await expect(params).toBeVisible()
  await page
    .getByRole('button', { name: /^Show \d+ more/ })
    .last()
    .click()
  await expect(params.getByRole('row', { name: /^train\.seed/ })).toBeVisible()
})
