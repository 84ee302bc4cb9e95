import { fail } from '../../core/domain/failure.ts'
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
    {
      name: 'disk-space-loading',
      start,
      arrange: (core) => Object.assign(core.space, { survey: () => new Promise(() => undefined) }),
      prepare: (page) => page.getByText('what takes space').scrollIntoViewIfNeeded(),
    },
    {
      name: 'disk-space-unknown',
      start,
      arrange: (core) =>
        Object.assign(core.space, {
          survey: async () => {
            throw fail('store/blobHurt', { digest: 'sha256:ab', found: 'sha256:cd' })
          },
        }),
      prepare: (page) => page.getByRole('region', { name: 'Disk space' }).getByRole('alert').scrollIntoViewIfNeeded(),
    },
    {
      name: 'disk-space-refused',
      start,
      arrange: (core) =>
        Object.assign(core.space, {
          clear: () => {
            throw fail('store/folderReplaced', { folder: '/home/ada/projects/wine/.slipway/trash' })
          },
        }),
      prepare: async (page) => {
        const section = page.getByRole('region', { name: 'Disk space' })
        await section.getByRole('button', { name: 'Empty trash' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Empty trash' }).click()
        await section.getByRole('alert').scrollIntoViewIfNeeded()
      },
    },
    {
      name: 'disk-space-emptied',
      start,
      prepare: async (page) => {
        const section = page.getByRole('region', { name: 'Disk space' })
        await section.getByRole('button', { name: 'Empty trash' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Empty trash' }).click()
        await section.getByText(/ended/).scrollIntoViewIfNeeded()
      },
    },
    {
      name: 'core-loading',
      start,
      arrange: (core) => Object.assign(core.core, { show: () => new Promise(() => undefined) }),
      prepare: (page) => page.getByRole('region', { name: 'Core' }).scrollIntoViewIfNeeded(),
    },
    {
      name: 'core-unknown',
      start,
      arrange: (core) =>
        Object.assign(core.core, {
          show: async () => {
            throw fail('database/busy', { file: '/home/ada/projects/wine/.slipway/slipway.db' })
          },
        }),
      prepare: (page) => page.getByRole('region', { name: 'Core' }).getByRole('alert').scrollIntoViewIfNeeded(),
    },
  ]
}
