import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { writeBlankProject } from '../builders/blank-project.ts'
import { axeOn } from '../renderer/axe.ts'
import { makeHome, slipwayJson, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** Datasets from a file that nobody declared to a version that is restored, in the real browser host on real files. */
test.describe.configure({ mode: 'serial', timeout: 240_000 })

const pipeline = `from pathlib import Path
from slipway import step

@step
def total():
    rows = Path("data/wine.csv").read_text().splitlines()
    parts = [path.read_text() for path in sorted(Path("data/parts").glob("*.csv"))]
    return {"rows": len(rows) - 1, "parts": len(parts)}
`
const first = 'id,grape,alcohol\n1,Merlot,13.5\n2,Syrah,14.1\n3,Merlot,12.0\n'
const second = 'id,grape,alcohol,year\n1,Merlot,13.5,2019\n2,Syrah,14.4,2020\n3,Merlot,12.0,2021\n4,Gamay,11.8,2022\n'

const patient = { timeout: 60_000 }
const home = makeHome('datasets')
const folder = join(home.projects, 'cellar')
const wine = join(folder, 'data', 'wine.csv')
const settings = () => readFileSync(join(folder, 'slipway.toml'), 'utf8')
let host: WorkbenchHost
let context: BrowserContext
let page: Page
let runId: string

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000)
  writeBlankProject(folder, pipeline)
  mkdirSync(join(folder, 'data', 'parts'), { recursive: true })
  writeFileSync(wine, first)
  for (const part of ['a', 'b', 'c']) writeFileSync(join(folder, 'data', 'parts', `${part}.csv`), `x,y\n1,${part}\n`)
  host = await startWorkbench({ home, project: folder })
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(host.url)
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Data' }).click()
})

test.afterAll(async () => {
  await context?.close()
  await host?.stop()
  home.remove()
})

const main = () => page.getByRole('main', { name: 'Data' })
const tab = (name: string | RegExp) => main().getByRole('tab', { name })
const toast = (words: string | RegExp) => page.getByRole('listitem').filter({ hasText: words })

/** Nothing for axe to find on the page as it stands, in both themes. */
async function expectNoBarriers(): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator(`html[data-theme="${colorScheme}"]`)).toBeAttached()
    // A splitter stands between the landmarks and belongs to none.
    const { violations } = await axeOn(page).exclude('[role="separator"]').analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
  }
}

test('without a dataset the screen says what one is, and offers to add it', async () => {
  await expect(main().getByText('No dataset yet')).toBeVisible(patient)
  await expect(main().getByRole('button', { name: 'Add dataset' })).toBeVisible()
  await expectNoBarriers()
})

test('what a step read is marked, declared with one press, and taken back', async () => {
  runId = (await slipwayJson<{ run: { id: string } }>(home, ['-C', folder, 'run', '--trust'])).run.id
  const table = main().getByRole('table', { name: 'Files read and not declared' })
  await expect(table.getByRole('row', { name: /data\/wine.csv/ })).toContainText('step total', patient)
  await expect(table.getByRole('row')).toHaveCount(5)
  await expectNoBarriers()
  const before = settings()
  await main().getByRole('button', { name: 'Declare data/wine.csv' }).click()
  await expect(main().getByRole('link', { name: 'wine', exact: true })).toBeVisible()
  expect(settings()).toContain('[datasets.wine]\npath = "data/wine.csv"\n')
  await toast('Declared as wine').getByRole('button', { name: 'Undo' }).click()
  await expect(table.getByRole('row', { name: /data\/wine.csv/ })).toBeVisible()
  expect(settings()).toBe(before)
  await page
    .getByRole('complementary', { name: 'Data sidebar' })
    .getByRole('button', { name: 'Declare data/wine.csv' })
    .click()
  await expect(main().getByRole('row', { name: /^wine/ })).toContainText('No version yet')
})

