import type { Page } from '@playwright/test'
import { fail } from '../../core/domain/failure.ts'
import type { Screen } from './screenshots.ts'

/** What the Data screen shows of a file that comes from outside, for the pictures. */
export function dropScreens(data: string): readonly Screen[] {
  return [
    {
      name: 'data-drop',
      start: data,
      prepare: async (page) => {
        await page.getByRole('table', { name: 'Datasets' }).waitFor()
        await giveFile(page, 'dragover')
      },
    },
    {
      name: 'data-bring',
      start: data,
      prepare: async (page) => {
        await page.getByRole('table', { name: 'Datasets' }).waitFor()
        await giveFile(page, 'drop')
      },
    },
    {
      name: 'data-bring-copying',
      start: data,
      arrange: (core) => Object.assign(core.data, { writeUpload: () => new Promise(() => undefined) }),
      prepare: copyDropped,
    },
    {
      name: 'data-bring-failed',
      start: data,
      arrange: (core) =>
        Object.assign(core.data, {
          writeUpload: async () => {
            throw fail('project/diskFull', { path: 'data/grapes.csv' })
          },
        }),
      prepare: copyDropped,
    },
  ]
}

async function copyDropped(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'Datasets' }).waitFor()
  await giveFile(page, 'drop')
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
}

/** As the system does when somebody drags a file over the window, or lets go of it there. */
function giveFile(page: Page, kind: 'dragover' | 'drop'): Promise<void> {
  return page.evaluate((event) => {
    const files = new DataTransfer()
    files.items.add(new File(['grape,ripeness\n'.repeat(99_000)], 'grapes.csv'))
    window.dispatchEvent(new DragEvent(event, { dataTransfer: files, cancelable: true }))
  }, kind)
}
