import { describe, expect, it } from 'vitest'
import { buildAddress, findBarriers, prepareWindows, runStale, see, untilEditor } from './window-under-test.ts'

const openWindow = prepareWindows()

describe('axe finds nothing, in light and in dark', () => {
  it('on Home', async () => {
    const { page } = await openWindow()
    await see(page.getByRole('heading', { name: 'This computer' })).toBeVisible()
    await see(page.getByText('Docker is installed')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
  })

  it('in the folder picker and in the template dialog', async () => {
    const { page } = await openWindow()
    await page.getByRole('button', { name: /^Open a folder/ }).click()
    await see(page.getByRole('button', { name: 'projects' })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: /^Start from a template/ }).click()
    await see(page.getByRole('dialog')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
  })

  it('in Build, before and after a run, with each kind of output', async () => {
    const { page } = await openWindow({ start: buildAddress, trusted: true })
    await untilEditor(page)
    expect(await findBarriers(page)).toEqual([])
    await runStale(page)
    for (const step of ['clean', 'model', 'evaluation', 'confusion']) {
      await page.getByRole('treeitem', { name: new RegExp(`^${step}, `) }).click()
      await see(page.getByRole('region', { name: 'Outputs' }).getByRole('tab', { selected: true })).toContainText(step)
      expect(await findBarriers(page, '[aria-label="Outputs"]')).toEqual([])
    }
    await page.keyboard.press('Control+Shift+J')
    await see(page.getByRole('tab', { name: 'Jobs' })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
  }, 180_000)

  it('in a step that is cached with a reservation, and on a run with what its steps were seen to do', async () => {
    const { page } = await openWindow({ start: buildAddress, trusted: true })
    await runStale(page)
    await page.getByRole('treeitem', { name: /^raw, / }).click()
    await see(page.getByText(/^It started another program \(unzip at pipeline.py:14\)/)).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    await page.evaluate(() => {
      location.hash = location.hash.replace(/build.*/, 'runs/1f3ac0de')
    })
    const overview = page.getByRole('region', { name: 'Overview of the run' })
    await see(overview.getByText('wrote outside the project (~/Desktop/confusion.svg)')).toBeVisible()
    await overview.locator('summary', { hasText: 'raw' }).click()
    await see(overview.getByText('Files taken as read (1)')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
  }, 180_000)

  it('in a failed step, the palette and the list of shortcuts', async () => {
    const { page, server } = await openWindow({ start: buildAddress, trusted: true })
    server.core.failAt('clean')
    await runStale(page, /^Failed/)
    await page.getByRole('treeitem', { name: /^clean, / }).click()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('F1')
    await see(page.getByRole('combobox')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.type('keyboard shortcuts')
    await page.keyboard.press('Enter')
    await see(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
  })
})

describe('by keyboard alone', () => {
  it('Tab leaves the editor after Control M, as its hint says', async () => {
    const { page } = await openWindow({ start: buildAddress })
    await untilEditor(page)
    await page.locator('.monaco-editor .view-line').first().click()
    await see(page.getByText('Tab indents. Ctrl+M changes that.')).toBeVisible()
    await page.keyboard.press('Control+m')
    await see(page.getByText('Tab leaves the editor.')).toBeVisible()
    await see(page.getByRole('contentinfo')).toContainText('Tab moves focus')
    for (let press = 0; press < 4; press++) await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('.monaco-editor') === null)).toBe(true)
  })

  it('walks graph and outline with arrows, one selection for both', async () => {
    const { page } = await openWindow({ start: buildAddress })
    const graph = page.getByRole('group', { name: /^Pipeline graph/ })
    await graph.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await see(page.getByRole('treeitem', { name: /^clean/ })).toHaveAttribute('aria-selected', 'true')
    await page.getByRole('treeitem', { name: /^clean/ }).focus()
    await page.keyboard.press('ArrowDown')
    await see(page.getByRole('treeitem', { name: /^split/ })).toBeFocused()
  })

  it('moves between panes with F6 and between areas with Control and a number', async () => {
    const { page } = await openWindow({ start: buildAddress })
    await untilEditor(page)
    const seen = new Set<string | null>()
    for (let press = 0; press < 8; press++) {
      await page.keyboard.press('F6')
      seen.add(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null))
    }
    expect([...seen]).toEqual(expect.arrayContaining(['Areas', 'Build', 'Inspector', 'Editor', 'Graph', 'Outputs']))
    await page.keyboard.press('Control+1')
    await see(page.getByRole('main', { name: 'Home' })).toBeVisible()
  })

  it('shows in the palette what cannot be done now, and why', async () => {
    const { page } = await openWindow({ start: buildAddress })
    await see(page.getByRole('contentinfo')).toContainText('Stale 6')
    await page.keyboard.press('Control+Shift+P')
    await page.keyboard.type('stop')
    await see(page.getByRole('option', { name: /Stop the run/ })).toContainText('Nothing is running.')
    await see(page.getByRole('option', { name: /Stop the run/ })).toHaveAttribute('aria-disabled', 'true')
    await page.keyboard.press('Escape')
    await see(page.getByRole('combobox')).toBeHidden()
  })

  it('resizes panes with arrow keys', async () => {
    const { page } = await openWindow({ start: buildAddress })
    const line = page.getByRole('separator', { name: 'Resize sidebar and middle' })
    await line.focus()
    const before = await line.getAttribute('aria-valuenow')
    await page.keyboard.press('ArrowRight')
    await see(line).not.toHaveAttribute('aria-valuenow', before as string)
  })
})

it('stands still for those who ask for less motion', async () => {
  const { page } = await openWindow({ start: buildAddress })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const durations = await page.evaluate(() =>
    [...document.querySelectorAll('button')].map((button) => getComputedStyle(button).transitionDuration),
  )
  expect(durations.every((duration) => duration.split(',').every((part) => Number.parseFloat(part) < 0.001))).toBe(true)
})

it('needs no sideways scrolling at 900 pixels, with text and graph as tabs', async () => {
  const { page } = await openWindow({ start: buildAddress, width: 900, height: 600 })
  await see(page.getByRole('tab', { name: 'Graph' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(900)
  await page.getByRole('tab', { name: 'Graph' }).click()
  await see(page.getByRole('group', { name: /^Pipeline graph/ })).toContainText('evaluation')
})
