import { spawnSync } from 'node:child_process'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserType, expect, type LaunchOptions, type Page } from '@playwright/test'
import { test } from './finished-project.ts'
import { makeHome, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** A project handed on: another computer, no Python, no engine, no network. All that was recorded is still there. */
test.describe.configure({ mode: 'serial', timeout: 120_000 })

const home = makeHome('offline')
const folder = join(home.projects, 'penguins')
let host: WorkbenchHost
let browser: Browser
let page: Page
const trouble: string[] = []

test.beforeAll(async ({ finished, playwright, launchOptions }) => {
  test.setTimeout(600_000)
  cpSync(finished.folder, folder, { recursive: true, verbatimSymlinks: true })
  rmSync(join(folder, '.slipway/environment'), { recursive: true, force: true })
  const through = withoutNetwork()
  host = await startWorkbench({
    home,
    project: folder,
    through,
    variables: { PATH: join(home.folder, 'nothing'), DOCKER_HOST: `unix://${home.folder}/no-engine.sock` },
  })
  browser = await launchBeside(host, playwright.chromium, launchOptions, through.length > 0)
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.on('pageerror', (error) => trouble.push(String(error)))
  page.on('requestfailed', (request) => trouble.push(`${request.url()} ${request.failure()?.errorText}`))
  await page.goto(host.url)
})

test.afterAll(async () => {
  await browser?.close()
  await host?.stop()
  home.remove()
})

const go = (place: string) => page.evaluate((hash) => window.location.assign(hash), place)
const key = () => /project\/([^/]+)/.exec(page.url())?.[1]

test('it opens and says what is absent here', async () => {
  await expect(page.getByRole('tree', { name: 'Steps' }).getByRole('treeitem')).toHaveCount(5)
  await expect(page.getByRole('contentinfo')).toContainText('No environment yet')
  await expect(page.getByRole('contentinfo')).toContainText(/No Docker|Docker stopped/)
})

test('every run is there with its metrics, plots, tables, log, environment and lineage', async ({ finished }) => {
  await go(`#/project/${key()}/runs`)
  await expect(page.getByRole('grid', { name: 'Runs' }).getByRole('row')).toHaveCount(1 + finished.runs.length)
  for (const run of finished.runs) {
    await go(`#/project/${key()}/runs/${run}`)
    await expect(page.getByRole('region', { name: 'Metrics' })).toContainText('balanced_accuracy')
    await expect(page.getByRole('img', { name: /confusion_matrix/ })).toBeVisible()
    await page.getByRole('tab', { name: /^Artifacts/ }).click()
    await expect(page.getByRole('grid', { name: 'Rows of penguins' })).toContainText('Adelie')
    await page.getByRole('tab', { name: 'Environment' }).click()
    await expect(page.getByRole('list', { name: 'Packages' })).toContainText('scikit-learn')
    await page.getByRole('tab', { name: 'Lineage' }).click()
    await page.getByLabel('As a picture').uncheck()
    await expect(page.getByRole('table', { name: 'Lineage' })).toContainText('data/penguins.csv')
  }
})

test('two runs can be compared', async ({ finished }) => {
  await go(`#/project/${key()}/runs/compare?runs=${finished.runs.join(',')}`)
  await expect(page.getByRole('table', { name: 'Params' })).toContainText('0.01')
  await expect(page.getByRole('table', { name: 'Metrics' })).toContainText('evaluation.log_loss')
})

test('the model is there with its evidence and its approval', async () => {
  await go(`#/project/${key()}/models/penguins@1`)
  await expect(page.getByRole('region', { name: 'Decision' })).toContainText('Accurate on the penguins')
  await expect(page.getByRole('region', { name: 'Evidence' })).toContainText('CC0-1.0')
})

test('the image is there with its parity, its layers and where it was pushed', async ({ finished }) => {
  await go(`#/project/${key()}/ship/penguins@1`)
  await expect(page.getByRole('region', { name: 'Image', exact: true })).toContainText('Parity passed')
  await expect(page.getByTitle(finished.manifestDigest).first()).toBeVisible()
  await expect(page.getByRole('table', { name: 'Pushes' })).toContainText(finished.reference)
})

test('nothing was asked of anybody, and nothing broke', () => {
  expect(trouble).toEqual([])
})

/** What starts a program where only loopback exists; nothing when this system does not let us. */
function withoutNetwork(): readonly string[] {
  const own = process.getuid?.() === 0 ? ['-n'] : ['-rn']
  const up = [
    '/usr/bin/unshare',
    ...own,
    '/bin/sh',
    '-c',
    'PATH=/sbin:/usr/sbin:/bin:/usr/bin ip link set lo up && exec "$@"',
    'sh',
  ]
  return spawnSync(up[0] as string, [...up.slice(1), '/bin/true']).status === 0 ? up : []
}

/** The browser where the host is: in a network of its own that reaches nothing else. */
function launchBeside(
  { process: { pid } }: WorkbenchHost,
  chromium: BrowserType,
  options: LaunchOptions,
  isApart: boolean,
): Promise<Browser> {
  if (!isApart) return chromium.launch(options)
  const program = options.executablePath ?? chromium.executablePath()
  const own = process.getuid?.() === 0 ? '--net' : '--net --user --preserve-credentials'
  const script = join(home.folder, 'chromium-beside.sh')
  writeFileSync(script, `#!/bin/sh\nexec nsenter --target ${pid} ${own} ${program} "$@"\n`, { mode: 0o700 })
  return chromium.launch({ ...options, executablePath: script })
}
