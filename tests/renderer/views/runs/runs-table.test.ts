import { describe, expect, it } from 'vitest'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const start = '#/project/wine-grades-1f3a/runs'
const count = 3_000

async function openRuns() {
  const { page, server } = await openWindow({ start, trusted: true, manyRuns: count })
  const grid = page.getByRole('grid', { name: 'Runs' })
  await see(grid.getByRole('row').nth(5)).toContainText('Completed')
  return { page, server, grid }
}

describe('the runs table with 3,000 runs of 500 columns', () => {
  it('says its whole size, holds only what is in sight, and is walked to its corners by keys', async () => {
    const { page, grid } = await openRuns()
    await see(grid).toHaveAttribute('aria-rowcount', String(count + 1))
    expect(await grid.getByRole('row').count()).toBeLessThan(60)
    await page.getByRole('button', { name: /^Columns/ }).click()
    for (const kind of ['Metrics', 'Params']) await page.getByRole('button', { name: `Show all: ${kind}` }).click()
    await page.keyboard.press('Escape')
    const columns = Number(await grid.getAttribute('aria-colcount'))
    expect(columns).toBeGreaterThan(480)
    expect(await grid.getByRole('columnheader').count()).toBeLessThan(30)
    await grid.focus()
    await page.keyboard.press('Control+End')
    await see(grid.locator(`[role="row"][aria-rowindex="${count + 1}"] [aria-colindex="${columns}"]`)).toBeVisible()
    await see(grid.locator('[role="gridcell"][data-active]')).toHaveAttribute('aria-colindex', String(columns))
    await page.keyboard.press('Control+Home')
    await see(grid.locator('[role="row"][aria-rowindex="2"] [aria-colindex="1"][data-active]')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
  }, 240_000)

  it('is sorted by one column and then by another, by mouse and by keys', async () => {
    const { page, grid } = await openRuns()
    await grid
      .getByRole('columnheader', { name: /^accuracy/ })
      .getByRole('button', { name: /accuracy/ })
      .first()
      .click()
    await see(grid.getByRole('columnheader', { name: /^accuracy/ })).toHaveAttribute('aria-sort', 'descending')
    await see.poll(async () => isFalling(await valuesOf(grid, 'accuracy'))).toBe(true)
    await grid.focus()
    for (const key of ['Control+Home', 'ArrowUp', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'Shift+F10']) {
      await page.keyboard.press(key)
    }
    await page.getByRole('menuitem', { name: 'Sort ascending', exact: true }).click()
    await see(grid.getByRole('columnheader', { name: /^State/ })).toHaveAttribute('aria-sort', 'ascending')
    await see(grid.getByRole('columnheader', { name: /^accuracy/ })).toHaveAttribute('aria-sort', 'none')
    await see(grid).toBeFocused()
  }, 240_000)

  it('shows what is in sight of another order at once, and what is out of sight after it', async () => {
    const { grid } = await openRuns()
    const { before, first } = await grid.evaluate(
      (element) =>
        new Promise<{ readonly before: readonly string[]; readonly first: readonly string[] }>((settle) => {
          const ids = () =>
            [...element.querySelectorAll('[role="row"]')]
              .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
              .flatMap((row) => row.querySelector('[role="gridcell"][aria-colindex="3"]')?.textContent ?? [])
          const before = ids()
          const watch = new MutationObserver(() => {
            const first = ids()
            if (first[0] === before[0]) return
            watch.disconnect()
            settle({ before, first })
          })
          watch.observe(element, { subtree: true, childList: true, characterData: true })
          element.querySelector<HTMLElement>('[title="evaluation.accuracy"] button')?.click()
        }),
    )
    const isAsBefore = first.map((id, at) => id === before[at])
    // More than twenty rows are in sight, and some are there below them.
    expect(isAsBefore.slice(0, 20)).toEqual(Array(20).fill(false))
    expect(isAsBefore.slice(-3)).toEqual([true, true, true])
    await see.poll(async () => isFalling(await valuesOf(grid, 'accuracy'))).toBe(true)
  }, 240_000)

  it('is filtered as core filters, with chips, suggestions and errors at their place', async () => {
    const { page, grid } = await openRuns()
    const filter = page.getByRole('combobox', { name: 'Filter runs' })
    await filter.pressSequentially('param.ker')
    await see(page.getByRole('option', { name: 'param.train.kernel' })).toBeVisible()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await see(filter).toHaveValue('param.train.kernel ')
    await filter.pressSequentially('= ')
    await see(page.getByRole('option', { name: '"linear"' })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    await filter.fill('param.train.kernel = "rbf" and (state = failed or not tag.team)')
    const matching = Array.from({ length: count }, (_, row) => row % 500).filter(
      (like) => like % 3 === 0 && (like % 11 === 3 || like % 4 !== 0),
    ).length
    await see(page.getByText(`${matching.toLocaleString('en')} of 3,000 runs`)).toBeVisible()
    await see(grid).toHaveAttribute('aria-rowcount', String(matching + 1))
    await page.getByRole('button', { name: 'Take away: param.train.kernel = "rbf"' }).click()
    await see(filter).toHaveValue('(state = failed or not tag.team)')
    await filter.fill('metric.evaluation.accuracy > high')
    await see(page.getByText('Character 30: expected a number, not "high".')).toBeVisible()
    await filter.fill('metric.evaluation.accuracy > 5')
    await see(page.getByText('No run matches the filter')).toBeVisible()
    await page.getByRole('button', { name: 'Clear the filter' }).last().click()
    await see(page.getByText('3,000 runs')).toBeVisible()
  }, 240_000)

  it('keeps its columns as they were put: hidden, pinned, widened, moved', async () => {
    const { page, grid } = await openRuns()
    const act = async (column: RegExp, words: string) => {
      await grid.getByRole('columnheader', { name: column }).click({ button: 'right' })
      await page.getByRole('menuitem', { name: words, exact: true }).click()
    }
    const titles = () =>
      grid
        .getByRole('columnheader')
        .evaluateAll((heads) =>
          heads.slice(0, 6).map((head) => head.getAttribute('aria-colindex') + (head.textContent ?? '')),
        )
    await act(/^Started/, 'Hide')
    await act(/^f1/, 'Pin to the left')
    await act(/^Cached/, 'Move left')
    const before = (await grid.getByRole('columnheader', { name: /^State/ }).boundingBox())?.width as number
    await act(/^State/, 'Wider')
    await see
      .poll(async () => (await grid.getByRole('columnheader', { name: /^State/ }).boundingBox())?.width)
      .toBe(before + 40)
    const put = await titles()
    expect(put).toEqual(['1Compare', '2Star', '3Run', '4f1evaluation', '5State', '6Cached'])
    await page.reload()
    await see(grid.getByRole('columnheader', { name: /^f1/ })).toBeVisible()
    expect(await titles()).toEqual(put)
  }, 240_000)

  it('has its first columns again as soon as the layout is reset', async () => {
    const { page, grid } = await openRuns()
    await grid.getByRole('columnheader', { name: /^Started/ }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Hide', exact: true }).click()
    await see(grid.getByRole('columnheader', { name: /^Started/ })).toHaveCount(0)
    await page.keyboard.press('F1')
    await page.getByPlaceholder('Type what you want to do').fill('Reset layout')
    await page.keyboard.press('Enter')
    await see(grid.getByRole('columnheader', { name: /^Started/ })).toBeVisible()
    await page.reload()
    await see(grid.getByRole('columnheader', { name: /^Started/ })).toBeVisible()
  }, 240_000)

  it('shows a run that begins now as its newest, without asking for all of them again', async () => {
    const { page, grid } = await openRuns()
    const first = await grid.locator('[aria-rowindex="2"]').textContent()
    await page
      .getByRole('button', { name: /^Run stale/ })
      .first()
      .click()
    await see(grid).toHaveAttribute('aria-rowcount', String(count + 2))
    await see(grid.locator('[aria-rowindex="3"]')).toHaveText(first as string)
    await see(grid.locator('[aria-rowindex="2"]')).toContainText('Completed', { timeout: 60_000 })
  }, 240_000)
})

async function valuesOf(grid: ReturnType<Awaited<ReturnType<typeof openWindow>>['page']['locator']>, title: string) {
  const index = await grid.getByRole('columnheader', { name: new RegExp(`^${title}`) }).getAttribute('aria-colindex')
  const texts = await grid.locator(`[role="gridcell"][aria-colindex="${index}"]`).allTextContents()
  return texts.map(Number)
}

/** Of as many rows as are in sight none has more than the one above it. */
function isFalling(values: readonly number[]): boolean {
  return values.length > 10 && values.every((value, at) => at === 0 || value <= (values[at - 1] as number))
}
