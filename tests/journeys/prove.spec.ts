import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import type { LineageGraph } from '../../core/domain/lineage.ts'
import { writeBlankProject } from '../builders/blank-project.ts'
import { axeOn } from '../renderer/axe.ts'
import { makeHome, slipwayJson, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** Past runs proved from the window, by real Python: the same, another with its cause, cancelled. */
test.describe.configure({ mode: 'serial', timeout: 240_000 })

const home = makeHome('prove')
const folder = join(home.projects, 'proved')
const gate = join(home.folder, 'gate')
let host: WorkbenchHost
let context: BrowserContext
let page: Page

const pipeline = `import os, random, time
from slipway import step

@step
def rows(*, count: int = 5):
    return [{"at": at, "square": at * at} for at in range(count)]

@step
def drawn(rows, *, seeded: bool = True, waits: bool = False):
    if waits:
        while not os.path.exists(${JSON.stringify(gate)}):
            time.sleep(0.05)
    if seeded:
        random.seed(7)
    return {"chosen": rows[2]["square"], "noise": random.random()}
`

type Run = { readonly run: { readonly id: string } }
const runIt = async (...params: string[]) =>
  (await slipwayJson<Run>(home, ['-C', folder, 'run', '--trust', ...params.flatMap((one) => ['-p', one])])).run.id

async function openProof(run: string): Promise<void> {
  await page.goto(`${page.url().split('#')[0]}#/project/${/project\/([^/]+)/.exec(page.url())?.[1]}/runs/${run}`)
  await page.getByRole('tab', { name: 'Proof' }).click()
}
const proof = () => page.getByRole('region', { name: 'Proof of the run' })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000)
  writeBlankProject(folder, pipeline)
  await slipwayJson(home, ['-C', folder, 'env', 'sync', '--trust'])
  host = await startWorkbench({ home, project: folder })
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(host.url)
  await expect(page.getByRole('tree', { name: 'Steps' })).toBeVisible()
})

test.afterAll(async () => {
  await context?.close()
  await host?.kill()
  home.remove()
})

test('a run is proved identical, though its project has moved on, and the proof is in its lineage', async () => {
  const run = await runIt()
  writeFileSync(join(folder, 'pipeline.py'), pipeline.replace('at * at', 'at + at'))
  await openProof(run)
  await expect(proof().getByText('Never proved')).toBeVisible()
  await proof().getByRole('button', { name: 'Prove it' }).click()
  // What the shell was trusted with for its own call does not hold here.
  await page.getByRole('button', { name: 'Trust and run' }).click()
  await expect(proof().getByText(/all \d+ results of 2 steps came out the same/)).toBeVisible({ timeout: 120_000 })
  await expect(proof().getByRole('table', { name: 'Results compared' })).toContainText('drawn.noise')
  expect((await axeOn(page).analyze()).violations.map(({ id }) => id)).toEqual([])
  const { nodes } = await slipwayJson<LineageGraph>(home, ['-C', folder, 'lineage', run, '--down'])
  expect(nodes.filter(({ kind }) => kind === 'proof').map(({ name }) => name)).toEqual(['identical'])
  writeFileSync(join(folder, 'pipeline.py'), pipeline)
})

test('where one differs, the first place is named and then its cause', async () => {
  await openProof(await runIt('drawn.seeded=false'))
  await proof().getByRole('button', { name: 'Prove it' }).click()
  const first = proof().getByText(
    /The first difference is in step drawn, drawn, column noise: recorded 0\.\d+, now 0\.\d+/,
  )
  await expect(first).toBeVisible({ timeout: 120_000 })
  await proof().getByRole('button', { name: 'Find out why' }).click()
  await expect(
    proof()
      .getByText(/Find the cause/)
      .first(),
  ).toBeVisible()
  await expect(proof().getByText(/depends on random numbers without a seed/)).toBeVisible({ timeout: 180_000 })
  await proof()
    .getByText(/^What was tried/)
    .click()
  await expect(proof().getByText('random numbers from a fixed seed: gives something else').first()).toBeVisible()
  expect((await axeOn(page).analyze()).violations.map(({ id }) => id)).toEqual([])
  await expect(proof().getByRole('table', { name: 'Earlier proofs' })).toContainText('Differs')
})

test('a proof is cancelled, and nothing is recorded of it', async () => {
  writeFileSync(gate, '')
  const run = await runIt('drawn.waits=true')
  rmSync(gate)
  await openProof(run)
  await proof().getByRole('button', { name: 'Prove it' }).click()
  await expect(
    proof()
      .getByText(/Execute again/)
      .first(),
  ).toBeVisible()
  await proof().getByRole('button', { name: 'Stop' }).click()
  await expect(proof().getByRole('button', { name: 'Prove it' })).toBeEnabled()
  await expect(proof().getByText('Never proved')).toBeVisible()
  expect(existsSync(gate)).toBe(false)
  writeFileSync(gate, '')
  await proof().getByRole('button', { name: 'Prove it' }).click()
  await expect(proof().getByText(/came out the same/)).toBeVisible({ timeout: 120_000 })
})
