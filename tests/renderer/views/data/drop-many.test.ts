import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/data'
let work: string
let photos: string

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'drop-many-'))
  photos = join(work, 'photos')
  mkdirSync(join(photos, 'red'), { recursive: true })
  for (const path of ['a.csv', 'red/b.csv', 'red/.hidden']) writeFileSync(join(photos, path), `in ${path}`)
  writeFileSync(join(photos, 'empty.csv'), '')
  // A browser gives the entries of a folder a hundred at a time.
  for (let count = 0; count < 120; count++) writeFileSync(join(photos, 'red', `${count}.csv`), String(count))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** As the system does: only so does a browser give a folder away. */
async function dropFromDisk(page: Page, paths: readonly string[]): Promise<void> {
  const line = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await line.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data })
}

async function dropFiles(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate((given) => {
    const data = new DataTransfer()
    for (const [name, text] of Object.entries(given)) data.items.add(new File([text], name))
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }))
  }, files)
}

const openData = async () => {
  const opened = await openWindow({ start, trusted: true })
  await see(opened.page.getByRole('table', { name: 'Datasets' })).toBeVisible()
  return opened
}

describe('several files that are dropped onto the Data screen', () => {
  it('become one folder, and one dataset with the terms that are asked for', async () => {
    const { page, server } = await openData()
    await dropFiles(page, { 'wave-1.csv': 'a,b\n', 'wave-2.csv': '', 'wave-3.csv': 'c,d\n1,2\n' })
    const dialog = page.getByRole('dialog', { name: 'Copy 3 files into the project' })
    const place = dialog.getByLabel('Put them in the new folder')
    await see(place).toHaveValue('data/wave')
    await see(place).toHaveAccessibleDescription('3 files, 12 B')
    await see(dialog.getByRole('list', { name: 'What is copied' }).getByRole('listitem')).toHaveCount(3)
    expect(await findBarriers(page)).toEqual([])
    await place.fill('data')
    await see(place).toHaveAttribute('aria-invalid', 'true')
    await see(dialog.getByRole('button', { name: 'Copy' })).toHaveAttribute('aria-disabled', 'true')
    await place.fill('data/waves/')
    await page.keyboard.press('Enter')
    const add = page.getByRole('dialog', { name: 'Add dataset' })
    await see(add.getByLabel('File, folder or glob')).toHaveValue('data/waves')
    expect(server.core.data.brought.map(({ to, bytes }) => [to, bytes])).toEqual([
      ['data/waves/wave-1.csv', 'a,b\n'],
      ['data/waves/wave-2.csv', ''],
      ['data/waves/wave-3.csv', 'c,d\n1,2\n'],
    ])
    await add.getByLabel('Licence').fill('CC-BY-4.0')
    await add.getByRole('button', { name: 'Add dataset' }).click()
    await see(page).toHaveURL(/data\/dataset\/waves/)
    const added = (await server.core.data.list()).find(({ name }) => name === 'waves')
    expect(added).toMatchObject({ path: 'data/waves', licence: 'CC-BY-4.0' })
  }, 240_000)

  it('leave nothing when the dialog is left on the way', async () => {
    const { page, server } = await openData()
    const data = server.core.data as { writeUpload: typeof server.core.data.writeUpload }
    const { writeUpload } = data
    const held = Promise.withResolvers<void>()
    data.writeUpload = async (...piece) => {
      await held.promise
      return writeUpload(...piece)
    }
    await dropFiles(page, { 'a.csv': 'a', 'b.csv': 'b' })
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await see(page.getByRole('progressbar', { name: 'Copy 2 files' })).toHaveAttribute(
      'aria-valuetext',
      'Copying: a.csv',
    )
    await see.poll(() => server.core.data.uploads.size).toBe(1)
    await page.keyboard.press('Escape')
    await see(page.getByRole('dialog')).toHaveCount(0)
    held.resolve()
    await see.poll(() => server.core.data.uploads.size).toBe(0)
    expect(server.core.data.brought).toEqual([])
  }, 240_000)
})

