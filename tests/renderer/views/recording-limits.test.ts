import { describe, expect, it } from 'vitest'
import { fail } from '../../../core/domain/failure.ts'
import { findBarriers, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/environments'

describe('what runs keep', () => {
  it('is shown and changed by keyboard; a size that is none is said at its field, and an empty one is the usual', async () => {
    const { page, server } = await openWindow({ start, trusted: true, environment: 'ready' })
    const section = page.getByRole('region', { name: 'What runs keep' })
    await see(section).toContainText('up to 1 GB each, 4 GB a run')
    await see(section).toContainText('up to 256 MB, half from each end')
    await section.getByRole('button', { name: 'Change limits' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'What runs keep' })
    const log = dialog.getByLabel('What one step prints')
    await see(log).toHaveValue('256 MB')
    await log.fill('much')
    await see(log).toHaveAttribute('aria-invalid', 'true')
    await see(log).toHaveAccessibleDescription(/Usually 256 MB.*Write a size above zero/)
    await see(dialog.getByRole('button', { name: 'Save limits' })).toHaveAttribute('aria-disabled', 'true')
    expect(await findBarriers(page)).toEqual([])

    await log.fill('1.5 GB')
    await dialog.getByLabel('A file that a step reads').fill('')
    const sent: unknown[] = []
    const { changeRecording } = server.core.project
    const project = server.core.project as { changeRecording: typeof changeRecording }
    project.changeRecording = async () => {
      throw fail('project/readOnly', { reason: 'the system does not let slipway.toml be written (EACCES)' })
    }
    await page.keyboard.press('Enter')
    await see(dialog.getByRole('alert')).toContainText('slipway.toml')
    project.changeRecording = async (change) => {
      sent.push(change)
      return changeRecording(change)
    }
    await log.press('Enter')
    await see(dialog).toBeHidden()
    expect(sent).toEqual([{ keepFile: null, keepRun: '4 GB', keepLog: '1.5 GB' }])
    await see(section).toContainText('up to 1.5 GB, half from each end')
  }, 240_000)
})
