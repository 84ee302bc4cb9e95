import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { expect, it } from 'vitest'
import type { CurveRequest } from '../../../../core/domain/run.ts'
import { createManyRuns } from '../../../fakes/many-runs.ts'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const manyRuns = 200

async function openComparison(count: number) {
  const runs = createManyRuns(manyRuns)
    .newest(count)
    .map(({ id }) => id)
  const start = `#/project/wine-grades-1f3a/runs/compare?runs=${runs.join(',')}`
  const { page, server, late } = await openWindow({ start, trusted: true, manyRuns, late: [] })
  await see(page.getByRole('figure', { name: 'evaluation.log_loss' }).getByRole('img')).toBeVisible()
  return { page, server, runs, late, figure: page.getByRole('figure', { name: 'evaluation.log_loss' }) }
}

it('twenty runs are compared with their curves, and axe finds nothing', async () => {
  const { page, runs } = await openComparison(20)
  const metrics = page.getByRole('table', { name: 'Metrics' })
  await see(metrics.getByRole('columnheader')).toHaveCount(21)
  await see(page.getByRole('list', { name: 'Runs' }).getByRole('listitem')).toHaveCount(20)
  await see(page.getByRole('list', { name: 'Runs' })).toContainText(runs[19] as string)
  expect(await findBarriers(page)).toEqual([])
}, 240_000)

