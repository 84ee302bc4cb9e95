import type { Screen } from './screenshots.ts'

const start = '#/project/wine-grades-1f3a/environments'

/** Disk space, and what is asked before anything goes. */
export function spaceScreens(): readonly Screen[] {
  return [
    {
      name: 'disk-space',
      start,
      prepare: async (page) => {
        await page.getByRole('table', { name: 'What takes space' }).scrollIntoViewIfNeeded()
        await page.getByRole('button', { name: 'Move to trash' }).scrollIntoViewIfNeeded()
      },
    },
    {
      name: 'disk-space-move',
      start,
      prepare: async (page) => {
        await page.getByRole('button', { name: 'Move to trash' }).click()
        await page.getByRole('dialog').getByRole('table').waitFor()
      },
    },
    {
      name: 'disk-space-empty',
      start,
      prepare: async (page) => {
        await page.getByRole('button', { name: 'Empty trash' }).click()
        await page.getByRole('dialog').waitFor()
      },
    },
  ]
}
