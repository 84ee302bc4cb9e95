import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { launchShell, type Shell } from './launch-shell.ts'

test.describe.configure({ mode: 'serial' })

let home: string
let shell: Shell
let page: Page

test.beforeAll(async () => {
  test.setTimeout(240_000)
  home = mkdtempSync(join(realpathSync(tmpdir()), 'slipway-shell-'))
  shell = await launchShell(home)
  page = await shell.app.firstWindow()
  test.info().annotations.push({ type: 'electron', description: shell.version })
  process.stdout.write(
    `The shell runs in Electron ${shell.version}${shell.isOlder ? ' (the older one, bridged)' : ''}.\n`,
  )
})

test.afterAll(async () => {
  await shell?.close()
  rmSync(home, { recursive: true, force: true })
})

test('the window shows Home from the app’s own origin, and core answers it', async () => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(page.url()).toMatch(/^app:\/\/slipway\//)
  await expect(page.getByText(/^Python 3\./)).toBeVisible()
})

test('the page holds the bridge and nothing of Node or Electron', async () => {
  const seen = await page.evaluate(() => ({
    bridge: Object.keys((window as unknown as { slipway: object }).slipway).sort(),
    node: ['require', 'process', 'Buffer', 'module', 'global'].filter((name) => name in globalThis),
  }))
  expect(seen.node).toEqual([])
  expect(seen.bridge).toEqual([
    'connect',
    'host',
    'onCommand',
    'onCoreRestart',
    'openExternal',
    'openWindow',
    'pathOfFile',
    'pickFolder',
    'setTheme',
  ])
})

test('windows are sandboxed and isolated', async () => {
  const preferences = await shell.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => {
      const contents = window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag }
    }),
  )
  expect(preferences).toEqual([
    { sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false },
  ])
})

test('b42: only files of the build are served', async () => {
  const answers = await page.evaluate(async () => {
    const paths = ['/nothing.js', '/%2e%2e/package.json', '/../../etc/passwd', '/assets', '/assets/%2e%2e/index.html']
    const status = async (path: string) => (await fetch(`app://slipway${path}`)).status
    return [await status('/index.html'), ...(await Promise.all(paths.map(status)))]
  })
  expect(answers[0]).toBe(200)
  expect(answers.slice(1, 3)).toEqual([404, 404])
  expect(answers[4]).toBe(404)
  const elsewhere = await page.evaluate(() =>
    fetch('app://other/index.html')
      .then((r) => r.status)
      .catch(() => 0),
  )
  expect([0, 404]).toContain(elsewhere)
})

test('b43: a page is given no permission', async () => {
  const answers = await page.evaluate(async () => ({
    notification: await Notification.requestPermission(),
    place: await new Promise((settle) =>
      navigator.geolocation.getCurrentPosition(
        () => settle('given'),
        () => settle('denied'),
      ),
    ),
    camera: await navigator.mediaDevices?.getUserMedia({ video: true }).then(
      () => 'given',
      () => 'denied',
    ),
  }))
  expect(answers.notification).toBe('denied')
  expect(answers.place).toBe('denied')
  expect(answers.camera ?? 'denied').toBe('denied')
})

test('b39 b41: strangers, wrong targets and odd addresses are refused by the main process', async () => {
  const refused = await page.evaluate(async () => {
    const bridge = (window as unknown as { slipway: { connect(id: unknown, target: unknown): void } }).slipway
    const heard: unknown[] = []
    const listen = (event: MessageEvent) => heard.push(event.data)
    window.addEventListener('message', listen)
    for (const target of [null, 'home', { kind: 'project', key: '../../etc' }, { kind: 'root' }]) {
      bridge.connect(90_001, target)
    }
    bridge.connect('one', { kind: 'home' })
    bridge.connect(90_002, { kind: 'home' })
    while (!heard.some((data) => (data as { requestId?: number }).requestId === 90_002)) {
      await new Promise((settle) => setTimeout(settle, 20))
    }
    window.removeEventListener('message', listen)
    return heard.map((data) => (data as { requestId?: unknown }).requestId)
  })
  expect(refused).toEqual([90_002])
})

test('the menu names commands of the window and leaves its keys free', async () => {
  const labels = await shell.app.evaluate(({ Menu }) =>
    (Menu.getApplicationMenu()?.items ?? []).flatMap((item) => item.submenu?.items.map((entry) => entry.label) ?? []),
  )
  expect(labels).toEqual(expect.arrayContaining(['New Window', 'Command Palette…', 'Run stale steps', 'Stop']))
  expect(labels.filter((label) => /reload|developer/i.test(label))).toEqual([])
  await shell.app.evaluate(({ Menu, BrowserWindow }) => {
    Menu.getApplicationMenu()?.getMenuItemById('palette.open')?.click(undefined, BrowserWindow.getAllWindows()[0])
  })
  await expect(page.getByPlaceholder('Type what you want to do')).toBeVisible()
  await page.keyboard.press('Escape')
})

