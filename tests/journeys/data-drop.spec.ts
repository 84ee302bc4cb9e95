import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { writeBlankProject } from '../builders/blank-project.ts'
import { axeOn } from '../renderer/axe.ts'
import { makeHome, slipwayJson, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** What is dropped and chosen on the Data screen goes through a real browser and the real host onto the disk. */
test.describe.configure({ mode: 'serial', timeout: 240_000 })

const pipeline = 'from slipway import step\n\n@step\ndef one():\n    return {"value": 1}\n'
const patient = { timeout: 60_000 }
const home = makeHome('drop')
const folder = join(home.projects, 'cellar')
const outside = join(home.projects, '..', 'outside')
const photos = join(outside, 'photos')
let host: WorkbenchHost
let page: Page

test.beforeAll(async ({ browser }) => {
  writeBlankProject(folder, pipeline)
  mkdirSync(join(photos, 'red'), { recursive: true })
  for (const path of ['photos/a.csv', 'photos/red/b.csv', 'photos/.hidden', 'wave-1.csv', 'wave-2.csv'])
    writeFileSync(join(outside, path), `x,y\n1,${path}\n`)
  // More than one piece of what is sent, and not one byte.
  writeFileSync(join(photos, 'red', 'large.bin'), Buffer.alloc(2_500_000, 'wine'))
  writeFileSync(join(photos, 'empty.csv'), '')
  host = await startWorkbench({ home, project: folder })
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page.setDefaultTimeout(60_000)
  await page.goto(host.url)
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Data' }).click()
})

test.afterAll(async () => {
  await page?.context().close()
  await host?.stop()
  home.remove()
})

const main = () => page.getByRole('main', { name: 'Data' })
const add = () => page.getByRole('dialog', { name: 'Add dataset' })

/** As the system does: only so does a browser give a folder away. */
async function drop(paths: readonly string[]): Promise<void> {
  const line = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await line.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data })
}

async function addAs(name: string): Promise<void> {
  await add().getByLabel('Name').fill(name)
  await add().getByRole('button', { name: 'Add dataset' }).click()
  await expect(main().getByRole('heading', { name: new RegExp(name) })).toContainText('Unchanged', patient)
  await page.getByRole('link', { name: 'All datasets' }).click()
}

function expectSame(copied: string, paths: readonly string[]): void {
  for (const path of paths)
    expect(readFileSync(join(folder, copied, path)).equals(readFileSync(join(photos, path))), path).toBe(true)
}

test('a folder that is dropped is copied with all below it, save hidden files, and becomes a dataset', async () => {
  await expect(main().getByRole('button', { name: 'Add dataset' })).toBeVisible(patient)
  await drop([photos])
  const dialog = page.getByRole('dialog', { name: 'Copy the folder photos into the project' })
  await expect(dialog.getByLabel('Put them in the new folder')).toHaveValue('data/photos')
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(add().getByLabel('File, folder or glob')).toHaveValue('data/photos', patient)
  expectSame('data/photos', ['a.csv', 'empty.csv', 'red/b.csv', 'red/large.bin'])
  expect(existsSync(join(folder, 'data/photos/.hidden'))).toBe(false)
  await addAs('photos')
  const shown = await slipwayJson<{ dataset: unknown }>(home, ['-C', folder, 'data', 'show', 'photos'])
  expect(shown.dataset).toMatchObject({ path: 'data/photos', fileCount: 4 })
})

test('several files that are dropped become one folder; one that is there already is not replaced', async () => {
  const waves = ['wave-1.csv', 'wave-2.csv'].map((name) => join(outside, name))
  await drop(waves)
  const dialog = page.getByRole('dialog', { name: 'Copy 2 files into the project' })
  const place = dialog.getByLabel('Put them in the new folder')
  await place.fill('data/photos')
  await expect(place).toHaveAttribute('aria-invalid', 'true')
  const { violations } = await axeOn(page).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
  await place.fill('data/waves')
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(add().getByLabel('File, folder or glob')).toHaveValue('data/waves', patient)
  expect(readdirSync(join(folder, 'data/waves')).sort()).toEqual(['wave-1.csv', 'wave-2.csv'])
  await addAs('waves')
})

test('a folder that is chosen in the dialog of the system comes the same way', async () => {
  await main().getByRole('button', { name: 'Add dataset' }).click()
  const chooser = page.waitForEvent('filechooser')
  await add().getByRole('button', { name: 'Choose a folder…' }).click()
  await (await chooser).setFiles(photos)
  const dialog = page.getByRole('dialog', { name: 'Copy the folder photos into the project' })
  await dialog.getByLabel('Put them in the new folder').fill('data/chosen')
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(add().getByLabel('File, folder or glob')).toHaveValue('data/chosen', patient)
  expectSame('data/chosen', ['a.csv', 'empty.csv', 'red/b.csv', 'red/large.bin'])
  await addAs('chosen')
})
