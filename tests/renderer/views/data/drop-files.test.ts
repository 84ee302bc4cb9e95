import type { Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { fail } from '../../../../core/domain/failure.ts'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/data'

/** Gives the window a file as the system does when one is dropped or pasted. */
async function give(page: Page, kinds: readonly string[], file: { readonly name: string; readonly text: string }) {
  await page.evaluate(
    ([events, name, text]) => {
      const data = new DataTransfer()
      data.items.add(new File([text], name))
      for (const kind of events) {
        const event =
          kind === 'paste'
            ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })
        document.querySelector('main')?.dispatchEvent(event)
      }
    },
    [kinds, file.name, file.text] as const,
  )
}

function pasteText(page: Page, text: string): Promise<void> {
  return page.evaluate((given) => {
    const data = new DataTransfer()
    data.setData('text/plain', given)
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
    document.querySelector('main')?.dispatchEvent(event)
  }, text)
}

describe('a file that is dropped onto the Data screen', () => {
  it('is copied to where the person says, piece by piece, and then added as a dataset', async () => {
    const { page, server } = await openWindow({ start, trusted: true })
    await see(page.getByRole('table', { name: 'Datasets' })).toBeVisible()
    // Of more than one piece, each character telling its place.
    const text = 'grape,ripeness\n'.repeat(170_000)
    await give(page, ['dragenter', 'dragover'], { name: 'grapes.csv', text: '' })
    await see(page.getByText('Drop a file, several or a folder to add them as one dataset')).toBeVisible()
    await give(page, ['drop'], { name: 'grapes.csv', text })
    await see(page.getByText('Drop a file, several or a folder to add them as one dataset')).toBeHidden()
    const dialog = page.getByRole('dialog', { name: 'Copy grapes.csv into the project' })
    const place = dialog.getByLabel('Put it at')
    await see(place).toHaveValue('data/grapes.csv')
    await see(place).toHaveAccessibleDescription(/2\.\d+ MB/)
    expect(await findBarriers(page)).toEqual([])
    await place.fill('data/wine.csv')
    await see(place).toHaveAttribute('aria-invalid', 'true')
    await see(dialog.getByRole('button', { name: 'Copy' })).toHaveAttribute('aria-disabled', 'true')
    expect(server.core.data.uploads.size + server.core.data.brought.length).toBe(0)
    await place.fill('data/2027/grapes.csv')
    await page.keyboard.press('Enter')
    const add = page.getByRole('dialog', { name: 'Add dataset' })
    await see(add.getByLabel('File, folder or glob')).toHaveValue('data/2027/grapes.csv')
    expect(server.core.data.brought.map(({ from, to }) => [from, to])).toEqual([[null, 'data/2027/grapes.csv']])
    expect(server.core.data.brought[0]?.bytes === text).toBe(true)
    await see(add.getByLabel('Name')).toHaveValue('grapes')
    await add.getByRole('button', { name: 'Add dataset' }).click()
    await see(page).toHaveURL(/data\/dataset\/grapes/)
  }, 240_000)

  it('says what went wrong on the way, keeps what was typed, and leaves nothing behind', async () => {
    const { page, server } = await openWindow({ start, trusted: true })
    await see(page.getByRole('table', { name: 'Datasets' })).toBeVisible()
    const data = server.core.data as { writeUpload: typeof server.core.data.writeUpload }
    const { writeUpload } = data
    data.writeUpload = async () => {
      throw fail('project/diskFull', { path: 'data/grapes.csv' })
    }
    await give(page, ['drop'], { name: 'grapes.csv', text: 'a,b\n1,2\n' })
    const dialog = page.getByRole('dialog', { name: 'Copy grapes.csv into the project' })
    await dialog.getByLabel('Put it at').fill('data/other.csv')
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await see(dialog.getByRole('alert')).toContainText('the disk is full')
    await see(dialog.getByLabel('Put it at')).toHaveValue('data/other.csv')
    expect(server.core.data.uploads.size).toBe(0)
    data.writeUpload = writeUpload
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await see(page.getByRole('dialog', { name: 'Add dataset' })).toBeVisible()
  }, 240_000)

  it('is refused with the reason where nothing may be written', async () => {
    const { page, server } = await openWindow({ start, trusted: true })
    await see(page.getByRole('table', { name: 'Datasets' })).toBeVisible()
    const { get } = server.core.project
    const project = server.core.project as { get: typeof get }
    project.get = () => ({ ...get(), readOnly: 'its folder lies on a read-only disk.' })
    server.dropLines()
    await see(page.getByRole('main').getByRole('button', { name: 'Add dataset' })).toHaveAttribute(
      'aria-disabled',
      'true',
    )
    await give(page, ['drop'], { name: 'grapes.csv', text: 'x' })
    await see(page.getByText(/its folder lies on a read-only disk/).first()).toBeVisible()
    await see(page.getByRole('dialog')).toHaveCount(0)
  }, 240_000)
})

describe('what is pasted onto the Data screen', () => {
  it('may be a file, or the path of one of the project, or of one outside of it', async () => {
    const { page, server } = await openWindow({ start, trusted: true })
    await see(page.getByRole('table', { name: 'Datasets' })).toBeVisible()
    await give(page, ['paste'], { name: 'pasted.csv', text: 'x' })
    await see(page.getByRole('dialog', { name: 'Copy pasted.csv into the project' })).toBeVisible()
    await page.keyboard.press('Escape')

    await pasteText(page, '/home/ada/projects/wine/data/wine.csv')
    const add = page.getByRole('dialog', { name: 'Add dataset' })
    const path = add.getByLabel('File, folder or glob')
    await see(path).toHaveValue('data/wine.csv')
    await path.fill('/srv/grapes.csv')
    await see(path).toHaveAccessibleDescription(/outside of the project/)
    await see(add.getByRole('button', { name: 'Add dataset' })).toHaveAttribute('aria-disabled', 'true')
    expect(await findBarriers(page)).toEqual([])
    await add.getByRole('button', { name: /^Copy it into the project/ }).click()
    await see(page.getByRole('dialog', { name: 'Copy grapes.csv into the project' })).toBeVisible()
    await page.keyboard.press('Escape')

    await pasteText(page, '"/srv/late grapes.csv"')
    const bring = page.getByRole('dialog', { name: 'Copy late grapes.csv into the project' })
    await see(bring.getByLabel('Put it at')).toHaveAccessibleDescription(
      /from \/srv\/late grapes\.csv|\/srv\/late grapes\.csv/,
    )
    await bring.getByRole('button', { name: 'Copy', exact: true }).click()
    await see(path).toHaveValue('data/late grapes.csv')
    expect(server.core.data.brought).toEqual([
      { from: ['/srv/late grapes.csv'], to: 'data/late grapes.csv', bytes: '' },
    ])
    // A dialog hears the keyboard from when it has the focus, a moment after it was drawn.
    await see(add.locator(':focus')).toHaveCount(1)
    await page.keyboard.press('Escape')
    await pasteText(page, 'just some words')
    await see(page.getByRole('dialog')).toHaveCount(0)
  }, 240_000)
})
