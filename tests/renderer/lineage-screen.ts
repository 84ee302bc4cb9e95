import type { Page } from '@playwright/test'
import type { Screen } from './screenshots.ts'

/** Two runs, one of them deleted, and what came of both. */
export function lineageOfDeleted(start: string, runOnce: (page: Page) => Promise<void>): Screen {
  return {
    name: 'lineage-deleted',
    start,
    prepare: async (page) => {
      await runOnce(page)
      await page.getByRole('treeitem', { name: /^model/ }).click()
      const trees = page.getByLabel(/^trees/)
      if (!(await trees.isVisible())) await page.getByRole('button', { name: 'Inspector' }).click()
      await trees.fill('200')
      await trees.press('Enter')
      await page.getByRole('button', { name: 'Run stale (3)' }).click()
      await page.getByText(/^Done .*\(3 cached\)/).waitFor()
      await page.getByRole('link', { name: 'Runs' }).first().click()
      await page.getByRole('grid', { name: 'Runs' }).getByRole('checkbox').last().click()
      await page.getByRole('button', { name: 'Delete 1 run' }).click()
      await page.getByRole('link', { name: '1 deleted run' }).waitFor()
      const mark = page.getByRole('grid', { name: 'Runs' }).getByRole('checkbox').last()
      const [id = ''] = /[0-9a-z]{8,}/.exec((await mark.getAttribute('aria-label')) ?? '') ?? []
      await page.evaluate((run) => {
        location.hash = location.hash.replace(/runs.*/, `runs/${run}`)
      }, id)
      await page.getByRole('tab', { name: 'Lineage' }).click()
      await page.getByLabel('Show deleted').check()
      await page.getByTitle('model').last().click()
    },
  }
}
