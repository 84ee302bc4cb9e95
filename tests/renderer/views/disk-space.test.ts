import { describe, expect, it } from 'vitest'
import { fail } from '../../../core/domain/failure.ts'
import type { SpaceRequest } from '../../../core/domain/space.ts'
import { findBarriers, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/environments'

describe('disk space', () => {
  it('is shown, given back and ended by keyboard, each after saying what would go', async () => {
    const { page, server } = await openWindow({ start, trusted: true, environment: 'ready' })
    const sent: SpaceRequest[] = []
    const space = server.core.space as { clear: typeof server.core.space.clear }
    const { clear } = space
    space.clear = (request) => {
      sent.push(request)
      return clear(request)
    }
    const section = page.getByRole('region', { name: 'Disk space' })
    const uses = section.getByRole('table', { name: 'What takes space' })
    await see(uses.getByRole('row', { name: /Needed by nothing/ })).toContainText('1.9 GB')
    await see(section).toContainText('214 things (1.8 GB) needed by nothing: it can go to the trash.')
    await see(section).toContainText('12.4 GB are free on the disk.')

    await section.getByRole('button', { name: 'Move to trash' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Move 214 things to the trash?' })
    await see(dialog.getByRole('table', { name: 'What would go' }).getByRole('row')).toHaveCount(6)
    await see(dialog).toContainText('And 209 smaller ones.')
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await see(dialog).toBeHidden()
    expect(sent).toEqual([])

    await section.getByRole('button', { name: 'Move to trash' }).press('Enter')
    await page.getByLabel(/Also 3 things/).check()
    const whole = page.getByRole('dialog', { name: 'Move 217 things to the trash?' })
    await whole.getByRole('button', { name: 'Move to trash' }).press('Enter')
    await see(section.getByRole('status')).toContainText(
      '217 things (1.9 GB) moved to the trash, where it can be taken back for 30 days',
    )
    await see(section).toContainText('275 things (2.5 GB) in the trash')
    await see(section.getByRole('button', { name: 'Move to trash' })).toHaveAttribute('aria-disabled', 'true')

    await section.getByRole('button', { name: 'Empty trash' }).press('Enter')
    const question = page.getByRole('dialog', { name: 'Empty the trash now?' })
    await see(question).toContainText('275 things (2.5 GB) in it end for good')
    expect(await findBarriers(page)).toEqual([])
    await question.getByRole('button', { name: 'Empty trash' }).press('Enter')
    await see(section.getByRole('status')).toContainText(
      '275 things (2.5 GB) ended. The file of the records is 41 MB smaller. 14.9 GB are free',
    )
    await see(section.getByRole('button', { name: 'Empty trash' })).toHaveAttribute('aria-disabled', 'true')
    expect(sent).toEqual([{ olderThanMs: 0 }, { emptyTrash: true }])
    expect(await findBarriers(page)).toEqual([])
  }, 240_000)

  it('says what keeps it from being known or done, and where nothing is to be given back', async () => {
    const { page, server } = await openWindow({ start, trusted: true, environment: 'ready' })
    const section = page.getByRole('region', { name: 'Disk space' })
    const space = server.core.space as {
      -readonly [Name in keyof typeof server.core.space]: (typeof server.core.space)[Name]
    }
    await see(section.getByRole('button', { name: 'Empty trash' })).toBeEnabled()
    space.clear = () => {
      throw fail('store/folderReplaced', { folder: '/home/ada/projects/wine/.slipway/trash' })
    }
    await section.getByRole('button', { name: 'Empty trash' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Empty trash' }).press('Enter')
    await see(section.getByRole('alert')).toContainText('leads elsewhere')
    expect(await findBarriers(page)).toEqual([])

    space.survey = async () => {
      throw fail('store/blobHurt', { digest: 'sha256:ab', found: 'sha256:cd' })
    }
    await page.reload()
    await see(section.getByRole('alert')).toContainText('no longer match their digest')
    await see(section.getByRole('button', { name: 'Move to trash' })).toHaveAttribute('aria-disabled', 'true')
  }, 240_000)
})
