import type { Locator, Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { buildAddress, prepareWindows, see, typeAtLine, untilEditor } from '../window-under-test.ts'

const openWindow = prepareWindows()
const project = '#/project/wine-grades-1f3a'

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name }).first()

describe('a dialog gives the focus back to what opened it', () => {
  it.each([
    ['/environments', 'Move to trash', 'Escape'],
    ['/environments', 'Change limits', 'Escape'],
    ['/environments', 'Change limits', 'Cancel'],
    ['/environments', 'Empty trash', 'Close'],
    ['/data', 'Add dataset', 'Cancel'],
  ])('at %s: %s, left by %s', async (at, opener, leave) => {
    const { page } = await openWindow({ start: project + at, trusted: true, environment: 'ready' })
    const opened = page.getByRole('main').getByRole('button', { name: opener })
    await opened.press('Enter')
    const dialog = page.getByRole('dialog')
    await see(dialog).toBeVisible()
    if (leave === 'Escape') await page.keyboard.press('Escape')
    else await dialog.getByRole('button', { name: leave }).press('Enter')
    await see(dialog).toBeHidden()
    await see(opened).toBeFocused()
  })

  it('pressed with the pointer, and one dialog over another', async () => {
    const { page } = await openWindow()
    const opener = button(page, /^Start from a template/)
    await opener.click()
    const outer = page.getByRole('dialog', { name: 'Start from a template' })
    const browse = outer.getByRole('button', { name: 'Browse' })
    await browse.click()
    const inner = page.getByRole('dialog').filter({ hasNot: page.getByRole('radio') })
    await see(inner.getByRole('textbox')).toBeFocused()
    await page.keyboard.press('Escape')
    await see(browse).toBeFocused()
    await page.keyboard.press('Escape')
    await see(outer).toBeHidden()
    await see(opener).toBeFocused()
  })

  it('opened from a menu: to the button of the menu', async () => {
    const { page } = await openWindow({ start: `${project}/runs`, manyRuns: 3 })
    const views = button(page, /^Views/)
    await views.click()
    await page.getByRole('menuitem', { name: /^Save this view/ }).click()
    await see(page.getByLabel('Name')).toBeFocused()
    await page.keyboard.press('Escape')
    await see(views).toBeFocused()
  })

  it('opened from the palette, which was opened from the page: back to the page, and so when the palette only closes', async () => {
    const { page } = await openWindow({ start: `${project}/environments` })
    const opener = button(page, 'Bottom panel')
    await opener.focus()
    await page.keyboard.press('F1')
    await see(page.getByRole('combobox')).toBeFocused()
    await page.keyboard.press('Escape')
    await see(opener).toBeFocused()
    await page.keyboard.press('F1')
    await page.keyboard.type('keyboard shortcuts')
    await page.keyboard.press('Enter')
    const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await see(shortcuts).toBeFocused()
    await page.keyboard.press('Escape')
    await see(shortcuts).toBeHidden()
    await see(opener).toBeFocused()
  })

  it('to what is left where what opened it is gone', async () => {
    const { page } = await openWindow({ start: buildAddress })
    await untilEditor(page)
    await typeAtLine(page, 11, '# a note')
    await page.getByRole('button', { name: 'Close pipeline.py' }).press('Enter')
    await page.getByRole('button', { name: 'Discard changes' }).press('Enter')
    await see(page.getByRole('dialog')).toBeHidden()
    await see.poll(() => page.evaluate(() => document.activeElement?.tagName ?? 'BODY')).not.toBe('BODY')
    expect(await page.evaluate(() => document.activeElement?.isConnected)).toBe(true)
  })
})