describe('files of the project that are dropped', () => {
  it('become one dataset of exactly these where one path can say so, and else the form says how many more it takes in', async () => {
    const { page, server } = await openData()
    for (let count = 0; count < 10; count++) server.core.writeOutside(`data/wave-${count}.csv`, 'a\n')
    for (const count of [1, 22]) server.core.writeOutside(`data/red-${count}.csv`, 'a\n')
    // As the desktop app does, which knows where files lie.
    await page.evaluate(() => {
      const pathOfFile = ({ name }: File) => `/home/ada/projects/wine/data/${name}`
      Object.assign(window, { slipway: { pathOfFile } })
    })
    const add = page.getByRole('dialog', { name: 'Add dataset' })
    const place = add.getByLabel('File, folder or glob')
    await dropFiles(page, { 'red-1.csv': 'a\n', 'red-22.csv': 'a\n' })
    await see(place).toHaveValue('data/red-*.csv')
    await see(place).toHaveAccessibleDescription('2 files, 4 B.')
    await page.keyboard.press('Escape')
    await see(add).toHaveCount(0)
    await dropFiles(page, { 'wave-1.csv': 'a\n', 'wave-3.csv': 'a\n' })
    await see(place).toHaveValue('data/*.csv')
    await see(place).toHaveAccessibleDescription(/^\d+ files, .*: the 2 that you gave, and \d+ more\.$/)
    await place.fill('data/wave-?.csv')
    await see(place).toHaveAccessibleDescription('10 files, 20 B: the 2 that you gave, and 8 more.')
    await place.fill('data/red-1.csv')
    await see(place).toHaveAccessibleDescription('1 file, 2 B.')
  }, 240_000)
})

describe('a folder', () => {
  const expectPhotos = async (page: Page, brought: readonly { readonly to: string }[]) => {
    const dialog = page.getByRole('dialog', { name: 'Copy the folder photos into the project' })
    await see(dialog.getByLabel('Put them in the new folder')).toHaveAccessibleDescription(/^123 files, /)
    await see(dialog.getByText('and 23 more')).toBeVisible()
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
    await see(page.getByLabel('File, folder or glob')).toHaveValue('data/photos')
    const paths = brought.map(({ to }) => to)
    expect(paths).toHaveLength(123)
    expect(paths).toEqual(
      expect.arrayContaining(['a.csv', 'empty.csv', 'red/b.csv'].map((path) => `data/photos/${path}`)),
    )
    expect(paths.filter((path) => path.includes('hidden'))).toEqual([])
  }

  it('is dropped with all that lies below it, save hidden files', async () => {
    const { page, server } = await openData()
    await dropFromDisk(page, [photos])
    await expectPhotos(page, server.core.data.brought)
  }, 240_000)

  it('is dropped beside a file, and keeps its name', async () => {
    const { page, server } = await openData()
    await dropFromDisk(page, [photos, join(photos, 'empty.csv')])
    const dialog = page.getByRole('dialog', { name: 'Copy 2 files and folders into the project' })
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
    await see(page.getByLabel('File, folder or glob')).toHaveValue('data/files')
    const paths = server.core.data.brought.map(({ to }) => to)
    expect(paths).toEqual(expect.arrayContaining(['data/files/empty.csv', 'data/files/photos/red/b.csv']))
  }, 240_000)

  it('is chosen in the dialog of the system, by keyboard', async () => {
    const { page, server } = await openData()
    await page.getByRole('main').getByRole('button', { name: 'Add dataset' }).press('Enter')
    const add = page.getByRole('dialog', { name: 'Add dataset' })
    await see(add.getByLabel('File, folder or glob')).toBeFocused()
    expect(await findBarriers(page)).toEqual([])
    const chooser = page.waitForEvent('filechooser')
    await add.getByRole('button', { name: 'Choose a folder…' }).press('Enter')
    await (await chooser).setFiles(photos)
    await expectPhotos(page, server.core.data.brought)
  }, 240_000)
})

describe('files that are chosen in the dialog of the system', () => {
  it('may be one or several', async () => {
    const { page } = await openData()
    for (const [names, title] of [
      [['a.csv', 'empty.csv'], 'Copy 2 files into the project'],
      [['a.csv'], 'Copy a.csv into the project'],
    ] as const) {
      await page.getByRole('main').getByRole('button', { name: 'Add dataset' }).click()
      const chooser = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Choose files…' }).click()
      await (await chooser).setFiles(names.map((name) => join(photos, name)))
      await see(page.getByRole('dialog', { name: title })).toBeVisible()
      await page.keyboard.press('Escape')
    }
  }, 240_000)
})

describe('an address of the network', () => {
  it('is not fetched, and says what to do instead', async () => {
    const { page } = await openData()
    const give = (isOfThePage: boolean) =>
      page.evaluate((own) => {
        const data = new DataTransfer()
        data.setData('text/uri-list', 'https://example.org/wine.csv')
        if (own) window.dispatchEvent(new DragEvent('dragstart'))
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }))
        window.dispatchEvent(new DragEvent('dragend'))
      }, isOfThePage)
    const words = page.getByRole('region', { name: /Notifications/ }).getByText('Nothing is fetched from the network')
    await give(true)
    await see(words).toHaveCount(0)
    await give(false)
    await see(words).toBeVisible()
    await see(page.getByRole('dialog')).toHaveCount(0)
  }, 240_000)
})
