import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { PythonPeer } from '../harness/peers.ts'
import { type BenchBrowser, withChildren } from './browser.ts'
import { type Desk, shownRows, timeInPage } from './contender.ts'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

type JupyterUse = {
  readonly browser: BenchBrowser
  readonly peer: PythonPeer
  /** Holds runs.csv, newest first, and loss.f64. */
  readonly folder: string
}

const prepared = ['%matplotlib inline', 'import numpy as np', 'import matplotlib.pyplot as plt']
const drawn = [
  "loss = np.fromfile('loss.f64')",
  'plt.figure(figsize=(6, 2.5))',
  'plt.plot(loss)',
  "print('ends', f'{loss.min():.4g}', f'{loss.max():.4g}')",
]

/** The window's own application, which `--expose-app-in-browser` shows to the page. */
const grid = 'window.jupyterapp?.shell?.currentWidget?.content?._grid?.dataModel'

export async function jupyterDesk({ browser, peer, folder }: JupyterUse): Promise<Desk> {
  writeFileSync(join(folder, 'loss.ipynb'), JSON.stringify(notebookOf([prepared, drawn])))
  let server: ServerProcess | null = null
  let address = ''
  let page: Page | null = null
  const shown = (): Page => {
    if (page === null) throw new Error('the page is not open')
    return page
  }
  return {
    name: 'JupyterLab',
    about: `JupyterLab ${await peer.versionOf('jupyterlab')}; the columns that all runs have as CSV, in its table viewer`,
    async open() {
      const port = await freePort()
      address = `http://127.0.0.1:${port}`
      const args = [
        'lab',
        '--no-browser',
        '--allow-root',
        '--expose-app-in-browser',
        ...['--ip', '127.0.0.1', '--port', String(port), `--ServerApp.root_dir=${folder}`],
        ...[
          '--IdentityProvider.token=',
          '--ServerApp.password=',
          '--LabApp.news_url=',
          '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
        ],
      ]
      server = await startServer(join(peer.bin, 'jupyter'), args, {
        url: `${address}/api`,
        cwd: folder,
        path: peer.bin,
        patienceMs: 600_000,
      })
      page = await browser.newPage()
      await page.goto(`${address}/lab/tree/runs.csv`)
      await page.waitForFunction(`(${grid}?.rowCount('body') ?? 0) > ${shownRows}`)
    },
    async close() {
      await server?.stop()
      server = null
    },
    rows: () =>
      shown().evaluate(`Array.from({ length: ${shownRows} }, (_, row) => ${grid}.data('body', row, 0))`) as Promise<
        string[]
      >,
    processes: () => [...withChildren(server?.process.pid), ...browser.processes()],
    reset: async () => undefined,
    // Its table viewer neither sorts nor filters.
    sort: null,
    filter: null,
    chart: {
      async prepare() {
        await shown().goto('about:blank')
        await shown().goto(`${address}/lab/tree/loss.ipynb?reset`)
        await shown().waitForFunction(
          'window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === "idle"',
        )
        await shown().locator('.jp-Notebook .jp-CodeCell').first().click()
        await shown().evaluate(`window.jupyterapp.commands.execute('notebook:run-cell-and-select-next')`)
        await shown().waitForTimeout(1_000)
      },
      draw: () => timeInPage(shown(), { command: 'notebook:run-cell' }, '.jp-OutputArea-output img'),
      async ends() {
        const said = await shown().locator('.jp-OutputArea-output', { hasText: 'ends' }).first().textContent()
        const [, lowest = '', highest = ''] = /ends (\S+) (\S+)/.exec(said ?? '') ?? []
        return { lowest, highest }
      },
    },
  }
}

function notebookOf(cells: readonly (readonly string[])[]) {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: cells.map((lines, index) => ({
      id: `cell-${index}`,
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source: lines.join('\n'),
    })),
  }
}
