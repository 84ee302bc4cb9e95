import { describe, expect, it } from 'vitest'
import { fail } from '../../../core/domain/failure.ts'
import { findBarriers, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/environments'

describe('the core on the Environments screen', () => {
  it('ends with its workbench until the user asks for one to be kept, which is remembered', async () => {
    const { page } = await openWindow({ start, trusted: true, environment: 'ready' })
    const section = page.getByRole('region', { name: 'Core' })
    await see(section).toContainText('Ends with its workbench')
    await see(section).toContainText('4711')
    await see(section).toContainText(/2[5-9] min ago/)
    await see(section).toContainText('184 MB')
    await see(section.getByRole('button', { name: 'Stop the kept core' })).toHaveAttribute('aria-disabled', 'true')
    const keep = section.getByLabel('Keep a core running after the window closes')
    await see(keep).toHaveValue('')
    await see(keep).toHaveAccessibleDescription(/Commands in a shell then find it/)
    await keep.selectOption('Until unused for 1 h')
    await see(keep).toHaveValue('3600000')
    expect(await findBarriers(page)).toEqual([])
    await page.reload()
    await see(keep).toHaveValue('3600000')
    await keep.selectOption('No, it ends with the window')
    await page.reload()
    await see(section).toContainText('Ends with its workbench')
    await see(keep).toHaveValue('')
  }, 240_000)

  it('says why it cannot be shown, and offers to stop nothing that is not known', async () => {
    const { page, server } = await openWindow({ start: '#/', trusted: true, environment: 'ready' })
    Object.assign(server.core.core, {
      show: async () => {
        throw fail('database/busy', { file: '/home/ada/slipway.db' })
      },
    })
    await page.evaluate((hash) => {
      location.hash = hash
    }, start)
    const section = page.getByRole('region', { name: 'Core' })
    await see(section.getByRole('alert')).toContainText('Another program holds /home/ada/slipway.db locked.')
    await see(section.getByRole('button', { name: 'Stop the kept core' })).toHaveAttribute('aria-disabled', 'true')
    await see(section.getByLabel('Keep a core running after the window closes')).toBeEnabled()
    expect(await findBarriers(page)).toEqual([])
  }, 240_000)

  it('is shown as kept where it is, and is stopped by keyboard', async () => {
    const { page } = await openWindow({ start, trusted: true, environment: 'ready', keptMs: 7_200_000 })
    const section = page.getByRole('region', { name: 'Core' })
    await see(section).toContainText('Kept until unused for 2 h')
    await section.getByRole('button', { name: 'Stop the kept core' }).focus()
    await page.keyboard.press('Enter')
    await see(page.getByText('The core that was kept ends')).toBeAttached()
    await see(section).toContainText('Ends with its workbench')
  }, 240_000)
})
