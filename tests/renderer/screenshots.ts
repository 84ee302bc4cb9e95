import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { fail } from '../../core/domain/failure.ts'
import type { FixtureCore } from '../fakes/fixture-core.ts'
import { serveFixture } from '../fakes/fixture-server.ts'
import { launchBrowser, openPage } from './browser.ts'
import { dropScreens } from './drop-screens.ts'
import { lineageOfDeleted } from './lineage-screen.ts'
import { manyRunsScreens } from './many-runs-screens.ts'
import { spaceScreens } from './space-screens.ts'

/**
 * Pictures of every screen, to be looked at: `node tests/renderer/screenshots.ts FOLDER [NAME…]`.
 * Needs the built window (`vite build renderer`).
 */
export type Screen = {
  readonly name: string
  readonly start: string
  readonly prepare?: (page: Page) => Promise<void>
  readonly stepMs?: number
  readonly failAt?: string
  readonly manyRuns?: number
  readonly caution?: string
  readonly keptMs?: number
  /** Makes what is asked of core late, or fail. */
  readonly arrange?: (core: FixtureCore) => void
}

const build = '#/project/wine-grades-1f3a/build'
const runs = '#/project/wine-grades-1f3a/runs'
const data = '#/project/wine-grades-1f3a/data'
const screens: readonly Screen[] = [
  { name: 'home', start: '' },
  {
    name: 'home-folder',
    start: '',
    prepare: async (page) => {
      await page.getByRole('button', { name: /Open a folder/ }).click()
      await page.getByRole('button', { name: 'projects' }).click()
    },
  },
  {
    name: 'home-folder-unanswered',
    start: '',
    prepare: async (page) => {
      await page.getByRole('button', { name: /Open a folder/ }).click()
      await page.getByRole('button', { name: 'projects' }).click()
      await page.getByRole('button', { name: 'archive' }).click()
      await page.getByRole('dialog').getByRole('alert').waitFor()
    },
  },
  {
    name: 'home-template',
    start: '',
    prepare: (page) => page.getByRole('button', { name: /Start from a template/ }).click(),
  },
  { name: 'build-new', start: build },
  {
    name: 'trust',
    start: build,
    prepare: async (page) => {
      await page
        .getByRole('button', { name: /Run stale/ })
        .first()
        .click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'build-done', start: build, prepare: runOnce },
  {
    name: 'shared-folder',
    start: build,
    prepare: (page) => page.getByText('shared file system').waitFor(),
    caution:
      'This project is on a shared file system (nfs4). Work on it from one computer at a time: its records can be damaged when two write.',
  },
  {
    name: 'build-outputs',
    start: build,
    prepare: async (page) => {
      await runOnce(page)
      await page.getByRole('treeitem', { name: /^confusion/ }).click()
    },
  },
  {
    name: 'build-running',
    start: build,
    prepare: async (page) => {
      await page
        .getByRole('button', { name: /Run stale/ })
        .first()
        .click()
      await page.getByRole('button', { name: 'Trust and run' }).click()
      await page.getByRole('treeitem', { name: /^clean, Running/ }).click()
      await page.keyboard.press('Control+Shift+J')
    },
    stepMs: 3000,
  },
  {
    name: 'build-failed',
    start: build,
    prepare: async (page) => {
      await page
        .getByRole('button', { name: /Run stale/ })
        .first()
        .click()
      await page.getByRole('button', { name: 'Trust and run' }).click()
      await page
        .getByText(/^Failed/)
        .first()
        .waitFor()
      await page.getByRole('treeitem', { name: /^model, / }).click()
    },
    failAt: 'model',
  },
  {
    name: 'build-stale',
    start: build,
    prepare: async (page) => {
      await runOnce(page)
      await page.getByRole('treeitem', { name: /^model/ }).click()
      const trees = page.getByLabel(/^trees/)
      if (!(await trees.isVisible())) await page.getByRole('button', { name: 'Inspector' }).click()
      await trees.fill('200')
      await trees.press('Enter')
    },
  },
  {
    name: 'build-cached',
    start: build,
    prepare: async (page) => {
      await runOnce(page)
      await page.reload()
      await page.getByRole('treeitem', { name: /^raw/ }).click()
      const heading = page.getByRole('heading', { name: 'Worth knowing' })
      if (!(await heading.isVisible())) await page.getByRole('button', { name: 'Inspector' }).click()
    },
  },
  {
    name: 'run-page',
    start: build,
    prepare: async (page) => {
      await runOnce(page)
      await page.evaluate(() => {
        location.hash = location.hash.replace(/build.*/, 'runs/1f3ac0de')
      })
      const seen = page.getByText('Seen while it ran')
      await seen.waitFor()
      await page.locator('details summary', { hasText: 'raw' }).click()
      await seen.scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'build-broken',
    start: build,
    prepare: async (page) => {
      await page.locator('.monaco-editor .view-line').first().click()
      await page.keyboard.press('Control+Home')
      for (let line = 0; line < 13; line++) await page.keyboard.press('ArrowDown')
      await page.keyboard.press('End')
      await page.keyboard.type('(')
      await page.keyboard.press('Control+Shift+M')
    },
  },
  ...manyRunsScreens(runs),
  {
    name: 'runs-failed',
    start: runs,
    arrange: (core) =>
      Object.assign(core.runs, {
        list: async () => {
          throw fail('host/unexpected', { defect: 'no answer' })
        },
      }),
  },
  {
    name: 'runs-groups',
    start: runs,
    manyRuns: 1_000,
    prepare: async (page) => {
      await page.getByRole('button', { name: /^Group/ }).click()
      await page.getByRole('checkbox', { name: /^kernel/ }).check()
      await page.getByRole('checkbox', { name: /^team/ }).check()
      await page.keyboard.press('Escape')
      await page
        .getByRole('row', { name: /kernel linear/ })
        .getByRole('button')
        .click()
      await page
        .getByRole('row', { name: /team red/ })
        .getByRole('button')
        .click()
      await page.getByRole('button', { name: /^Group/ }).click()
    },
  },
  {
    name: 'sweep-new',
    start: `${runs}/sweeps/new`,
    prepare: async (page) => {
      await page.getByLabel('model.trees').fill('10..60:10')
      await page.getByLabel('Metric').fill('evaluation.accuracy')
      await page.getByRole('button', { name: 'Start 6 trials' }).waitFor()
    },
  },
  {
    name: 'sweep-new-wrong',
    start: `${runs}/sweeps/new`,
    prepare: async (page) => {
      await page.getByLabel('model.trees').fill('10..60:many')
      await page.getByLabel('Metric').fill('evaluation.accuracy')
      await page.getByLabel('Trials').fill('some')
      await page.getByLabel(/Stop a trial early/).check()
      await page.getByLabel('model.trees').focus()
    },
  },
  {
    name: 'sweep',
    start: build,
    prepare: async (page) => {
      await runOnce(page)
      await page.evaluate(() => {
        location.hash = location.hash.replace(/build.*/, 'runs/sweeps/new')
      })
      await page.getByLabel('model.trees').fill('10..60:10')
      await page.getByLabel('Metric').fill('evaluation.accuracy')
      await page.getByRole('button', { name: 'Start 6 trials' }).click()
      await page.getByText(/6 of 6 trials ended/).waitFor()
    },
    stepMs: 10,
  },
  {
    name: 'recording-limits',
    start: '#/project/wine-grades-1f3a/environments',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Change limits' }).click()
      await page.getByLabel('What one step prints').fill('much')
    },
  },
  {
    name: 'environments-core',
    start: '#/project/wine-grades-1f3a/environments',
    prepare: async (page) => {
      const keep = page.getByLabel('Keep a core running after the window closes')
      await keep.selectOption('Until unused for 1 h')
      await keep.scrollIntoViewIfNeeded()
    },
    keptMs: 600_000,
  },
  {
    name: 'params-wrong',
    start: build,
    prepare: async (page) => {
      await page.getByRole('treeitem', { name: /^model, / }).click()
      const trees = page.getByLabel(/^trees/)
      if (!(await trees.isVisible())) await page.getByRole('button', { name: 'Inspector' }).click()
      await page.getByLabel(/^seed/).fill('9')
      await page.getByLabel(/^seed/).press('Enter')
      await trees.fill('many')
      await trees.press('Enter')
    },
  },
  ...dropScreens(data),
  {
    name: 'dataset-expected',
    start: `${data}/dataset/wine`,
    prepare: (page) => page.getByRole('button', { name: 'Expect these columns' }).click(),
  },
  {
    name: 'data-of-version',
    start: '#/project/wine-grades-1f3a/data/version/wine%401/data%2Fwine.csv',
    prepare: async (page) => {
      await page.getByRole('grid', { name: 'Rows of data/wine.csv' }).waitFor()
    },
  },
  {
    name: 'environments',
    start: '#/project/wine-grades-1f3a/environments',
    prepare: (page) => page.getByRole('table', { name: 'Environments of past runs' }).waitFor(),
  },
  {
    name: 'runs-deleted',
    start: build,
    prepare: async (page) => {
      await runOnce(page)
      await page.getByRole('link', { name: 'Runs' }).first().click()
      await page.getByRole('grid', { name: 'Runs' }).getByRole('checkbox').last().click()
      await page.getByRole('button', { name: 'Delete 1 run' }).click()
      await page.getByRole('link', { name: '1 deleted run' }).click()
      await page.getByRole('table', { name: 'Deleted runs' }).waitFor()
    },
  },
  lineageOfDeleted(build, runOnce),
  ...spaceScreens(),
  { name: 'data', start: data, prepare: (page) => page.getByRole('table', { name: 'Datasets' }).waitFor() },
  ...Object.entries({ overview: 'Columns', files: 'Files', versions: 'Versions', changes: 'Rows that differ' }).map(
    ([tab, table]): Screen => ({
      name: `dataset-${tab}`,
      start: `${data}/dataset/wine/${tab}`,
      prepare: (page) => page.getByRole('table', { name: table, exact: true }).waitFor(),
    }),
  ),
  {
    name: 'dataset-folder',
    start: `${data}/dataset/labels/files`,
    prepare: (page) => page.getByRole('table', { name: 'Files' }).waitFor(),
  },
  {
    name: 'dataset-expired',
    start: `${data}/dataset/survey`,
    prepare: (page) => page.getByText('which is over').waitFor(),
  },
  {
    name: 'dataset-add',
    start: data,
    prepare: (page) => page.getByRole('main').getByRole('button', { name: 'Add dataset' }).click(),
  },
  {
    name: 'dataset-terms',
    start: `${data}/dataset/wine`,
    prepare: (page) => page.getByRole('button', { name: 'Edit terms' }).click(),
  },
  {
    name: 'dataset-restore',
    start: `${data}/dataset/labels/versions`,
    prepare: (page) => page.getByRole('button', { name: 'Restore version 1' }).click(),
  },
  {
    name: 'dataset-croissant',
    start: `${data}/dataset/wine`,
    prepare: (page) => page.getByRole('button', { name: 'Export Croissant' }).click(),
  },
  {
    name: 'runs-scatter',
    start: runs,
    manyRuns: 1_000,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Charts' }).click()
      await page.getByRole('combobox', { name: 'Horizontal' }).selectOption('metric.evaluation.f1')
      await page.getByRole('combobox', { name: 'Colour' }).selectOption('param.train.kernel')
    },
  },
  {
    name: 'data-table',
    start: `${data}/file/${encodeURIComponent('data/wine.csv')}`,
    prepare: async (page) => {
      await page.getByRole('columnheader', { name: /alcohol/ }).click()
      await page.getByText('9.1 % null').waitFor()
      if (await page.getByRole('complementary', { name: 'Inspector' }).isVisible())
        await page.getByText('Median').waitFor()
    },
  },
  {
    name: 'data-filtered',
    start: `${data}/file/${encodeURIComponent('data/wine.csv')}`,
    prepare: async (page) => {
      await page.getByLabel('Column to filter').selectOption('note')
      await page.getByLabel('Value').fill('peach')
      await page.getByRole('button', { name: 'Add filter' }).click()
      await page.getByText(/rows remain/).waitFor()
      await page.getByRole('grid').focus()
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('Enter')
      await page.getByRole('region', { name: 'Value', exact: true }).getByText('characters').waitFor()
    },
  },
  {
    name: 'data-unreadable',
    start: `${data}/file/${encodeURIComponent('data/broken.csv')}`,
    prepare: (page) => page.getByText('How the file begins').first().waitFor(),
  },
  {
    name: 'data-empty',
    start: `${data}/file/${encodeURIComponent('data/empty.csv')}`,
    prepare: (page) => page.getByText('No rows').waitFor(),
  },
  {
    name: 'data-code',
    start: `${data}/file/${encodeURIComponent('data/wine.csv')}`,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'As code' }).click()
      await page.getByText('read_csv').waitFor()
    },
  },
  {
    name: 'data-export',
    start: `${data}/file/${encodeURIComponent('data/wine.csv')}`,
    prepare: (page) => page.getByRole('button', { name: 'Export' }).click(),
  },
  {
    name: 'journey',
    start: build,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Run the whole journey' }).click()
      await page.getByRole('button', { name: 'Trust and run' }).click()
      await page.getByRole('button', { name: 'Start' }).click()
      await page.getByRole('button', { name: 'Done' }).waitFor()
    },
  },
  ...(['empty', 'identical', 'running', 'differs', 'why'] as const).map(
    (part): Screen => ({
      name: `proof-${part}`,
      start: build,
      prepare: (page) => openProof(page, part),
      ...(part === 'running' ? { stepMs: 2500 } : {}),
    }),
  ),
  {
    name: 'palette',
    start: build,
    prepare: async (page) => {
      await page.getByText('Docker stopped').waitFor()
      await page.keyboard.press('F1')
      await page.getByPlaceholder('Type what you want to do').fill('run')
    },
  },
]

