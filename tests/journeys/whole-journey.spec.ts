import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { type RealRegistry, startDockerRegistry } from '../builders/docker-registry.ts'
import { editorOf, goToLine, typeLines, undoAll } from './editing.ts'
import { lacksEngine } from './engine.ts'
import { makeHome, slipway, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** From a computer without a project to a pushed container: every part is the real one. */
test.describe.configure({ mode: 'serial', timeout: 300_000 })
test.use({ viewport: { width: 1440, height: 900 } })

const home = makeHome('journey')
const folder = join(home.projects, 'penguins')
let host: WorkbenchHost
let registry: RealRegistry
let page: Page

test.beforeAll(async ({ browser }) => {
  host = await startWorkbench({ home })
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(30_000)
  await page.goto(host.url)
})

test.afterAll(async () => {
  await page?.close()
  await host?.kill()
  await registry?.stop()
  home.remove()
})

const area = (name: string) => page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name })
const outline = () => page.getByRole('tree', { name: 'Steps' })
const step = (name: string | RegExp) => outline().getByRole('treeitem', { name })
const statusBar = () => page.getByRole('contentinfo')
const section = (name: string) => page.getByRole('region', { name, exact: true })

/** Presses what runs the stale steps and waits for the end of that run. */
async function runStale(end: RegExp): Promise<void> {
  await page
    .getByRole('toolbar', { name: 'Run' })
    .getByRole('button', { name: /^Run stale/ })
    .click()
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible()
  await expect(statusBar().getByRole('button', { name: end })).toBeVisible({ timeout: 240_000 })
}

test('Home offers the sample project, a template and a folder', async () => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Start from a template/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Open a folder/ })).toBeVisible()
  await page
    .getByRole('main')
    .getByRole('button', { name: /^Start with the sample project/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'Start with the sample project' })
  await dialog.getByLabel('Folder of the new project').fill(folder)
  await dialog.getByRole('button', { name: 'Create project' }).click()
  await expect(page).toHaveTitle(/penguins/)
})

test('the graph is read from the text, and nothing of the project has run', async () => {
  await expect(outline().getByRole('treeitem')).toHaveText([/load/, /validate/, /split/, /train/, /evaluate/])
  await expect(step(/^load, Not run yet/)).toBeVisible()
  await expect(page.getByRole('group', { name: /^Pipeline graph/ })).toContainText('evaluate')
  await expect(editorOf(page)).toContainText('Which species of penguin is it?')
  await expect(statusBar()).toContainText('No environment yet')
})

test('typing redraws the graph without saving', async () => {
  const before = readFileSync(join(folder, 'pipeline.py'), 'utf8')
  await goToLine(page, '"body_mass_g": (2000')
  await page.keyboard.press('ArrowDown')
  await typeLines(page, ['@step', 'def report(evaluation):', 'return sorted(evaluation)'])
  await expect(step(/^report, .*needs evaluation/)).toBeVisible()
  await expect(page.getByRole('group', { name: /^Pipeline graph/ })).toContainText('report')
  expect(readFileSync(join(folder, 'pipeline.py'), 'utf8')).toBe(before)
  await undoAll(page)
  await expect(step(/^report/)).toBeHidden()
})

test('a syntax error keeps the last valid graph and says where it is', async () => {
  await goToLine(page, 'absent = {TARGET, *FEATURES}')
  await page.keyboard.type(' +* (')
  const banner = page.getByText(/Showing the last valid graph\. pipeline\.py cannot be read at line \d+/)
  await expect(banner).toBeVisible()
  await expect(outline().getByRole('treeitem')).toHaveCount(5)
  await undoAll(page)
  await expect(banner).toBeHidden()
})