it('a chart is looked at closer by dragging, has a table twin, and is saved', async () => {
  const { page, figure } = await openComparison(3)
  const showAll = page.getByRole('button', { name: 'Show all' })
  await see(showAll).toHaveAttribute('aria-disabled', 'true')
  // A chart that is still finding its size is drawn anew, under the pointer, too.
  await see(async () => {
    const over = figure.locator('.u-over')
    await over.scrollIntoViewIfNeeded()
    const box = (await over.boundingBox()) as { x: number; y: number; width: number; height: number }
    await page.mouse.move(box.x + box.width * 0.2, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 })
    await page.mouse.up()
    await see(showAll).not.toHaveAttribute('aria-disabled', 'true', { timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await showAll.click()
  await page.getByRole('checkbox', { name: 'Log scale' }).check()
  await page.getByRole('slider', { name: 'Smoothing' }).fill('0.8')
  await page.getByRole('combobox', { name: 'Horizontal axis' }).selectOption('time')
  // The values along the other axis come with their title.
  const points = figure.getByRole('table', { name: 'evaluation.log_loss, point by point' })
  await figure.getByRole('button', { name: 'Table' }).click()
  await see(points.getByRole('columnheader')).toHaveText(['Seconds', 'A', 'B', 'C'])
  await figure.getByRole('button', { name: 'Chart' }).click()
  const [picture] = await Promise.all([
    page.waitForEvent('download'),
    figure.getByRole('button', { name: /as PNG/ }).click(),
  ])
  expect(picture.suggestedFilename()).toBe('evaluation.log_loss.png')
  const [drawing] = await Promise.all([
    page.waitForEvent('download'),
    figure.getByRole('button', { name: /as SVG/ }).click(),
  ])
  const svg = await readFile(await drawing.path(), 'utf8')
  expect(svg.match(/<path [^>]*stroke-width="1.5"/g)).toHaveLength(3)
  expect(svg).toContain('>Seconds</text>')
  await figure.getByRole('button', { name: 'Table' }).click()
  await see(figure.getByRole('table', { name: 'evaluation.log_loss of each run' })).toContainText('400')
  expect(await points.getByRole('row').count()).toBeGreaterThan(100)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    figure.getByRole('button', { name: /^Save .* as CSV/ }).click(),
  ])
  expect(file.suggestedFilename()).toBe('evaluation.log_loss.csv')
}, 240_000)

it('values along another axis that come late are not given its title before they are there', async () => {
  const { page, figure, late } = await openComparison(3)
  const points = figure.getByRole('table', { name: 'evaluation.log_loss, point by point' })
  await figure.getByRole('button', { name: 'Table' }).click()
  await see(points.getByRole('columnheader')).toHaveText(['Iteration', 'A', 'B', 'C'])
  late.hold('runs.curves')
  await page.getByRole('combobox', { name: 'Horizontal axis' }).selectOption('time')
  await late.untilHeld('runs.curves')
  await see(points.getByRole('columnheader')).toHaveText(['Iteration', 'A', 'B', 'C'])
  late.release('runs.curves')
  await see(points.getByRole('columnheader')).toHaveText(['Seconds', 'A', 'B', 'C'])
}, 240_000)

it('points that come while somebody drags take nothing of the drag away, and are drawn after it', async () => {
  const { page, server, runs, figure } = await openComparison(3)
  const asked: CurveRequest[] = []
  const core = server.core.runs as {
    -readonly [Name in keyof typeof server.core.runs]: (typeof server.core.runs)[Name]
  }
  const { curves } = core
  // Its values are here once the table shows them; from then on the chart is not drawn anew by what comes at first.
  await figure.getByRole('button', { name: 'Table' }).click()
  await see(figure.getByRole('table', { name: 'evaluation.log_loss of each run' })).toContainText('400')
  await figure.getByRole('button', { name: 'Chart' }).click()
  const over = figure.locator('.u-over')
  await over.scrollIntoViewIfNeeded()
  await untilStill(page, over)
  const box = (await over.boundingBox()) as { x: number; y: number; width: number; height: number }
  const at = (part: number) => [box.x + box.width * part, box.y + 50] as const
  await page.mouse.move(...at(0.2))
  await page.mouse.down()
  await page.mouse.move(...at(0.4), { steps: 5 })

  // From now on a run goes on twice as long, and another metric has come.
  core.curves = async (request) => {
    asked.push(request)
    return (await curves(request)).map((curve) => ({ ...curve, points: 800, xs: curve.xs.map((x) => x * 2) }))
  }
  core.metricsWithHistory = async () => ['evaluation.log_loss', 'evaluation.other'].map((key) => ({ key, points: 800 }))
  await core.tag(runs[0] as string, 'team', 'blue')
  // Its values are asked for after those of the chart that is dragged in, so those have come, too.
  const other = page.getByRole('figure', { name: 'evaluation.other' })
  await other.getByRole('button', { name: 'Table' }).press('Enter')
  await see(other.getByRole('table', { name: 'evaluation.other of each run' })).toContainText('800')
  expect(asked.some(({ key, from }) => key === 'evaluation.log_loss' && from === undefined)).toBe(true)

  await page.mouse.move(...at(0.6), { steps: 5 })
  await page.mouse.up()
  const showAll = page.getByRole('button', { name: 'Show all' })
  await see(showAll).not.toHaveAttribute('aria-disabled', 'true')
  // What was under the pointer when it went down and when it came up, of the 400 iterations that were to be seen.
  await expect.poll(() => asked.at(-1)?.from, { timeout: 30_000 }).toBeDefined()
  const { from = 0, to = 0 } = asked.at(-1) as CurveRequest
  expect([from / 400, to / 400]).toEqual([expect.closeTo(0.2, 1), expect.closeTo(0.6, 1)])
  await showAll.click()
  await figure.getByRole('button', { name: 'Table' }).click()
  await see(figure.getByRole('table', { name: 'evaluation.log_loss of each run' })).toContainText('800')
}, 240_000)

/** Until a chart has found its size. */
async function untilStill(page: Page, target: Locator): Promise<void> {
  let last = ''
  await see(async () => {
    const now = JSON.stringify(await target.boundingBox())
    const isStill = now === last
    last = now
    await page.evaluate(() => new Promise((settle) => requestAnimationFrame(() => requestAnimationFrame(settle))))
    expect(isStill).toBe(true)
  }).toPass({ timeout: 60_000 })
}