test('a project is made from a template, run after trust, and its result is seen', async () => {
  test.setTimeout(240_000)
  await page.getByRole('button', { name: /Start from a template/ }).click()
  await page.getByRole('radio', { name: /Blank/ }).check()
  await page.getByLabel('Folder of the new project').fill(join(home, 'first'))
  await page.getByRole('button', { name: 'Create project' }).click()
  const run = page.getByRole('button', { name: /^Run stale/ })
  await run.click()
  await page.getByRole('button', { name: 'Trust and run' }).click()
  await expect(page.getByRole('button', { name: 'Up to date' }).first()).toBeVisible({ timeout: 180_000 })
  await page.getByRole('link', { name: 'Runs' }).click()
  await expect(page.getByRole('gridcell', { name: 'Completed' })).toBeVisible()
  await expect(page.getByRole('columnheader', { name: /letters/ })).toBeVisible()
  await expect(page.getByRole('gridcell', { name: '10', exact: true })).toBeVisible()
})

test('a folder that is dropped is copied by core from where it lies', async () => {
  test.setTimeout(120_000)
  const outside = join(home, 'outside', 'photos')
  mkdirSync(join(outside, 'red'), { recursive: true })
  writeFileSync(join(outside, 'a.csv'), 'x\n1\n')
  writeFileSync(join(outside, 'red', 'b.csv'), 'x\n2\n')
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Data' }).click()
  await expect(page.getByRole('main', { name: 'Data' })).toBeVisible()
  const line = await page.context().newCDPSession(page)
  const drop = async (path: string) => {
    const data = { items: [], files: [path], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await line.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data })
  }
  await drop(outside)
  const dialog = page.getByRole('dialog', { name: 'Copy the folder photos into the project' })
  await expect(dialog.getByRole('list', { name: 'What is copied' })).toHaveText(outside)
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  const add = page.getByRole('dialog', { name: 'Add dataset' })
  await expect(add.getByLabel('File, folder or glob')).toHaveValue('data/photos')
  await expect(add.getByText('2 files, 8 B.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(add).toHaveCount(0)
  await page.getByRole('link', { name: 'Runs' }).click()
})

test('a second window shows the same project', async () => {
  const hash = new URL(page.url()).hash
  const opened = shell.app.waitForEvent('window')
  await page.evaluate((place) => {
    const key = place.split('/')[2] as string
    const bridge = (window as unknown as { slipway: { openWindow(target: object): Promise<void> } }).slipway
    return bridge.openWindow({ kind: 'project', key })
  }, hash)
  const second = await opened
  await second.getByRole('link', { name: 'Runs' }).click()
  await expect(second.getByRole('gridcell', { name: 'Completed' })).toBeVisible()
  await second.close()
})

test('core killed: it is started again, and what was recorded is there', async () => {
  test.skip(process.platform === 'win32', 'processes are listed through /proc or ps')
  const [core] = await coreProcesses()
  process.kill(core as number, 'SIGKILL')
  await expect
    .poll(async () => (await coreProcesses()).filter((pid) => pid !== core).length, { timeout: 30_000 })
    .toBe(1)
  await page.getByRole('link', { name: 'Build' }).click()
  await page.getByRole('link', { name: 'Runs' }).click()
  await expect(page.getByRole('gridcell', { name: 'Completed' })).toBeVisible({ timeout: 30_000 })
  await page.getByRole('link', { name: 'Build' }).click()
  await expect(page.getByRole('button', { name: 'Up to date' }).first()).toBeVisible({ timeout: 30_000 })
})

test('the shell listens on no TCP port for the window', async () => {
  test.skip(process.platform !== 'linux', 'sockets are read from /proc')
  const pids = await shell.app.evaluate(({ app }) => app.getAppMetrics().map((metric) => metric.pid))
  const listening = execFileSync('ss', ['-ltnpH'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => [...pids, ...coreProcessesNow()].some((pid) => line.includes(`pid=${pid},`)))
  // What remains are the two debugging ports through which this test drives the shell.
  expect(listening.length).toBeLessThanOrEqual(2)
})

// Last: a navigation that was denied leaves the driver waiting for its end.
test('b40: navigation away, new windows and frames are denied', async () => {
  const before = page.url()
  await page.evaluate(() => {
    location.href = 'https://evil.example/'
  })
  expect(await page.evaluate(() => window.open('https://evil.example/') === null)).toBe(true)
  await page.evaluate(() => {
    const link = document.createElement('a')
    link.href = 'https://evil.example/'
    link.target = '_blank'
    document.body.append(link)
    link.click()
    link.remove()
  })
  expect(page.url()).toBe(before)
  expect(shell.app.windows()).toHaveLength(1)
})

/** The process that really runs core: the utility process, or the project's Node behind the older one's relay. */
async function coreProcesses(): Promise<readonly number[]> {
  if (shell.isOlder) return coreProcessesNow()
  return shell.app.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .flatMap((metric) => (metric.type === 'Utility' && metric.name === 'slipway-core' ? [metric.pid] : [])),
  )
}

function coreProcessesNow(): readonly number[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
  return listed
    .split('\n')
    .filter((line) => line.includes('core-child.mjs') && line.includes(join('resources', 'app')))
    .map((line) => Number.parseInt(line, 10))
}
