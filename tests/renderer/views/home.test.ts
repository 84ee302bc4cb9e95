import { expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()

/** What answers stay away until `answer` is called. */
function holdAnswers() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { answersAfter: promise, answer: resolve }
}

it('a new project is asked for before the templates are known, and what is typed then stands', async () => {
  const { answersAfter, answer } = holdAnswers()
  const { page } = await openWindow({ emptyHome: true, answersAfter })
  await page
    .getByRole('main')
    .getByRole('button', { name: /^Start with the sample project/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'Start with the sample project' })
  const folder = dialog.getByLabel('Folder of the new project')
  await folder.fill('/tmp/mine')
  await see(dialog.getByRole('button', { name: 'Create project' })).toHaveAttribute('aria-disabled', 'true')
  answer()
  await see(dialog).toContainText('A small real table, six steps')
  await see(dialog.getByRole('button', { name: 'Create project' })).not.toHaveAttribute('aria-disabled', 'true')
  await see(folder).toHaveValue('/tmp/mine')
  expect(await findBarriers(page)).toEqual([])
})

it('templates are waited for in sight, the first is chosen, and each suggests its folder', async () => {
  const { answersAfter, answer } = holdAnswers()
  const { page } = await openWindow({ emptyHome: true, answersAfter })
  await page.getByRole('button', { name: /^Start from a template/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Start from a template' })
  await see(dialog).toContainText(/templates/)
  answer()
  await see(dialog.getByRole('radio', { name: /^Tabular classification/ })).toBeChecked()
  const folder = dialog.getByLabel('Folder of the new project')
  await see(folder).toHaveValue('/home/ada/projects/tabular')
  await dialog.getByRole('radio', { name: /^Empty pipeline/ }).check()
  await see(folder).toHaveValue('/home/ada/projects/empty')
})
