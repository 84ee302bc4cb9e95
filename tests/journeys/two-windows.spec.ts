import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { writeBlankProject } from '../builders/blank-project.ts'
import { makeHome, slipway, slipwayJson, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** One project, several windows and shells, and the days on which core or the folder goes away. */
test.describe.configure({ mode: 'serial', timeout: 180_000 })

const pipeline = `import time
from slipway import log_metric, step

@step
def numbers(*, count: int = 3):
    return list(range(count))

@step
def slow(numbers, *, seconds: float = 2.0):
    for second in range(int(seconds * 10)):
        print("second", second / 10, flush=True)
        log_metric("second", second / 10)
        time.sleep(0.1)
    return {"sum": sum(numbers)}
`
const home = makeHome('windows')
const folder = join(home.projects, 'shared')
let host: WorkbenchHost
let first: Page
let second: Page

test.beforeAll(async ({ browser }) => {
  writeBlankProject(folder, pipeline)
  await slipwayJson(home, ['-C', folder, 'run', '--trust'])
  host = await startWorkbench({ home, project: folder })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  first = await context.newPage()
  await first.goto(host.url)
  await expect(step(first, /^slow/)).toBeVisible()
  second = await context.newPage()
  await second.goto(first.url())
  await expect(step(second, /^slow/)).toBeVisible()
})

test.afterAll(async () => {
  await first?.context().close()
  await host?.kill()
  home.remove()
})

const step = (page: Page, name: RegExp) => page.getByRole('tree', { name: 'Steps' }).getByRole('treeitem', { name })
const runState = (page: Page, name: RegExp) => page.getByRole('contentinfo').getByRole('button', { name })
const area = (page: Page, name: string) => page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name })

test('a run from a shell is seen live in both windows', async () => {
  await step(first, /^slow/).click()
  await step(second, /^slow/).click()
  const ended = slipway(home, ['-C', folder, 'run', '--trust', '-p', 'slow.seconds=12'])
  await Promise.all(
    [first, second].map(async (page) => {
      await expect(runState(page, /^Running slow/)).toBeVisible()
      await expect(page.getByRole('region', { name: 'Outputs', exact: true })).toContainText(/second \d/)
    }),
  )
  expect((await ended).code).toBe(0)
  for (const page of [first, second]) await expect(runState(page, /^Done/)).toBeVisible()
})

test('what one window saves the other shows, and an unsaved text there is not lost', async () => {
  await second
    .getByRole('region', { name: 'Editor' })
    .getByRole('textbox', { name: /Press Control M/ })
    .focus()
  await second.keyboard.press('Control+End')
  await second.keyboard.type('# mine')
  writeFileSync(join(folder, 'pipeline.py'), `${pipeline}# theirs\n`)
  await expect(first.getByRole('region', { name: 'Editor' })).toContainText('# theirs')
  await expect(second.getByText('pipeline.py changed on disk while you were editing it.')).toBeVisible()
  await second.getByRole('button', { name: 'Keep my text' }).click()
  await second.keyboard.press('Control+s')
  await expect.poll(() => readFileSync(join(folder, 'pipeline.py'), 'utf8')).toBe(`${pipeline}# mine`)
})

test('core killed in mid-run: the window says so, and after a new start nothing acknowledged is lost', async () => {
  type Shown = { run: { id: string; state: string } }
  const before = await slipwayJson<{ runs: readonly unknown[] }>(home, ['-C', folder, 'runs'])
  await slipwayJson(home, ['-C', folder, 'run', 'numbers', '--trust', '-p', 'numbers.count=9'])
  void slipway(home, ['-C', folder, 'run', '--trust', '-p', 'numbers.count=9', '-p', 'slow.seconds=60'])
  await expect(runState(first, /^Running slow/)).toBeVisible()
  await host.kill()
  for (const page of [first, second]) await expect(page.getByText(/Nothing that was saved is gone/)).toBeVisible()

  host = await startWorkbench({ home, project: folder, port: host.port })
  await first.goto(host.url)
  await expect(runState(first, /^Failed/)).toBeVisible()
  await expect(second.getByText(/Nothing that was saved is gone/)).toBeHidden({ timeout: 30_000 })
  await area(first, 'Runs').click()
  const rows = first.getByRole('grid', { name: 'Runs' }).getByRole('row')
  await expect(rows).toHaveCount(1 + before.runs.length + 2)
  await rows.nth(1).dblclick()
  await expect(first.getByRole('region', { name: 'Why it failed' })).toContainText(/interrupted/i)
  const { run } = await slipwayJson<Shown>(home, ['-C', folder, 'show', 'latest'])
  expect(run.state).toBe('failed')
  const kept = await slipwayJson<{ steps: readonly { step: string; state: string }[] }>(home, [
    ...['-C', folder, 'plan', '-p', 'numbers.count=9'],
  ])
  expect(kept.steps.find(({ step }) => step === 'numbers')?.state).toBe('cached')
  expect((await slipway(home, ['-C', folder, 'doctor'])).code).toBe(0)
})

test('a folder that was moved away is said, and is found again when it is back', async () => {
  await area(first, 'Build').click()
  renameSync(folder, `${folder}-elsewhere`)
  const notice = first.getByText(/The folder of this project was moved or deleted/)
  await expect(notice).toBeVisible()
  renameSync(`${folder}-elsewhere`, folder)
  await expect(notice).toBeHidden()
  await expect(step(first, /^slow/)).toBeVisible()
  expect((await slipway(home, ['-C', folder, 'runs'])).code).toBe(0)
})

test('a folder that may only be read is shown as that, and its runs are there', async () => {
  const readOnly = join(home.projects, 'read-only')
  await host.stop()
  const undo = withoutWriting(folder, readOnly)
  try {
    host = await startWorkbench({ home, project: readOnly })
    await first.goto(host.url)
    await expect(first.getByText(/This project is open for reading only/)).toBeVisible()
    await expect(
      first.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: /^Run stale|^Up to date/ }),
    ).toHaveAttribute('aria-disabled', 'true')
    await area(first, 'Runs').click()
    await expect(first.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(1)).toBeVisible()
  } finally {
    await host.stop()
    undo()
  }
})

/** Root is stopped by a mount alone, everybody else by the mode. */
function withoutWriting(from: string, at: string): () => void {
  if (process.getuid?.() !== 0) {
    renameSync(from, at)
    execFileSync('chmod', ['-R', 'a-w', at])
    return () => void execFileSync('chmod', ['-R', 'u+w', at])
  }
  mkdirSync(at)
  execFileSync('mount', ['--bind', from, at])
  execFileSync('mount', ['-o', 'remount,ro,bind', at])
  return () => void execFileSync('umount', ['--lazy', at])
}
