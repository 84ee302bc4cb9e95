import type { Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { prepareWindows, see } from './window-under-test.ts'

const openWindow = prepareWindows()

/** What a page that is opened anew at an address has asked for by the time something of it can be seen. */
async function startAt(page: Page, hash: string, isSeen: () => Promise<void>) {
  const address = new URL(page.url())
  await page.goto('about:blank')
  const files: string[] = []
  const lines: string[] = []
  page.on('request', (request) => files.push(new URL(request.url()).pathname.split('/').at(-1) as string))
  page.on('websocket', (socket) => lines.push(new URL(socket.url()).pathname))
  await page.goto(`${address.origin}/${hash}`)
  await isSeen()
  return { files, lines, scripts: files.filter((file) => file.endsWith('.js')) }
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 30_000 }).toBe(true)
}

describe('the start of a window', () => {
  it('asks for few files, with the code of the screen among the first, and leaves the editor for later', async () => {
    const { page } = await openWindow({ trusted: true, manyRuns: 100 })
    const { files, scripts } = await startAt(page, '#/project/wine-grades-1f3a/runs', () =>
      see(page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(1)).toBeVisible(),
    )
    expect(scripts.slice(0, 5).map((file) => file.split('-')[0])).toEqual(
      expect.arrayContaining(['index', 'app', 'shared', 'workbench', 'runs']),
    )
    expect(files.filter((file) => /monaco|graph/.test(file))).toEqual([])
    expect(files.length).toBeLessThan(16)
  }, 120_000)

  it('shows the build that is made for use, whoever asked for it', async () => {
    const { page } = await openWindow({ trusted: true })
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    await startAt(page, '#/project/wine-grades-1f3a/models', () =>
      see(page.getByRole('main', { name: 'Models' })).toBeVisible(),
    )
    // What React says where it was built for debugging; it is several times as slow then.
    expect(said.filter((text) => text.includes('React DevTools'))).toEqual([])
  }, 120_000)

  it('opens each line to core once, before the window is drawn', async () => {
    const { page } = await openWindow({ trusted: true })
    const { lines } = await startAt(page, '#/project/wine-grades-1f3a/models', () =>
      see(page.getByRole('main', { name: 'Models' })).toBeVisible(),
    )
    expect(lines).toEqual(['/rpc/home', '/rpc/project/wine-grades-1f3a'])
  }, 120_000)

  it('draws the window with its area in it at once, and nothing else before', async () => {
    const { page } = await openWindow({ trusted: true, manyRuns: 100 })
    await page.addInitScript(() => {
      const first = new MutationObserver(() => {
        const root = document.getElementById('root')
        if (!root?.firstElementChild) return
        first.disconnect()
        root.dataset.first = String(root.querySelector('main[aria-label="Runs"]') !== null)
      })
      first.observe(document, { subtree: true, childList: true })
    })
    await startAt(page, '#/project/wine-grades-1f3a/runs', () =>
      see(page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(1)).toBeVisible(),
    )
    expect(await page.locator('#root').getAttribute('data-first')).toBe('true')
  }, 120_000)

  it('is drawn without its area where the code of that takes long, and says what it waits for', async () => {
    const { page } = await openWindow({ trusted: true })
    let letThrough = (): void => undefined
    const held = new Promise<void>((settle) => {
      letThrough = settle
    })
    await page.route(/\/models-area-[^/]*\.js$/, async (route) => {
      await held
      await route.continue()
    })
    await startAt(page, '#/project/wine-grades-1f3a/models', () => see(page.getByText('Loading Models…')).toBeVisible())
    letThrough()
    await see(page.getByRole('main', { name: 'Models' })).toBeVisible()
  }, 120_000)

  it('opens a line anew where the one that was opened ahead has ended meanwhile', async () => {
    const { page, server } = await openWindow({ trusted: true })
    // The code of the window comes late: by then its lines were cut.
    let letThrough = (): void => undefined
    const held = new Promise<void>((settle) => {
      letThrough = settle
    })
    await page.route(/\/app-[^/]*\.js$/, async (route) => {
      await held
      await route.continue()
    })
    const cut = new Set<unknown>()
    page.on('websocket', (socket) => {
      socket.on('close', () => cut.add(socket))
    })
    const { lines } = await startAt(page, '#/project/wine-grades-1f3a/models', async () => {
      await until(() => {
        server.dropLines()
        return cut.size === 2
      })
      letThrough()
      await see(page.getByRole('main', { name: 'Models' })).toBeVisible()
      // What core says of the project has come over a line that lives.
      await see(page).toHaveTitle(/ · Slipway$/)
    })
    expect(lines.length).toBe(4)
  }, 120_000)

  it('waits for a line that opens late, also where the table is sorted by what only core knows', async () => {
    const { page } = await openWindow({ start: '#/project/wine-grades-1f3a/runs', trusted: true, manyRuns: 300 })
    const head = page.getByRole('columnheader', { name: /^accuracy/ })
    await head.getByRole('button').first().click()
    await see(head).toHaveAttribute('aria-sort', 'descending')
    await expect
      .poll(() => page.evaluate(() => localStorage.getItem('slipway.layout.runs')), { timeout: 30_000 })
      .toContain('accuracy')
    let drawn = (): void => undefined
    const isDrawn = new Promise<void>((settle) => {
      drawn = settle
    })
    await page.routeWebSocket(/\/rpc\/project\//, async (line) => {
      await isDrawn
      line.connectToServer()
    })
    await page.reload()
    // Nothing of the runs is known yet, and the window is there for all else.
    await see(page.getByText(/^Loading runs/)).toBeVisible()
    expect((await page.getByRole('alert').allInnerTexts()).join('')).toBe('')
    drawn()
    await see(head).toHaveAttribute('aria-sort', 'descending')
    await see(page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(5)).toContainText('Completed')
  }, 120_000)

  it('says so when the area of an address is not known', async () => {
    const { page } = await openWindow({ trusted: true })
    await startAt(page, '#/project/wine-grades-1f3a/constructor', () =>
      see(page.getByText('There is no area called “constructor”')).toBeVisible(),
    )
  }, 120_000)
})
