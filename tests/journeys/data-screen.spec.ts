import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test'
import { writeBlankProject } from '../builders/blank-project.ts'
import { parquetFile } from '../builders/table-files.ts'
import { axeOn } from '../renderer/axe.ts'
import { makeHome, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** A table of a million rows, looked into in the real browser host: nothing of it is ever loaded whole. */
test.describe.configure({ mode: 'serial', timeout: 180_000 })

const rows = 1_000_000
/** Laying down an order takes as long as the machine is busy. */
const patient = { timeout: 60_000 }
const home = makeHome('data-screen')
const folder = join(home.projects, 'data')
let host: WorkbenchHost
let context: BrowserContext
let page: Page
let grid: Locator

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000)
  writeBlankProject(folder, '', '[datasets.sales]\npath = "data/sales.parquet"\nlicence = "CC-BY-4.0"\n')
  mkdirSync(join(folder, 'data'))
  const wide = Array.from({ length: 40 }, (_, i) => `(i * ${i + 3}) % 1000 AS extra_${i}`).join(', ')
  const made = await parquetFile(
    `SELECT i AS id, (i * 7919) % 1000003 AS mixed, ['north', 'south', 'east', 'west'][1 + (i % 4)] AS region,
       CASE WHEN i % 10 = 0 THEN NULL ELSE (i % 977) / 10.0 END AS price,
       CASE WHEN i = 999999 THEN '=last "row"' ELSE 'note ' || i END AS note,
       {'a': i, 'b': [9007199254740993]} AS nested, ${wide} FROM range(${rows}) t(i)`,
    'ROW_GROUP_SIZE 100000',
  )
  copyFileSync(made, join(folder, 'data', 'sales.parquet'))
  writeFileSync(join(folder, 'data', 'latin.csv'), Buffer.from('name,grade\ncaf\xe9,1\n', 'latin1'))
  host = await startWorkbench({ home, project: folder })
  context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  page = await context.newPage()
  await page.goto(host.url)
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Data' }).click()
  grid = page.getByRole('grid', { name: 'Rows of data/sales.parquet' })
})

test.afterAll(async () => {
  await context?.close()
  await host?.stop()
  home.remove()
})

const rowAt = (index: number) => grid.locator(`[role="row"][aria-rowindex="${index + 2}"]`)
const cellAt = (row: number, column: number) => rowAt(row).locator(`[aria-colindex="${column}"]`)

test('a dataset opens: its first rows, its size, and what each column holds', async () => {
  await page.getByRole('navigation', { name: 'Tables' }).getByRole('link', { name: /sales/ }).click()
  await page.getByRole('button', { name: 'Open table' }).click()
  await expect(grid).toHaveAttribute('aria-rowcount', String(rows + 1))
  await expect(grid).toHaveAttribute('aria-colcount', '46')
  await expect(cellAt(0, 1)).toHaveText('0')
  await expect(cellAt(1, 5)).toHaveText('note 1')
  await expect(page.getByText('1,000,000 rows · 46 columns')).toBeVisible()
  await expect(grid.getByRole('columnheader', { name: /price/ })).toContainText('10 % null')
  await expect(grid.getByRole('columnheader', { name: /region/ })).toContainText('25 %')
  expect(await grid.getByRole('row').count()).toBeLessThan(60)
  expect(await grid.getByRole('columnheader').count()).toBeLessThan(20)
})

test('the last row and the last column are reached by keys, the middle by the scrollbar', async () => {
  await grid.focus()
  await page.keyboard.press('Control+End')
  await expect(cellAt(rows - 1, 46)).toHaveText(String(((rows - 1) * 42) % 1000))
  await page.keyboard.press('Home')
  await expect(cellAt(rows - 1, 1)).toHaveText(String(rows - 1))
  await grid.evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2
  })
  const middle = grid.getByRole('row').nth(12)
  const indexOf = async () => Number(await middle.getAttribute('aria-rowindex')) - 2
  // What is scrolled to is drawn with the next frame.
  await expect.poll(async () => Math.abs((await indexOf()) - rows / 2)).toBeLessThan(rows / 100)
  const index = await indexOf()
  await expect(cellAt(index, 1)).toHaveText(String(index))
  await page.keyboard.press('Control+Home')
  await expect(cellAt(0, 1)).toHaveText('0')
})

