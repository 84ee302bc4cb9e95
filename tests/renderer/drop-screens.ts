import type { Page } from '@playwright/test'
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
  ]
}

/** As the system does when somebody drags a file over the window, or lets go of it there. */
function giveFile(page: Page, kind: 'dragover' | 'drop'): Promise<void> {
  return page.evaluate((event) => {
    const files = new DataTransfer()
    files.items.add(new File(['grape,ripeness\n'.repeat(99_000)], 'grapes.csv'))
    window.dispatchEvent(new DragEvent(event, { dataTransfer: files, cancelable: true }))
  }, kind)
}
