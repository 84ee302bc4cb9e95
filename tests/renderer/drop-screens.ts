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
      name: 'data-bring-many',
      start: data,
      prepare: async (page) => {
        await page.getByRole('table', { name: 'Datasets' }).waitFor()
        await giveFile(page, 'drop', 120)
      },
    },
    {
      name: 'data-drop-inside',
      start: data,
      arrange: (core) => {
        for (let count = 0; count < 10; count++) core.writeOutside(`data/grapes-${count}.csv`, 'a,b\n')
      },
      prepare: async (page) => {
        await page.getByRole('table', { name: 'Datasets' }).waitFor()
        await page.evaluate(() => {
          const pathOfFile = ({ name }: File) => `/home/ada/projects/wine/data/${name}`
          Object.assign(window, { slipway: { pathOfFile } })
        })
        await giveFile(page, 'drop', 2)
      },
    },
    {
      name: 'data-bring-many-copying',
      start: data,
      arrange: (core) => Object.assign(core.data, { writeUpload: () => new Promise(() => undefined) }),
      prepare: (page) => copyDropped(page, 12),
    },
    {
      name: 'data-add-choose',
      start: data,
      prepare: async (page) => {
        await page.getByRole('table', { name: 'Datasets' }).waitFor()
        await page.getByRole('main').getByRole('button', { name: 'Add dataset' }).click()
        await page.getByRole('dialog').waitFor()
      },
    },
    {
      name: 'data-bring-copying',
      start: data,
      arrange: (core) => Object.assign(core.data, { writeUpload: () => new Promise(() => undefined) }),
      prepare: (page) => copyDropped(page),
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
      prepare: (page) => copyDropped(page),
    },
  ]
}

async function copyDropped(page: Page, count = 1): Promise<void> {
  await page.getByRole('table', { name: 'Datasets' }).waitFor()
  await giveFile(page, 'drop', count)
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
}

/** As the system does when somebody drags a file over the window, or lets go of it there. */
function giveFile(page: Page, kind: 'dragover' | 'drop', count = 1): Promise<void> {
  return page.evaluate(
    ([event, most]) => {
      const files = new DataTransfer()
      for (let number = 1; number <= most; number++)
        files.items.add(
          new File(['grape,ripeness\n'.repeat(99_000 / most)], most === 1 ? 'grapes.csv' : `grapes-${number}.csv`),
        )
      window.dispatchEvent(new DragEvent(event, { dataTransfer: files, cancelable: true }))
    },
    [kind, count] as const,
  )
}