test('the first run asks for trust, makes the environment and runs every step in sight', async () => {
  await page.getByRole('button', { name: 'Run stale (5)' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Do you trust this project?' })
  await expect(dialog).toContainText(folder)
  await dialog.getByRole('button', { name: 'Trust and run' }).click()
  const progress = page.getByRole('toolbar', { name: 'Run' }).getByRole('progressbar')
  await expect(progress).toHaveAttribute('aria-valuetext', /^(Find Python|Resolve packages|Install packages): ./)
  await expect(step(/^train, Running/)).toBeVisible({ timeout: 240_000 })
  await expect(page.getByRole('group', { name: /^Pipeline graph/ })).toContainText('Running')
  await expect(statusBar().getByRole('button', { name: /^Done/ })).toBeVisible({ timeout: 60_000 })
  await expect(statusBar()).toContainText(/Python 3\./)
  await expect(step(/^evaluate, Completed/)).toBeVisible()
  expect(readFileSync(join(folder, 'slipway.lock'), 'utf8')).toContain('scikit-learn')
})

test('a step shows its table, its plot and its metrics', async () => {
  const outputs = page.getByRole('region', { name: 'Outputs', exact: true })
  await step(/^split/).click()
  await outputs.getByRole('tab', { name: 'test_rows' }).click()
  await expect(outputs.getByRole('grid')).toContainText('bill_length_mm')
  await step(/^evaluate/).click()
  await outputs.getByRole('tab', { name: 'confusion_matrix' }).click()
  await expect(outputs.getByRole('img', { name: /confusion_matrix/ })).toBeVisible()
  await outputs.getByRole('tab', { name: 'evaluation' }).click()
  await expect(outputs).toContainText('balanced_accuracy')
})

test('after one param changed only what hangs on it runs, and the reason is said', async () => {
  await step(/^train/).click()
  const param = page.getByRole('complementary', { name: 'Inspector' }).getByLabel(/^C /)
  await param.fill('0.01')
  await param.press('Enter')
  await expect(step(/^train, Stale, .*C 1(\.0)? → 0\.01/)).toBeVisible()
  await expect(step(/^split, (Completed|Cached)/)).toBeVisible()
  await runStale(/^Done.*3 cached/)
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('a failing step shows the traceback folded to the own code, and opens at its line', async () => {
  await goToLine(page, '"""Scores the model')
  await typeLines(page, ['pd.DataFrame().merge(None)'])
  await runStale(/^Failed/)
  await step(/^evaluate, Failed/).click()
  const outputs = page.getByRole('region', { name: 'Outputs', exact: true })
  await expect(outputs).toContainText('TypeError')
  const traceback = outputs.getByRole('list', { name: /^Traceback/ })
  await expect(traceback.getByRole('button', { name: /frames? in packages/ })).toHaveAttribute('aria-expanded', 'false')
  const line =
    1 +
    readFileSync(join(folder, 'pipeline.py'), 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('merge(None)'))
  await outputs.getByRole('button', { name: `Open at line ${line}` }).click()
  await expect(statusBar()).toContainText(`Ln ${line},`)
})

test('what a step prints is shown while it runs, and Stop ends it', async () => {
  await goToLine(page, 'pd.DataFrame().merge(None)')
  await page.keyboard.press('Shift+Home')
  await page.keyboard.type('import time')
  await typeLines(page, ['for number in range(3000):', 'print("looking at", number, flush=True)', 'time.sleep(0.1)'])
  await page
    .getByRole('toolbar', { name: 'Run' })
    .getByRole('button', { name: /^Run stale/ })
    .click()
  const outputs = page.getByRole('region', { name: 'Outputs', exact: true })
  await step(/^evaluate/).click()
  await expect(outputs).toContainText('looking at 3', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(statusBar().getByRole('button', { name: /^Cancelled/ })).toBeVisible()
})

test('repaired, the pipeline runs again', async () => {
  await goToLine(page, 'range(3000)')
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+End')
  await page.keyboard.type('print("scored", len(test_rows))')
  await runStale(/^Done.*4 cached/)
  const outputs = page.getByRole('region', { name: 'Outputs', exact: true })
  await outputs.getByRole('tab', { name: 'Log' }).click()
  await expect(outputs).toContainText('scored 86')
})

test('two runs are compared by params, metrics and code', async () => {
  await area('Runs').click()
  const runs = page.getByRole('grid', { name: 'Runs' })
  await expect(runs.getByRole('row')).toHaveCount(6)
  await runs.getByRole('row').nth(1).getByRole('checkbox').check()
  await runs.getByRole('row').nth(5).getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Compare 2 runs' }).click()
  await expect(page.getByRole('table', { name: 'Params' })).toContainText('train.C')
  await expect(page.getByRole('table', { name: 'Metrics' })).toContainText('evaluation.log_loss')
  await expect(page.getByRole('region', { name: 'Code of evaluate, what changed' })).toContainText(
    'print("scored", len(test_rows))',
  )
})

test("a run's page holds its step runs, artifacts, environment and lineage", async () => {
  await area('Runs').click()
  await page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(1).dblclick()
  await expect(page.getByRole('table', { name: 'Step runs' })).toContainText(/evaluate\s*Completed/)
  await page.getByRole('tab', { name: /^Artifacts/ }).click()
  await page
    .getByRole('list', { name: 'Artifacts' })
    .getByRole('button', { name: /penguins/ })
    .click()
  await expect(page.getByRole('grid', { name: 'Rows of penguins' })).toContainText('Adelie')
  await page
    .getByRole('list', { name: 'Artifacts' })
    .getByRole('button', { name: /confusion_matrix/ })
    .click()
  await expect(page.getByRole('img', { name: /confusion_matrix/ })).toBeVisible()
  await page.getByRole('tab', { name: 'Environment' }).click()
  await expect(page.getByRole('list', { name: 'Packages' })).toContainText('scikit-learn')
  await page.getByRole('tab', { name: 'Lineage' }).click()
  await page.getByLabel('As a picture').uncheck()
  await expect(page.getByRole('table', { name: 'Lineage' })).toContainText('data/penguins.csv')
})

test('its model becomes a version, with the evidence to decide on', async () => {
  await page.getByRole('button', { name: 'Register model' }).click()
  const dialog = page.getByRole('dialog', { name: 'Register a model version' })
  await expect(dialog.getByLabel('Model name')).toHaveValue('penguins')
  await dialog.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /penguins version 1/ })).toBeVisible({ timeout: 60_000 })
  const evidence = page.getByRole('region', { name: 'Evidence' })
  await expect(evidence).toContainText('balanced_accuracy')
  await expect(evidence).toContainText('CC0-1.0')
  await page.getByRole('tab', { name: 'Signature' }).click()
  await expect(page.getByRole('table', { name: 'Inputs' })).toContainText('flipper_length_mm')
})

test('the plan is shown, and Build makes an image whose parity is proved', async () => {
  await page.getByRole('button', { name: 'Ship this version' }).click()
  await expect(page.getByRole('table', { name: 'Layers' })).toContainText('runtime')
  await expect(page.getByText('linux/amd64').first()).toBeVisible()
  await page.getByRole('button', { name: 'Build', exact: true }).click()
  await expect(section('Image')).toContainText('Parity passed', { timeout: 240_000 })
})

test('nobody pushes a model that is not approved: not here, not from a shell', async () => {
  await expect(section('Push')).toContainText('This version is not approved')
  await expect(section('Push').getByRole('button', { name: 'Push' })).toHaveAttribute('aria-disabled', 'true')
  const { code, stderr } = await slipway(home, ['-C', folder, 'image', 'push', 'penguins@1', '127.0.0.1:5000/penguins'])
  expect(code).toBe(4)
  expect(stderr).toContain('nobody has approved it')
})

test('an approval with a note binds to the model', async () => {
  await section('Preflight').getByRole('link', { name: 'Review its evidence' }).click()
  const decision = section('Decision')
  await decision.getByLabel('Note').fill('Accurate enough on the penguins that were held out.')
  await decision.getByRole('button', { name: 'Approve' }).click()
  await expect(decision).toContainText('Accurate enough on the penguins that were held out.')
  await expect(decision).toContainText('Approved')
})

test('the image is served in a container and predicts', async () => {
  test.skip(await lacksEngine(), 'no engine')
  await area('Ship').click()
  await section('Serve').getByRole('button', { name: 'Serve', exact: true }).click()
  await expect(section('Serve')).toContainText('Healthy', { timeout: 120_000 })
  await expect(section('Serve')).toContainText('container')
  const form = page.getByRole('form', { name: 'Try a prediction' })
  await expect(form.getByLabel('flipper_length_mm')).not.toHaveValue('')
  await form.getByRole('button', { name: 'Predict' }).click()
  await expect(form.getByRole('status')).toContainText(/Adelie|Gentoo|Chinstrap/)
  await expect(form.getByRole('status')).toContainText('200')
  await section('Serve').getByRole('button', { name: 'Stop serving' }).click()
  await expect(section('Serve')).toContainText('Not served now')
})

test('it is pushed to the embedded registry and read back by digest', async () => {
  await area('Ship').click()
  const reference = await section('Push').getByLabel('Image reference').inputValue()
  await push(reference)
  await expectPushed(reference)
})

test('it is pushed to another registry, which gives the same digest', async () => {
  registry = await startDockerRegistry()
  const reference = `${registry.host}/team/penguins:1`
  await section('Push').getByLabel('Image reference').fill(reference)
  await push(reference)
  await expectPushed(reference)
})

test('closing ends everything and says so in the window', async () => {
  expect(await host.stop()).toBe(130)
  await expect(page.getByText(/Nothing that was saved is gone/)).toBeVisible()
})

async function push(reference: string): Promise<void> {
  await section('Push').getByRole('button', { name: 'Push' }).click()
  const dialog = page.getByRole('dialog', { name: 'Push this image?' })
  await expect(dialog).toContainText(reference)
  await dialog.getByRole('button', { name: 'Push' }).click()
  await expect(page.getByRole('table', { name: 'Pushes' })).toContainText(reference, { timeout: 120_000 })
}

/** The registry itself is asked for the digest of what lies under the tag. */
async function expectPushed(reference: string): Promise<void> {
  const [, at, path, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(reference) ?? []
  const answer = await fetch(`http://${at}/v2/${path}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  const digest = answer.headers.get('docker-content-digest')
  expect(digest).toMatch(/^sha256:/)
  const row = page.getByRole('table', { name: 'Pushes' }).getByRole('row').filter({ hasText: reference })
  await expect(row.getByTitle(digest as string)).toBeVisible()
}
