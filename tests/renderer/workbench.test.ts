import { describe, expect, it } from 'vitest'
import { pipelineText } from '../fakes/fixture-sources.ts'
import { buildAddress, prepareWindows, runStale, see, typeAtLine, untilEditor } from './window-under-test.ts'

const openWindow = prepareWindows()
const openBuild = (options: Parameters<typeof openWindow>[0] = {}) => openWindow({ start: buildAddress, ...options })
const defOfClean = 20

describe('Build', () => {
  it('redraws the graph from what is typed, before it is saved', async () => {
    const { page, server } = await openBuild()
    await untilEditor(page)
    await typeAtLine(page, 11, '\n@step\ndef extra(clean):\nreturn clean\n')
    await see(
      page.getByRole('tree', { name: 'Steps' }).getByRole('treeitem', { name: /^extra, .*needs clean/ }),
    ).toBeVisible()
    await see(page.getByRole('group', { name: /^Pipeline graph/ })).toContainText('extra')
    expect((await server.core.project.readFile('pipeline.py')).text).not.toContain('extra')
  })

  it('keeps the last valid graph on a syntax error and names the line', async () => {
    const { page } = await openBuild()
    await untilEditor(page)
    await typeAtLine(page, defOfClean, '(')
    await see(page.getByText(/Showing the last valid graph/)).toContainText(`line ${defOfClean}`)
    await see(page.getByRole('tree', { name: 'Steps' }).getByRole('treeitem')).toHaveCount(6)
    await see(page.getByRole('contentinfo')).toContainText('problem')
    await page.keyboard.press('Backspace')
    await see(page.getByText(/Showing the last valid graph/)).toBeHidden()
  })

  it('keeps the selection on a step that is renamed as it is typed', async () => {
    const { page } = await openBuild()
    await untilEditor(page)
    await typeAtLine(page, 11, '\n@step\ndef extra')
    await page.keyboard.type('(clean):\nreturn clean')
    await see(page.getByRole('treeitem', { name: /^extra, / })).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Home')
    for (let at = 0; at < 'def extra'.length; at++) await page.keyboard.press('ArrowRight')
    await page.keyboard.type('s')
    await see(page.getByRole('treeitem', { name: /^extras, / })).toHaveAttribute('aria-selected', 'true')
    await see(page.getByRole('region', { name: 'Outputs' })).toContainText('extras was not run yet')
  })

  it('asks for trust once before anything runs, and shows what each step gave', async () => {
    const { page, server } = await openBuild()
    await page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Run stale (6)' }).click()
    await see(page.getByRole('dialog', { name: 'Do you trust this project?' })).toBeVisible()
    expect((await server.core.runs.list({})).total).toBe(0)
    await page.getByRole('button', { name: 'Trust and run' }).click()
    await see(page.getByRole('contentinfo')).toContainText('Up to date')
    await page.getByRole('treeitem', { name: /^evaluation, Completed/ }).click()
    await see(page.getByRole('region', { name: 'Outputs' })).toContainText('0.934')
    await page.getByRole('treeitem', { name: /^clean, Completed/ }).click()
    await see(page.getByRole('grid', { name: 'Rows of clean' })).toBeVisible()
    await page.getByRole('tab', { name: 'Log' }).click()
    await see(page.getByRole('log')).toContainText('kept 1,359 of 1,599 rows')
  })

  it('says of each stale step why it is stale, and reruns those alone', async () => {
    const { page } = await openBuild({ trusted: true })
    await runStale(page)
    await page.getByRole('treeitem', { name: /^model, / }).click()
    await page.getByLabel(/^trees/).fill('200')
    await page.getByLabel(/^trees/).press('Enter')
    await see(page.getByRole('treeitem', { name: /^model, Stale, trees 120 → 200/ })).toBeVisible()
    await see(page.getByRole('treeitem', { name: /^split, Completed/ })).toBeVisible()
    await runStale(page, /^Done .*\(3 cached\)/)
    await see(page.getByRole('treeitem', { name: /^split, Cached/ })).toBeVisible()
  })

  it('shows the code that changed inside the inspector, however wide its lines are', async () => {
    const { page, server } = await openBuild({ trusted: true })
    await runStale(page)
    server.core.writeOutside(
      'pipeline.py',
      pipelineText.replace('table = raw.dropna()', 'table = raw.dropna(how="any")'),
    )
    await page.getByRole('treeitem', { name: /^clean, Stale/ }).click()
    const inspector = page.getByRole('complementary', { name: 'Inspector' })
    const diff = inspector.getByRole('region', { name: 'What changed in clean' })
    await see(diff).toContainText('random_state=seed')
    const [around, inside] = [await inspector.boundingBox(), await diff.boundingBox()]
    expect((inside?.x ?? 0) + (inside?.width ?? 9999)).toBeLessThanOrEqual((around?.x ?? 0) + (around?.width ?? 0))
    expect(await diff.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true)
  })

  it('refuses a param that is not of its type, in words at the field', async () => {
    const { page } = await openBuild()
    await page.getByRole('treeitem', { name: /^model, / }).click()
    const trees = page.getByLabel(/^trees/)
    await trees.fill('many')
    await trees.press('Enter')
    await see(page.getByText('A whole number is needed')).toBeVisible()
    await see(trees).toHaveAttribute('aria-invalid', 'true')
  })

  it('folds a traceback to the own frames and opens the line', async () => {
    const { page, server } = await openBuild({ trusted: true })
    server.core.failAt('model')
    await runStale(page, /^Failed/)
    await see(page.getByRole('treeitem', { name: /^model, Failed/ })).toHaveAttribute('aria-selected', 'true')
    const outputs = page.getByRole('region', { name: 'Outputs' })
    await see(outputs).toContainText("could not convert string to float: 'n/a'")
    await see(outputs.getByRole('button', { name: '2 frames in packages' })).toBeVisible()
    await see(outputs).not.toContainText('_forest.py')
    const open = outputs.getByRole('button', { name: /^Open at line/ })
    const line = (await open.innerText()).replace(/\D/g, '')
    await open.click()
    await see(page.getByRole('contentinfo')).toContainText(`Ln ${line},`)
  })

  it('leads to the step that failed, though the run was over before it was seen to begin', async () => {
    const { page, server } = await openBuild({ trusted: true, stepMs: 0 })
    server.core.failAt('clean')
    await page
      .getByRole('toolbar', { name: 'Run' })
      .getByRole('button', { name: /^Run stale/ })
      .click()
    await see(page.getByRole('treeitem', { name: /^clean, Failed/ })).toHaveAttribute('aria-selected', 'true')
  })

  it('stops a run at once in words, and what was complete stays cached', async () => {
    const { page } = await openBuild({ trusted: true, stepMs: 2500 })
    await page
      .getByRole('toolbar', { name: 'Run' })
      .getByRole('button', { name: /^Run stale/ })
      .click()
    await see(page.getByRole('treeitem', { name: /^clean, Running/ })).toBeVisible()
    await page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Stop' }).click()
    await see(page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Stopping…' })).toBeVisible()
    await see(page.getByRole('contentinfo')).toContainText('Cancelled')
    await see(page.getByRole('treeitem', { name: /^raw, Completed/ })).toBeVisible()
  })

  it('saves with the keyboard, and a file that changed underneath is never overwritten unseen', async () => {
    const { page, server } = await openBuild()
    await untilEditor(page)
    await typeAtLine(page, 10, '  # mine')
    await page.keyboard.press('Control+s')
    await see(page.getByRole('button', { name: 'Close pipeline.py' })).toBeVisible()
    await see.poll(async () => (await server.core.project.readFile('pipeline.py')).text).toContain('# mine')
    await page.keyboard.type(' and more')
    server.core.writeOutside('pipeline.py', '# theirs\n')
    await see(page.getByRole('alert').filter({ hasText: 'changed on disk' })).toBeVisible()
    await page.keyboard.press('Control+s')
    expect((await server.core.project.readFile('pipeline.py')).text).toBe('# theirs\n')
    await page.getByRole('button', { name: 'Keep my text' }).click()
    await page.locator('.monaco-editor .view-line').first().click()
    await page.keyboard.press('Control+s')
    await see.poll(async () => (await server.core.project.readFile('pipeline.py')).text).toContain('# mine and more')
  })

  it('walks the whole journey with its steps in sight, to a reference, a digest and a prediction', async () => {
    const { page } = await openBuild({ trusted: true })
    await page.getByRole('button', { name: 'Run the whole journey' }).click()
    const dialog = page.getByRole('dialog', { name: 'The whole journey' })
    await see(dialog.getByRole('listitem')).toHaveCount(8)
    await dialog.getByRole('button', { name: 'Start' }).click()
    await see(dialog).toContainText('127.0.0.1:5107/wine-grades:1')
    await see(dialog).toContainText(/sha256:[0-9a-f]{64}/)
    await see(dialog).toContainText('not a container')
    await see(dialog).toContainText('[1]')
  })
})

describe('the window', () => {
  it('mends a broken line by itself, says so meanwhile, and keeps what was typed', async () => {
    const { page, server } = await openBuild()
    await untilEditor(page)
    await typeAtLine(page, 10, '  # unsaved')
    await page.context().setOffline(true)
    server.dropLines()
    await see(page.getByText('Nothing that was saved is gone')).toBeVisible()
    await page.context().setOffline(false)
    // By the button, unless the window was quicker by itself.
    await page.evaluate(() => {
      for (const button of document.querySelectorAll('button')) if (button.textContent === 'Try now') button.click()
    })
    await see(page.getByText('Nothing that was saved is gone')).toBeHidden()
    await see(page.locator('.monaco-editor')).toContainText('# unsaved')
  })

  it('asks no other host for anything', async () => {
    const { page, server } = await openWindow()
    const origin = new URL(server.url).origin
    const strangers: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) strangers.push(request.url())
    })
    await page.goto(`${origin}/${buildAddress}`)
    await untilEditor(page)
    expect(strangers).toEqual([])
  })

  it('starts without the editor: Home fetches none of it', async () => {
    const { page, server } = await openWindow()
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(request.url()))
    await page.goto(`${new URL(server.url).origin}/`)
    await page.reload()
    await see(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.waitForLoadState('networkidle')
    expect(fetched.filter((url) => /monaco|editor|dagre/.test(url))).toEqual([])
  })

  it('says of an address that leads nowhere that it does', async () => {
    const { page } = await openWindow({ start: '#/project/wine-grades-1f3a/nowhere' })
    await see(page.getByText('There is no area called “nowhere”')).toBeVisible()
  })
})
