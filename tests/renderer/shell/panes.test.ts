import { expect, it } from 'vitest'
import { buildAddress, prepareWindows, runStale, see } from '../window-under-test.ts'

const openWindow = prepareWindows()
const runs = '#/project/wine-grades-1f3a/runs'

it('a pane keeps where it is scrolled to, and its size, while another one comes and goes', async () => {
  const { page } = await openWindow({ start: runs, trusted: true, manyRuns: 300 })
  const grid = page.getByRole('grid', { name: 'Runs' })
  await see(grid.getByRole('row').nth(5)).toContainText('Completed')
  await grid.evaluate((element) => element.scrollTo(240, 3_000))
  await see(grid).toHaveJSProperty('scrollTop', 3_000)
  const charts = page.getByRole('button', { name: 'Charts', exact: true })
  await charts.click()
  await see(page.getByRole('tab', { name: 'Scatter' })).toBeVisible()
  await see(grid).toHaveJSProperty('scrollTop', 3_000)
  await see(grid).toHaveJSProperty('scrollLeft', 240)
  const line = page.getByRole('separator', { name: 'Resize table and charts' })
  const usual = await line.getAttribute('aria-valuenow')
  await line.press('ArrowDown')
  await see(line).not.toHaveAttribute('aria-valuenow', usual as string)
  const chosen = (await line.getAttribute('aria-valuenow')) as string
  await charts.click()
  await see(line).toHaveCount(0)
  await see(grid).toHaveJSProperty('scrollTop', 3_000)
  await charts.click()
  await see(line).toHaveAttribute('aria-valuenow', chosen)
  await page.reload()
  await see(line).toHaveAttribute('aria-valuenow', chosen)
}, 240_000)

it('what is typed in the main area stays when sidebar and bottom panel are opened and closed', async () => {
  const { page, server } = await openWindow({ start: buildAddress, trusted: true })
  await runStale(page)
  const run = (await server.core.runs.list({})).runs[0]?.id as string
  await page.evaluate((hash) => {
    location.hash = hash
  }, `${runs}/${run}`)
  const tag = page.getByLabel('Add a tag')
  await tag.fill('half')
  const panel = page.getByRole('button', { name: 'Bottom panel', exact: true })
  await panel.click()
  await see(page.getByRole('tab', { name: /^Problems/ })).toBeVisible()
  await see(tag).toHaveValue('half')
  await panel.click()
  await see(page.getByRole('tab', { name: /^Problems/ })).toHaveCount(0)
  await page.evaluate((hash) => {
    location.hash = hash
  }, buildAddress)
  const tree = page.getByRole('tree', { name: 'Steps' })
  await page.locator('.monaco-editor .view-line').first().click()
  await page.evaluate(() => document.querySelector('.monaco-editor')?.setAttribute('data-was-here', 'yes'))
  await page.getByRole('button', { name: 'Sidebar', exact: true }).click()
  await see(tree).toHaveCount(0)
  await see(page.locator('.monaco-editor[data-was-here]').first()).toBeVisible()
}, 240_000)

it('a layout is written after what it is about was drawn, and not lost when the window goes at once', async () => {
  const { page } = await openWindow({ start: runs, trusted: true, manyRuns: 300 })
  const head = page.getByRole('columnheader', { name: /^accuracy/ })
  await see(page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(5)).toContainText('Completed')
  const written = await head.evaluate((element) => {
    const kept = () => localStorage.getItem('slipway.layout.runs') ?? ''
    const before = kept()
    element.querySelector('button')?.click()
    return kept() !== before
  })
  expect(written).toBe(false)
  await see(head).toHaveAttribute('aria-sort', 'descending')
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem('slipway.layout.runs')), { timeout: 30_000 })
    .toContain('"id":"metric.evaluation.accuracy"')
  const atLast = await head.evaluate((element) => {
    element.querySelector('button')?.click()
    window.dispatchEvent(new PageTransitionEvent('pagehide'))
    return localStorage.getItem('slipway.layout.runs')
  })
  expect(atLast).toContain('"id":"metric.evaluation.accuracy","descending":false')
  await page.reload()
  await see(head).toHaveAttribute('aria-sort', 'ascending')
}, 240_000)
