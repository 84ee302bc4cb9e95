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

it('says of a project and of a folder that their disk does not answer, and leads back from there', async () => {
  const { page } = await openWindow()
  const known = page.getByRole('listitem').filter({ hasText: 'Harbour sounds' })
  await see(known.getByText('Disk does not answer')).toBeVisible()
  await see(known.getByRole('button', { name: /^Harbour sounds/ })).toHaveAttribute('aria-disabled', 'true')
  expect(await findBarriers(page)).toEqual([])
  await page.getByRole('button', { name: /^Open a folder/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'projects' }).press('Enter')
  const archive = dialog.getByRole('button', { name: 'archive Disk does not answer' })
  await see(archive).toBeVisible()
  expect(await findBarriers(page)).toEqual([])
  await archive.press('Enter')
  await see(dialog.getByRole('alert')).toContainText('The disk of the folder')
  expect(await findBarriers(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Back to your own folder' }).press('Enter')
  await see(dialog.getByRole('list', { name: 'Folders in /home/ada' })).toBeVisible()
})
