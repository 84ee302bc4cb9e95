import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type Home, startWorkbench, type WorkbenchHost } from '../../journeys/workbench-host.ts'
import { actToRows, type BenchBrowser, withChildren } from './browser.ts'
import { type Desk, shownRows, timeInPage } from './contender.ts'

const firstRow = '[aria-rowindex="2"] [aria-colindex="3"]'
const accuracy = 'metric.evaluation.accuracy'

export function slipwayDesk(use: {
  readonly browser: BenchBrowser
  readonly home: Home
  readonly project: string
}): Desk {
  let host: WorkbenchHost | null = null
  let page: Page | null = null
  /** Where the runs are, once it was seen: from then on the page is opened there, as from a bookmark. */
  let bookmark: string | null = null
  const shown = (): Page => {
    if (page === null) throw new Error('the page is not open')
    return page
  }
  const ids = () =>
    shown()
      .locator('[role="grid"] [role="row"]')
      .evaluateAll((rows, most) => {
        const found = rows.flatMap((row) => {
          const id = row.querySelector('[role="gridcell"][aria-colindex="3"]')?.textContent ?? ''
          return id === '' ? [] : [{ at: Number(row.getAttribute('aria-rowindex')), id }]
        })
        return found
          .sort((a, b) => a.at - b.at)
          .slice(0, most)
          .map(({ id }) => id)
      }, shownRows)
  /** Another place of the same project, as the hash of the page. */
  const placeOf = async (to: string) => {
    const here = await shown().evaluate(() => location.hash)
    return here.replace(/^(#\/project\/[^/]+).*$/, `$1/${to}`)
  }
  const go = async (to: string) => {
    const place = await placeOf(to)
    await shown().evaluate((hash) => {
      location.hash = hash
    }, place)
  }

  const reset = async (): Promise<void> => {
    await go('runs')
    const head = shown().getByRole('columnheader', { name: /^accuracy/ })
    const filter = shown().getByRole('combobox', { name: 'Filter runs' })
    if ((await filter.inputValue()) !== '') await filter.fill('')
    for (let click = 0; click < 3 && (await head.getAttribute('aria-sort')) !== 'none'; click++) {
      await head.getByRole('button').first().click()
    }
    // What is ranked while nobody waits is part of how a person meets the table.
    await shown().waitForTimeout(500)
  }

  return {
    name: 'slipway',
    about: 'browser host, Node 24; every run in the table',
    async open() {
      // As `slipway` itself starts it: with what V8 made of core before.
      const variables = { NODE_COMPILE_CACHE: join(use.home.folder, 'compiled') }
      host = await startWorkbench({ home: use.home, project: use.project, variables })
      page = await use.browser.newPage()
      if (bookmark === null) {
        await page.goto(host.url)
        await page.waitForFunction(() => location.hash.startsWith('#/project/'))
        await go('runs')
      } else {
        await page.request.get(host.url)
        await page.goto(`http://127.0.0.1:${host.port}/${bookmark}`)
      }
      await page.waitForFunction((row) => (document.querySelector(row)?.textContent ?? '').length > 4, firstRow)
      bookmark = await page.evaluate(() => location.hash)
    },
    async close() {
      await host?.stop()
      host = null
    },
    rows: ids,
    processes: () => [...withChildren(host?.process.pid), ...use.browser.processes()],
    reset,
    sort: () => actToRows(shown(), { target: '[title="evaluation.accuracy"] button', firstRow }),
    filter: () => actToRows(shown(), { target: '[aria-label="Filter runs"]', fill: `${accuracy} > 0.9`, firstRow }),
    chart: {
      async prepare() {
        // All runs, newest first: what another case filtered or sorted by would hide the run with the long metric.
        await reset()
        await shown().waitForFunction((row) => (document.querySelector(row)?.textContent ?? '').length > 4, firstRow)
      },
      async draw() {
        const [newest, other] = await ids()
        const place = await placeOf(`runs/compare?runs=${other},${newest}`)
        return timeInPage(shown(), { place }, 'figure[aria-label="train.loss"] canvas')
      },
      async ends() {
        const figure = shown().getByRole('figure', { name: 'train.loss' })
        await figure.getByRole('button', { name: 'Table' }).click()
        const table = figure.getByRole('table', { name: 'train.loss of each run' })
        const cells = await table.getByRole('row').last().getByRole('cell').allTextContents()
        return { lowest: cells[2] ?? '', highest: cells[3] ?? '' }
      },
    },
  }
}