test('a folder is added with its terms, by keyboard, and a wrong licence loses nothing', async () => {
  await main().getByRole('button', { name: 'Add dataset' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Add dataset' })
  await page.keyboard.type('data/parts')
  await expect(dialog.getByText('3 files, 24 B.')).toBeVisible()
  await expect(dialog.getByLabel('Name')).toHaveValue('parts')
  await dialog.getByLabel('Licence').fill('whatever you like!')
  await dialog.getByLabel('Purpose').fill('research, teaching')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText('is no SPDX expression', patient)
  await expectNoBarriers()
  await dialog.getByLabel('Licence').fill('CC-BY-4.0')
  await dialog.getByRole('button', { name: 'Add dataset' }).click()
  await expect(main().getByRole('heading', { name: /parts/ })).toContainText('Unchanged', patient)
  await expect(page).toHaveURL(/data\/dataset\/parts$/)
  expect(settings()).toContain('purpose = ["research", "teaching"]')
})

test('the files of a folder are listed, say how they changed, and open as tables', async () => {
  writeFileSync(join(folder, 'data', 'parts', 'a.csv'), 'x,y\n1,a\n2,a\n')
  rmSync(join(folder, 'data', 'parts', 'b.csv'))
  writeFileSync(join(folder, 'data', 'parts', 'd.csv'), 'x,y\n9,d\n')
  await tab('Files').click()
  const files = main().getByRole('table', { name: 'Files' })
  await expect(files.getByRole('row', { name: /a\.csv/ })).toContainText('Changed', patient)
  await expect(files.getByRole('row', { name: /b\.csv/ })).toContainText('Gone')
  await expect(files.getByRole('row', { name: /c\.csv/ })).toContainText('The same')
  await expect(files.getByRole('row', { name: /d\.csv/ })).toContainText('New')
  await expectNoBarriers()
  await files.getByRole('link', { name: 'data/parts/d.csv' }).click()
  await expect(page.getByRole('gridcell', { name: 'd', exact: true })).toBeVisible(patient)
  await page.goBack()
  await expect(files).toBeVisible()
  await files.getByRole('link', { name: 'data/parts/d.csv' }).click()
  await main().getByRole('heading').getByRole('link', { name: 'parts' }).click()
  await expect(main().getByText('whole, can be restored')).toBeVisible()
})

test('a version is added, with its rows, columns and statistics', async () => {
  await page.getByRole('complementary', { name: 'Data sidebar' }).getByRole('link', { name: /^wine/ }).click()
  await expect(main().getByText('Add one to record its files')).toBeVisible()
  await expectNoBarriers()
  await main().getByRole('button', { name: 'Add version' }).click()
  const columns = main().getByRole('table', { name: 'Columns' })
  await expect(columns.getByRole('row', { name: /alcohol/ })).toContainText('14.1', patient)
  await expect(main().getByRole('heading', { level: 1 })).toContainText('Licence missing')
  await expectNoBarriers()
})

test('a file that is written shows as changed by itself, and the difference is told', async () => {
  writeFileSync(wine, second)
  await expect(main().getByRole('heading', { level: 1 })).toContainText('Changed', patient)
  await tab('Changes').click()
  await expect(main().getByRole('status').filter({ hasText: 'rows' })).toContainText('column year added', patient)
  await main().getByLabel('Match rows by').selectOption('id')
  const rows = main().getByRole('table', { name: 'Rows that differ' })
  await expect(rows.getByRole('row', { name: /Changed 2/ })).toContainText('14.1 → 14.4', patient)
  await expect(rows.getByRole('row', { name: /Added 4/ })).toContainText('Gamay')
  await expect(main().getByRole('table', { name: 'Columns that differ' })).toContainText('Added')
  await expect(page).toHaveURL(/changes\?from=1&to=now&key=id$/)
  await expectNoBarriers()
  // Written again while it is looked at: compared anew by itself.
  writeFileSync(wine, second.replace('Gamay', 'Pinot'))
  await expect(rows.getByRole('row', { name: /Added 4/ })).toContainText('Pinot', patient)
  writeFileSync(wine, second)
})

test('a difference between two versions opens by its address', async () => {
  await main().getByRole('button', { name: 'Add version' }).click()
  await expect(main().getByRole('heading', { level: 1 })).toContainText('Unchanged', patient)
  await page.goto(page.url().replace(/changes.*/, 'changes?from=1&to=2&key=id'))
  await page.reload()
  await expect(main().getByRole('table', { name: 'Rows that differ' })).toContainText('Gamay', patient)
  await main().getByRole('button', { name: 'Swap both sides' }).click()
  await expect(main().getByRole('status').filter({ hasText: 'rows' })).toContainText('column year removed', patient)
})

test('versions say which runs read them, and lead there and back', async () => {
  runId = (await slipwayJson<{ run: { id: string } }>(home, ['-C', folder, 'run', '--trust'])).run.id
  await tab(/^Versions/).click()
  const versions = main().getByRole('table', { name: 'Versions' })
  await expect(versions.getByRole('row', { name: /Version 2/ })).toContainText(runId, patient)
  await expectNoBarriers()
  await versions.getByRole('link', { name: runId, exact: true }).click()
  await expect(page.getByRole('main', { name: 'Runs' }).getByRole('heading', { level: 1 })).toContainText(runId)
  await page.goBack()
  await versions.getByRole('button', { name: 'Lineage of version 2' }).click()
  await expect(main().getByText(/\d+ nodes/)).toBeVisible(patient)
  await main().getByLabel('As a picture').uncheck()
  await expect(main().getByText('total', { exact: true }).first()).toBeVisible()
})

test('a version is restored after a look at what it overwrites, and what was there is kept', async () => {
  writeFileSync(wine, `${second}5,Nebbiolo,14.0,2023\n`)
  await expect(main().getByRole('heading', { level: 1 })).toContainText('Changed', patient)
  await tab(/^Versions/).click()
  await main().getByRole('button', { name: 'Restore version 1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Restore version 1 of wine?' })
  await expect(dialog).toContainText('1 file overwritten.')
  await expect(dialog).toContainText('.slipway/trash/files')
  await expect(dialog.getByRole('list', { name: 'Files that are overwritten' })).toContainText('data/wine.csv')
  await expectNoBarriers()
  await dialog.getByRole('button', { name: 'Restore version 1' }).click()
  await expect(dialog).toBeHidden(patient)
  expect(readFileSync(wine, 'utf8')).toBe(first)
  const versions = main().getByRole('table', { name: 'Versions' })
  await expect(versions.getByRole('row', { name: /Version 3/ })).toBeVisible(patient)
  const trash = join(folder, '.slipway', 'trash', 'files')
  const kept = readdirSync(trash).map((time) => readFileSync(join(trash, time, 'data', 'wine.csv'), 'utf8'))
  expect(kept).toEqual([`${second}5,Nebbiolo,14.0,2023\n`])
  await main().getByRole('button', { name: 'Restore version 3' }).click()
  const back = page.getByRole('dialog', { name: 'Restore version 3 of wine?' })
  await back.getByLabel(/First record the files/).uncheck()
  await back.getByRole('button', { name: 'Restore version 3' }).click()
  await expect(back).toBeHidden(patient)
  expect(readFileSync(wine, 'utf8')).toContain('Nebbiolo')
})

test('terms are edited, seen at once, and taken back', async () => {
  await page.getByRole('complementary', { name: 'Data sidebar' }).getByRole('link', { name: /^wine/ }).click()
  await main().getByRole('button', { name: 'Edit terms' }).click()
  const dialog = page.getByRole('dialog', { name: 'Terms of wine' })
  await dialog.getByLabel('Licence').fill('CC0-1.0')
  await dialog.getByLabel('May be used until').fill('2020-01-31')
  await expectNoBarriers()
  await dialog.getByRole('button', { name: 'Save terms' }).click()
  const title = main().getByRole('heading', { level: 1 })
  await expect(title).toContainText('Expired', patient)
  await expect(title).not.toContainText('Licence missing')
  expect(settings()).toContain('licence = "CC0-1.0"\nexpires = "2020-01-31"\n')
  await expect(main().getByText(/slipway.toml says other terms now/)).toBeVisible()
  await toast('The terms of wine are changed').getByRole('button', { name: 'Undo' }).click()
  await expect(title).toContainText('Licence missing', patient)
  expect(settings()).not.toContain('expires')
})

test('a version is exported as a Croissant document, and no file is replaced', async () => {
  await main().getByRole('button', { name: 'Export Croissant' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export version 3 of wine' })
  await dialog.getByRole('button', { name: 'Export Croissant' }).click()
  await expect(dialog).toBeHidden(patient)
  const file = join(folder, 'exports', 'wine-3.croissant.json')
  expect(existsSync(file)).toBe(true)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ name: 'wine', '@type': 'sc:Dataset' })
  await main().getByRole('button', { name: 'Export Croissant' }).click()
  await dialog.getByRole('button', { name: 'Export Croissant' }).click()
  await expect(dialog.getByRole('alert')).toContainText('exports/wine-3.croissant.json exists already.', patient)
  await expectNoBarriers()
  await page.keyboard.press('Escape')
})

test('a dataset whose files are gone says so and can be put back', async () => {
  rmSync(wine)
  await expect(main().getByRole('heading', { level: 1 })).toContainText('Missing', patient)
  await tab('Files').click()
  await expect(
    main()
      .getByRole('table', { name: 'Files' })
      .getByRole('row', { name: /wine.csv/ }),
  ).toContainText('Gone')
  await tab(/^Versions/).click()
  await main().getByRole('button', { name: 'Restore version 2' }).click()
  const dialog = page.getByRole('dialog', { name: 'Restore version 2 of wine?' })
  await expect(dialog).toContainText('1 missing file put back')
  await dialog.getByRole('button', { name: 'Restore version 2' }).click()
  await expect(dialog).toBeHidden(patient)
  expect(readFileSync(wine, 'utf8')).toBe(second)
})
