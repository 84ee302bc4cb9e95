import { readFile } from 'node:fs/promises'
import type { Download, Page } from '@playwright/test'
import { expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/runs'

async function openCharts() {
  const { page } = await openWindow({ start, trusted: true, manyRuns: 300 })
  await see(page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(5)).toContainText('Completed')
  await page.getByRole('button', { name: 'Charts' }).click()
  await see(page.getByRole('tab', { name: 'Scatter' })).toBeVisible()
  return page
}

async function save(page: Page, name: RegExp): Promise<{ readonly file: Download; readonly text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
  return { file, text: await readFile(await file.path(), 'utf8') }
}

it('runs are scattered by any two of their values, selected in the chart and in the table alike, and saved', async () => {
  const page = await openCharts()
  const panel = page.getByRole('tabpanel', { name: 'Scatter' })
  await panel.getByRole('combobox', { name: 'Horizontal' }).selectOption('metric.evaluation.f1')
  await panel.getByRole('combobox', { name: 'Vertical' }).selectOption('metric.evaluation.accuracy')
  await panel.getByRole('combobox', { name: 'Colour' }).selectOption('param.train.kernel')
  await see(panel.getByRole('list', { name: /^Colours: train\.kernel/ }).getByRole('listitem')).toHaveText([
    'linear',
    'poly',
    'rbf',
  ])
  const chart = panel.getByRole('img', { name: /accuracy by evaluation\.f1 of 300 runs/ })
  await chart.focus()
  await page.keyboard.press('ArrowRight')
  await see(panel.getByText(/^Run \w+: evaluation\.f1 0/)).toBeVisible()
  await page.keyboard.press('Enter')
  await see(page.getByText('1 selected')).toBeVisible()
  const box = (await chart.boundingBox()) as { x: number; y: number; width: number; height: number }
  await page.mouse.move(box.x + 20, box.y + 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 2, box.y + box.height - 36, { steps: 4 })
  await page.mouse.up()
  await see(page.getByText('300 selected')).toBeVisible()
  expect(await findBarriers(page)).toEqual([])
  const svg = await save(page, /as SVG$/)
  expect(svg.file.suggestedFilename()).toBe('evaluation.accuracy by evaluation.f1.svg')
  expect(svg.text.match(/<circle /g)?.length).toBeGreaterThanOrEqual(300)
  const csv = (await save(page, /^Save .* as CSV$/)).text.split('\r\n')
  expect(csv[0]).toBe('run,metric.evaluation.f1,metric.evaluation.accuracy,param.train.kernel')
  expect(csv).toHaveLength(301)
  await panel.getByRole('button', { name: 'Table' }).click()
  await see(panel.getByRole('table').getByRole('row')).toHaveCount(301)
}, 240_000)

it('ranges along the axes select runs and become a filter', async () => {
  const page = await openCharts()
  await page.getByRole('tab', { name: 'Parallel coordinates' }).click()
  const panel = page.getByRole('tabpanel', { name: 'Parallel coordinates' })
  for (const axis of ['train.C', 'train.seed', 'evaluation.accuracy', 'evaluation.f1', 'evaluation.log_loss']) {
    await panel.getByRole('button', { name: `Take away the axis ${axis}` }).click()
  }
  await panel.getByRole('combobox', { name: 'Add an axis' }).selectOption('metric.evaluation.accuracy')
  const chart = panel.getByRole('img', { name: /^Runs by kernel, accuracy, 300 runs/ })
  await see(chart).toBeVisible()
  const box = (await chart.boundingBox()) as { x: number; y: number; width: number; height: number }
  // The upper half of the right axis: the accurate ones.
  await page.mouse.move(box.x + box.width - 70, box.y + 20)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 68, box.y + 136, { steps: 4 })
  await page.mouse.up()
  const select = panel.getByRole('button', { name: /^Select \d+ runs/ })
  const count = Number(/\d+/.exec((await select.textContent()) ?? '')?.[0])
  expect(count).toBeGreaterThan(50)
  expect(count).toBeLessThan(250)
  await select.click()
  await see(page.getByText(`${count} selected`)).toBeVisible()
  await panel.getByRole('button', { name: 'Filter by the ranges' }).click()
  await see(page.getByRole('combobox', { name: 'Filter runs' })).toHaveValue(
    /^metric\.evaluation\.accuracy >= [\d.]+ and metric\.evaluation\.accuracy <= [\d.]+$/,
  )
  await see(page.getByText(`${count} of 300 runs`)).toBeVisible()
  expect(await findBarriers(page)).toEqual([])
  await page.getByRole('button', { name: 'Close the charts' }).click()
  await see(panel).toHaveCount(0)
}, 240_000)

it('ranges along the axes are chosen by keys alone', async () => {
  const page = await openCharts()
  await page.getByRole('tab', { name: 'Parallel coordinates' }).click()
  const panel = page.getByRole('tabpanel', { name: 'Parallel coordinates' })
  const chart = panel.getByRole('img', { name: /^Runs by .*up and down move the lower end/ })
  await chart.focus()
  for (let axis = 0; axis < 4; axis++) await page.keyboard.press('ArrowRight')
  await see(panel.getByText('accuracy: all of it')).toBeVisible()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowDown')
  await see(panel.getByText(/^accuracy: 0\.\d+ to 0\.9\d+$/)).toBeVisible()
  const select = panel.getByRole('button', { name: /^Select \d+ runs/ })
  const count = Number(/\d+/.exec((await select.textContent()) ?? '')?.[0])
  expect(count).toBeGreaterThan(200)
  expect(count).toBeLessThan(300)
  await select.press('Enter')
  await see(page.getByText(`${count} selected`)).toBeVisible()
  expect(await findBarriers(page)).toEqual([])
  await chart.focus()
  await page.keyboard.press('Escape')
  await see(panel.getByText('accuracy: all of it')).toBeVisible()
}, 240_000)

it.each(['Scatter', 'Parallel coordinates'])(
  '%s shows all of itself in a small window, without scrolling',
  async (name) => {
    const { page } = await openWindow({ start, trusted: true, manyRuns: 300, width: 1100, height: 700 })
    await page.getByRole('button', { name: 'Charts' }).click()
    await page.getByRole('tab', { name }).click()
    const panel = page.getByRole('tabpanel', { name })
    const chart = panel.getByRole('img', { name: /300 runs/ })
    await see(chart).toBeVisible()
    await see(
      panel
        .getByRole('list', { name: /^Colours/ })
        .or(panel.getByText('Drag over dots'))
        .first(),
    ).toBeVisible()
    const hidden = await panel.evaluate((root) =>
      [root, ...root.querySelectorAll('div')].map((part) => part.scrollHeight - part.clientHeight),
    )
    expect(Math.max(...hidden)).toBeLessThanOrEqual(0)
    expect((await chart.boundingBox())?.height).toBeGreaterThan(100)
  },
  240_000,
)
