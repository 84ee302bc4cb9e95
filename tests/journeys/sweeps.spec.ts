import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import type { SweepDetail } from '../../core/domain/sweep.ts'
import { writeBlankProject } from '../builders/blank-project.ts'
import { axeOn } from '../renderer/axe.ts'
import { makeHome, slipwayJson, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** Searches over params from the window, by real Python and real Optuna, with the death of core in the middle. */
test.describe.configure({ mode: 'serial', timeout: 240_000 })

const home = makeHome('sweeps')
const folder = join(home.projects, 'tuning')
const gate = join(home.folder, 'gate')
/** Holds a number: where so many trainings have begun, the next ones wait. */
const held = join(home.folder, 'held')
const begun = join(home.folder, 'begun')
let host: WorkbenchHost
let context: BrowserContext
let page: Page

/** A trial waits where it is held, and at the gate once `C` is above 100: the journey decides what runs when core dies. */
const pipeline = `import os, time
from slipway import step

BEGUN, GATE, HELD = ${JSON.stringify(begun)}, ${JSON.stringify(gate)}, ${JSON.stringify(held)}

def mark(step):
    with open(os.path.join(BEGUN, f"{step} {os.getpid()}"), "w"):
        pass

@step
def load(*, rows: int = 4):
    mark("load")
    return list(range(rows))

@step
def split(load, *, part: int = 2):
    mark("split")
    return load[:part]

@step
def train(split, *, C: float = 1.0, depth: int = 2):
    mark("train")
    trainings = len([name for name in os.listdir(BEGUN) if name.startswith("train ")])
    while (C > 100 and not os.path.exists(GATE)) or (os.path.exists(HELD) and trainings > int(open(HELD).read())):
        time.sleep(0.05)
    return {"score": len(split) * 10 - (C % 100 - 3) ** 2 - abs(depth - 3)}
`

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000)
  mkdirSync(begun)
  writeBlankProject(folder, pipeline, '[steps.train]\ncache = true\n')
  await slipwayJson(home, ['-C', folder, 'env', 'sync', '--trust'])
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await open()
})

test.afterAll(async () => {
  await context?.close()
  await host?.kill()
  home.remove()
})

async function open(): Promise<void> {
  host = await startWorkbench({ home, project: folder })
  await page.goto(host.url)
  await page.getByRole('navigation').getByRole('link', { name: 'Runs' }).click()
  await page.getByRole('button', { name: 'Sweeps' }).click()
}

async function fill(over: Readonly<Record<string, string>>, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByRole('button', { name: 'New sweep' }).click()
  for (const [key, text] of Object.entries({ ...over, Metric: 'train.score', ...fields }))
    await page.getByLabel(key, { exact: true }).fill(text)
}

const executed = (step: string) => readdirSync(begun).filter((name) => name.startsWith(`${step} `)).length
const latest = () => slipwayJson<SweepDetail>(home, ['-C', folder, 'sweep', 'show', 'latest'])
const rowOf = (trial: number) =>
  page
    .getByRole('table', { name: 'Trials' })
    .getByRole('row')
    .filter({ has: page.getByLabel(`Select trial ${trial}`, { exact: true }) })
const isUsable = async () => {
  const { violations } = await axeOn(page).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

test('a grid is started in parallel from a project that is not trusted yet, and compared while it runs', async () => {
  await fill({ 'split.part': '1, 2', 'train.C': '1, 2, 3, 4', 'train.depth': '2, 3' }, { 'At the same time': '3' })
  await page.getByRole('button', { name: 'Start 16 trials' }).click()
  await page.getByRole('button', { name: 'Trust and run' }).click()
  await expect(page.getByText(/of 16 trials ended, best train.score/)).toBeVisible()
  await expect(page.getByText(/16 of 16 trials ended/)).toBeVisible({ timeout: 180_000 })
  await expect(
    page.getByRole('img', { name: /^Parallel coordinates of split.part, train.C, train.depth/ }),
  ).toBeVisible()
  const influence = page.getByRole('table', { name: 'Influence of each param' })
  await expect(influence.getByRole('row').nth(1)).toContainText('split.part')
  await isUsable()
  // What trials share ran once, though three went at a time.
  expect([executed('load'), executed('split'), executed('train')]).toEqual([1, 2, 16])
})

test('the best trial leads to its run', async () => {
  const { sweep } = await latest()
  expect(sweep.best?.value).toBe(20)
  await expect(rowOf(sweep.best?.trial as number)).toContainText('Best')
  await page.getByRole('button', { name: 'Open best run' }).click()
  await expect(page).toHaveURL(new RegExp(`/runs/${sweep.best?.runId}$`))
  await expect(page.getByRole('heading', { level: 1 })).toContainText(sweep.best?.runId as string)
  await page.goBack()
  await page.getByRole('link', { name: 'Sweeps' }).click()
})

test('a search that learns goes on after core was killed, and repeats no trial that had ended', async () => {
  await fill({ 'train.C': '0.0..6.0', 'train.depth': '2, 3, 4' }, { Trials: '12', Seed: '5' })
  await page.getByLabel('Method').selectOption('bayes')
  writeFileSync(held, String(executed('train') + 5))
  await page.getByRole('button', { name: 'Start 12 trials' }).click()
  await expect(page.getByText(/5 of 12 trials ended/)).toBeVisible({ timeout: 180_000 })
  await host.kill()
  rmSync(held)
  const before = executed('train')
  await open()
  const table = page.getByRole('table', { name: 'Sweeps' })
  await table.getByRole('row').nth(1).getByRole('link').click()
  await expect(page.getByText(/Slipway ended while/).first()).toBeVisible()
  const cut = await latest()
  expect(cut.sweep).toMatchObject({ state: 'failed', failure: { code: 'sweeps/interrupted' } })
  const ended = cut.trials.filter(({ state }) => state === 'completed')
  expect(ended.length).toBe(5)
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText(/12 of 12 trials ended/)).toBeVisible({ timeout: 180_000 })
  const whole = await latest()
  expect(whole.sweep.state).toBe('completed')
  for (const trial of ended) expect(whole.trials[trial.number - 1]).toEqual(trial)
  expect(executed('train') - before).toBeLessThanOrEqual(12 - ended.length)
})

test('one that waits is cancelled, nothing of it runs on, and it can be gone on with', async () => {
  await page.getByRole('link', { name: 'Sweeps' }).click()
  await fill({ 'train.C': '101, 102, 103' }, { 'At the same time': '2' })
  await page.getByRole('button', { name: 'Start 3 trials' }).click()
  await expect(rowOf(1)).toContainText('Running')
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible({ timeout: 60_000 })
  const { sweep, trials } = await latest()
  expect(sweep.state).toBe('canceled')
  expect(trials.some(({ state }) => state === 'running')).toBe(false)
  expect(
    (await slipwayJson<{ total: number }>(home, ['-C', folder, 'runs', '--filter', 'state = running'])).total,
  ).toBe(0)
  writeFileSync(gate, '')
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText(/3 of 3 trials ended/)).toBeVisible({ timeout: 120_000 })
  rmSync(gate)
})