/** The first proof of a run is identical, the next differs, and then the cause is asked for. */
async function openProof(page: Page, part: 'empty' | 'identical' | 'running' | 'differs' | 'why'): Promise<void> {
  if (part === 'running') page.setDefaultTimeout(60_000)
  await runOnce(page)
  await page.evaluate(() => {
    window.location.hash = '#/project/wine-grades-1f3a/runs/1f3ac0de'
  })
  await page.getByRole('button', { name: 'Prove it' }).first().click()
  const panel = page.getByRole('region', { name: 'Proof of the run' })
  await panel.waitFor()
  if (part === 'empty') return
  await panel.getByRole('button', { name: 'Prove it' }).click()
  if (part === 'running') return
  await panel.getByText('Identical').first().waitFor()
  if (part === 'identical') return
  await panel.getByRole('button', { name: 'Prove it again' }).click()
  await panel.getByText('Differs').first().waitFor()
  if (part === 'differs') return
  await panel.getByRole('button', { name: 'Find out why' }).click()
  await panel.getByText('Why:').waitFor()
}

async function runOnce(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /Run stale/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Trust and run' }).click()
  await page.getByText(/^Done/).waitFor()
}

const [folder = '/tmp/slipway-screens', ...names] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const browser = await launchBrowser()
for (const screen of screens.filter(({ name }) => names.length === 0 || names.includes(name))) {
  for (const theme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1440, 900],
      [1100, 700],
    ] as const) {
      const server = await serveFixture({
        start: screen.start,
        stepMs: screen.stepMs ?? 60,
        manyRuns: screen.manyRuns ?? 0,
        caution: screen.caution,
        ...(screen.keptMs === undefined ? {} : { keptMs: screen.keptMs }),
      })
      screen.arrange?.(server.core)
      server.core.failAt(screen.failAt ?? null)
      const page = await openPage(browser, { theme, width, height })
      page.setDefaultTimeout(30_000)
      page.on('console', (message) => {
        if (message.type() === 'error') process.stderr.write(`${screen.name}: ${message.text()}\n`)
      })
      page.on('response', (answer) => {
        if (answer.status() >= 400) process.stderr.write(`${screen.name}: ${answer.status()} ${answer.url()}\n`)
      })
      page.on('pageerror', (error) => process.stderr.write(`${screen.name}: ${error.stack}\n`))
      await page.goto(server.url)
      try {
        await screen.prepare?.(page)
      } catch (error) {
        process.stderr.write(`${screen.name}: ${String(error)}\n`)
      }
      await page.waitForTimeout(1200)
      await page.screenshot({ path: join(folder, `${screen.name}-${theme}-${width}.png`) })
      await page.context().close()
      await server.close()
    }
  }
}
await browser.close()