test('it sorts by one column and then by another', async () => {
  await grid.getByRole('button', { name: 'mixed', exact: true }).click()
  await expect(cellAt(0, 2)).toHaveText('0')
  await expect(cellAt(1, 2)).toHaveText('1')
  await grid.getByRole('button', { name: 'region', exact: true }).click()
  await grid.getByRole('button', { name: /^mixed/ }).click({ modifiers: ['Shift'] })
  await expect(cellAt(0, 3)).toHaveText('east')
  const [first, second] = await Promise.all([cellAt(0, 2).textContent(), cellAt(1, 2).textContent()])
  expect(Number(first)).toBeLessThan(Number(second))
  await expect(grid.getByRole('columnheader', { name: /^mixed/ })).toHaveAttribute('aria-sort', 'ascending')
  // Half way down, where the order had to be laid down first.
  await grid.focus()
  await page.keyboard.press('Control+End')
  await expect(cellAt(rows - 1, 46)).not.toHaveText('', patient)
  await page.keyboard.press('Home')
  await expect(cellAt(rows - 1, 3)).toHaveText('west', patient)
})

test('a filter leaves what fits, says how much that is, and can rest', async () => {
  await page.getByLabel('Column to filter').selectOption('note')
  await page.getByLabel('Value').fill('last "ROW')
  await page.getByRole('button', { name: 'Add filter' }).click()
  await expect(page.getByText('1 of 1,000,000 rows remain (<0.1 %)')).toBeVisible()
  await expect(cellAt(0, 1)).toHaveText('999999')
  await page.getByRole('button', { name: /rest$/ }).click()
  await expect(grid).toHaveAttribute('aria-rowcount', String(rows + 1))
  await page.getByRole('button', { name: /^Apply/ }).click()
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
})

test('a value is looked at whole, 64-bit numbers to the last digit', async () => {
  await cellAt(0, 6).dblclick()
  const value = page.getByRole('region', { name: 'Value', exact: true })
  await expect(value).toContainText('nested, row 1,000,000')
  await expect(value).toContainText('9007199254740993')
})

test('a range is copied with its names, and no formula with it', async () => {
  await cellAt(0, 1).click()
  await page.keyboard.press('Shift+End')
  await page.keyboard.press('Control+c')
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^id\tmixed\tregion\tprice\tnote\t.*\n999999\t\d+\twest\t[\d.]+\t"'=last ""row"""\t/)
})

test('the view is taken along as code and as a file', async () => {
  await page.getByRole('button', { name: 'As code' }).click()
  await expect(page.getByRole('dialog')).toContainText('pd.read_parquet("data/sales.parquet")')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Export' }).click()
  const file = join(folder, 'exports', 'sales-view.csv')
  await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true)
  expect(readFileSync(file, 'utf8')).toMatch(/^id,mixed,.*\n999999,\d+,west,[\d.]+,"'=last ""row""",/)
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Export' }).click()
  await expect(page.getByRole('dialog')).toContainText('exists already')
  await page.keyboard.press('Escape')
})

test('a file that cannot be read shows its beginning, and is read another way', async () => {
  await page.getByRole('link', { name: /latin/ }).click()
  await expect(page.getByText('data/latin.csv is not written in UTF-8.')).toBeVisible()
  await page.getByLabel('Encoding').selectOption('latin-1')
  await page.getByRole('button', { name: 'Read again' }).last().click()
  await expect(page.getByRole('gridcell', { name: 'café' })).toBeVisible()
})

test('axe finds nothing, in both themes', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    for (const name of [/latin/, /sales/]) {
      await page.getByRole('navigation', { name: 'Tables' }).getByRole('link', { name }).first().click()
      if (name.test('sales')) await page.getByRole('button', { name: 'Open table' }).click()
      await expect(page.getByRole('grid').getByRole('gridcell').first()).toBeVisible()
      // A splitter stands between the landmarks and belongs to none.
      const { violations } = await axeOn(page).exclude('[role="separator"]').analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
    }
  }
})
