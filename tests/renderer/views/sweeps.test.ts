import { describe, expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()
const runs = '#/project/wine-grades-1f3a/runs'

describe('a sweep in the window', () => {
  it('is planned as it is typed, started by keyboard, watched to its end, and compared', async () => {
    const { page } = await openWindow({ start: runs, trusted: true, environment: 'ready', stepMs: 10 })
    await page.getByRole('button', { name: 'Sweeps' }).click()
    await see(page.getByText('No sweeps yet')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('button', { name: 'New sweep' }).click()

    const trees = page.getByLabel('model.trees')
    const goal = page.getByLabel('Goal')
    await page.getByLabel('Metric').fill('model.loss')
    await see(goal).toHaveValue('min')
    await page.getByLabel('Metric').fill('evaluation.accuracy')
    await see(goal).toHaveValue('max')
    await goal.selectOption('max')
    await page.getByLabel('Metric').fill('model.loss')
    await see(goal).toHaveValue('max')
    await page.getByLabel('Metric').fill('evaluation.accuracy')
    const below = [page.getByLabel('model.seed'), page.getByLabel('Seed', { exact: true })]
    const placesOf = () => Promise.all(below.map(async (field) => (await field.boundingBox())?.y))
    const places = await placesOf()
    await page.getByLabel('Trials').fill('some')
    await trees.fill('10, many')
    await see(page.getByText(/"many" is not a whole number/).first()).toBeVisible()
    await see(trees).toHaveAttribute('aria-invalid', 'true')
    await see(page.getByText('A whole number from 1 on.')).toBeVisible()
    expect(await placesOf()).toEqual(places)
    await page.getByLabel('Trials').fill('')
    expect(await findBarriers(page)).toEqual([])
    await page.getByLabel('Metric').fill('evaluatoin.accuracy')
    await trees.fill('10..30:10')
    await see(page.getByText(/did you mean "evaluation.accuracy"/).first()).toBeVisible()
    await page.getByLabel('Metric').fill('evaluation.accuracy')

    const start = page.getByRole('button', { name: 'Start 3 trials' })
    await see(start).toBeVisible()
    await start.focus()
    await page.keyboard.press('Enter')
    await see(page.getByText(/3 of 3 trials ended, best evaluation.accuracy/)).toBeVisible()
    await see(page.getByRole('row')).toHaveCount(4)
    await see(page.getByRole('img', { name: /evaluation.accuracy by model.trees, 3 trials/ })).toBeVisible()
    await see(page.getByRole('button', { name: /^Register/ })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])

    await page.getByLabel('Select trial 1').check()
    await page.getByLabel('Select trial 3').check()
    await page.getByRole('button', { name: 'Compare 2 runs' }).click()
    await see(page).toHaveURL(/compare\?runs=\w+%2C\w+/)
    await page.goBack()
    await page.getByRole('link', { name: 'Sweeps' }).click()
    await see(page.getByRole('table', { name: 'Sweeps' })).toContainText('3 of 3')
    expect(await findBarriers(page)).toEqual([])
  }, 240_000)

  it('is cancelled and gone on with, and says when it is not there', async () => {
    const { page } = await openWindow({ start: `${runs}/sweeps/new`, trusted: true, environment: 'ready', stepMs: 600 })
    await page.getByLabel('model.trees').fill('10, 20, 30, 40')
    await page.getByLabel('Metric').fill('evaluation.accuracy')
    await page.getByRole('button', { name: 'Start 4 trials' }).press('Enter')
    await page.getByRole('button', { name: 'Cancel' }).press('Enter')
    await page.getByRole('button', { name: 'Resume' }).press('Enter')
    await see(page.getByText(/4 of 4 trials ended/)).toBeVisible({ timeout: 120_000 })
    await page.evaluate((hash) => {
      location.hash = hash
    }, `${runs}/sweeps/nothing`)
    await see(page.getByText('There is no sweep "nothing"')).toBeVisible()
  }, 240_000)
})
