import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { runProgram } from '../harness/measure.ts'
import type { PythonPeer } from '../harness/peers.ts'
import { actToRows, type BenchBrowser, withChildren } from './browser.ts'
import { type Desk, shownRows } from './contender.ts'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

const script = join(import.meta.dirname, 'fill_mlflow.py')
const row = '.ag-center-cols-container .ag-row[row-id]'
const firstRow = '.ag-center-cols-container .ag-row[row-index="0"]'

type MlflowUse = {
  readonly browser: BenchBrowser
  readonly peer: PythonPeer
  readonly folder: string
  /** The runs, one JSON document a line. */
  readonly runs: string
}

/** `mlflow ui` over SQLite, filled with the same runs and analysed. */
export async function mlflowDesk({ browser, peer, folder, runs }: MlflowUse): Promise<Desk> {
  const database = join(folder, 'mlflow.db')
  const filled = await runProgram(peer.python, [script, runs, database], { cwd: folder, env: { HOME: folder } })
  const experiment = filled.trim().split('\n').at(-1)
  let server: ServerProcess | null = null
  let address = ''
  let page: Page | null = null
  const shown = (): Page => {
    if (page === null) throw new Error('the page is not open')
    return page
  }
  /** The order is told by the address, so that what an earlier round chose is not remembered. */
  const show = async (): Promise<void> => {
    const query = 'orderByKey=attributes.start_time&orderByAsc=false'
    await shown().goto('about:blank')
    await shown().goto(`${address}/#/experiments/${experiment}/runs?${query}`)
    await shown().locator(row).nth(shownRows).waitFor()
  }

  return {
    name: 'mlflow ui',
    about: `MLflow ${await peer.versionOf('mlflow')}, SQLite after ANALYZE, --workers 1; 100 runs to a page`,
    async open() {
      const port = await freePort()
      address = `http://127.0.0.1:${port}`
      const args = ['ui', '--backend-store-uri', `sqlite:///${database}`, '--port', String(port), '--workers', '1']
      server = await startServer(join(peer.bin, 'mlflow'), args, {
        url: `${address}/health`,
        cwd: folder,
        path: peer.bin,
        patienceMs: 600_000,
      })
      page = await browser.newPage()
      await show()
    },
    async close() {
      await server?.stop()
      server = null
    },
    rows: () =>
      shown()
        .locator(row)
        .evaluateAll((rows, most) => {
          const places = rows.map((one) => ({
            at: Number(one.getAttribute('row-index')),
            id: one.getAttribute('row-id'),
          }))
          return places
            .sort((a, b) => a.at - b.at)
            .slice(0, most)
            .map(({ id }) => id ?? '')
        }, shownRows),
    processes: () => [...withChildren(server?.process.pid), ...browser.processes()],
    reset: show,
    async sort() {
      await shown().getByTestId('sort-select-dropdown').click()
      const choice = '[data-testid="sort-select-evaluation.accuracy"]'
      await shown().locator(choice).waitFor()
      return actToRows(shown(), { target: choice, firstRow, attribute: 'row-id' })
    },
    async filter() {
      const box = shown().getByTestId('search-box')
      await box.fill('metrics."evaluation.accuracy" > 0.9')
      await shown().keyboard.press('Escape')
      await box.focus()
      return actToRows(shown(), {
        target: '[data-testid="search-box"]',
        key: 'Enter',
        firstRow,
        attribute: 'row-id',
      })
    },
    // It draws 320 of a million points and loses the highest: no equal work.
    chart: null,
  }
}
