import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { AxeBuilder } from '@axe-core/playwright'
import { type BrowserContext, expect, type Page } from '@playwright/test'
import { axeOn } from '../renderer/axe.ts'
import { type FinishedProject, test } from './finished-project.ts'
import { makeHome, startWorkbench, type WorkbenchHost } from './workbench-host.ts'

/** Every area and dialog against axe in both themes, and the whole way by keyboard alone. */
test.describe.configure({ mode: 'serial', timeout: 180_000 })

const home = makeHome('access')
let host: WorkbenchHost
let context: BrowserContext
let page: Page
let key: string

test.beforeAll(async ({ browser, finished }) => {
  test.setTimeout(600_000)
  const folder = join(home.projects, 'penguins')
  cpSync(finished.folder, folder, { recursive: true, verbatimSymlinks: true })
  host = await startWorkbench({ home, project: folder })
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  await page.goto(host.url)
  await expect(page.getByRole('tree', { name: 'Steps' }).getByRole('treeitem')).toHaveCount(5)
  key = /project\/([^/]+)/.exec(page.url())?.[1] as string
})

test.afterAll(async () => {
  await context?.close()
  await host?.stop()
  home.remove()
})

type Place = {
  readonly name: string
  readonly at: (finished: FinishedProject) => string
  /** Brings the place into the state to look at, and waits for it. */
  readonly ready: (page: Page) => Promise<unknown>
}

const seen = (text: string | RegExp) => (on: Page) => expect(on.getByText(text).first()).toBeVisible()
const opened = (button: string | RegExp, dialog: string | RegExp) => async (on: Page) => {
  await on.getByRole('button', { name: button }).first().click()
  await expect(on.getByRole('dialog', { name: dialog })).toBeVisible()
}
const inTab = (tab: string | RegExp, text: string | RegExp) => async (on: Page) => {
  await on.getByRole('tab', { name: tab }).click()
  await seen(text)(on)
}
const inProject = (path: string) => () => `#/project/${key}/${path}`
const ofRun = ({ runs }: FinishedProject) => `#/project/${key}/runs/${runs[1]}`

const places: readonly Place[] = [
  { name: 'Home', at: () => '#/', ready: seen('Recent projects') },
  { name: 'Home, template', at: () => '#/', ready: opened(/^Start from a template/, 'Start from a template') },
  { name: 'Home, folder', at: () => '#/', ready: opened(/^Open a folder/, 'Open a project folder') },
  {
    name: 'Build',
    at: inProject('build'),
    ready: (on) => expect(on.locator('.view-line').first()).toBeVisible(),
  },
  { name: 'Build, trust', at: inProject('build'), ready: opened(/^Run the whole journey/, /trust this project/) },
  {
    name: 'Build, palette',
    at: inProject('build'),
    ready: async (on) => {
      await expect(on.getByRole('tree', { name: 'Steps' }).getByRole('treeitem').first()).toBeVisible()
      await on.keyboard.press('F1')
      await expect(on.getByRole('combobox')).toBeVisible()
    },
  },
  {
    name: 'Build, jobs',
    at: inProject('build'),
    ready: async (on) => {
      await on.getByRole('contentinfo').getByRole('button', { name: 'No jobs' }).click()
      await seen('No jobs yet')(on)
      await on.getByRole('button', { name: 'Close the bottom panel' }).click()
    },
  },
  {
    name: 'Runs',
    at: inProject('runs'),
    ready: (on) => expect(on.getByRole('grid', { name: 'Runs' }).getByRole('row')).toHaveCount(3),
  },
  { name: 'Run', at: ofRun, ready: seen('Step runs') },
  { name: 'Run, artifacts', at: ofRun, ready: inTab(/^Artifacts/, 'Torgersen') },
  { name: 'Run, log', at: ofRun, ready: inTab('Log', /Nothing was printed|line/) },
  { name: 'Run, environment', at: ofRun, ready: inTab('Environment', 'scikit-learn') },
  { name: 'Run, lineage', at: ofRun, ready: inTab('Lineage', 'train_rows') },
  { name: 'Run, register', at: ofRun, ready: opened('Register model', 'Register a model version') },
  {
    name: 'Compare',
    at: ({ runs }) => `#/project/${key}/runs/compare?runs=${runs.join(',')}`,
    ready: seen('The same in all of them'),
  },
  { name: 'Models', at: inProject('models'), ready: seen(/^Equal on \d+ rows/) },
  { name: 'Models, signature', at: inProject('models'), ready: inTab('Signature', 'flipper_length_mm') },
  { name: 'Ship', at: inProject('ship'), ready: seen('Entrypoint') },
  {
    name: 'Ship, push',
    at: inProject('ship'),
    ready: (on) =>
      on
        .getByRole('region', { name: 'Push', exact: true })
        .getByRole('button', { name: 'Push' })
        .click()
        .then(() => expect(on.getByRole('dialog', { name: 'Push this image?' })).toBeVisible()),
  },
  { name: 'Environments', at: inProject('environments'), ready: seen('scikit-learn') },
]

/** The themes differ in their colours alone. */
const looked: Record<'light' | 'dark', Parameters<AxeBuilder['options']>[0]['runOnly']> = {
  light: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  dark: { type: 'rule', values: ['color-contrast'] },
}

// Opened in the dark: the tests of single screens, which begin in the light, change over the other way.
for (const place of places) {
  test(`axe finds nothing in ${place.name}, dark and light`, async ({ finished }) => {
    const tab = await context.newPage()
    await tab.emulateMedia({ colorScheme: 'dark' })
    await tab.goto(`${new URL(host.url).origin}/${place.at(finished)}`)
    await place.ready(tab)
    for (const theme of ['dark', 'light'] as const) {
      await tab.emulateMedia({ colorScheme: theme })
      await expect(tab.locator(`html[data-theme="${theme}"]`)).toBeAttached()
      const { violations } = await axeOn(tab)
        // A splitter stands between the landmarks and belongs to none.
        .exclude('[role="separator"]')
        .options({ runOnly: looked[theme] })
        .analyze()
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => [id, html, any[0]?.message]))
      expect.soft(found, theme).toEqual([])
    }
    await tab.close()
  })
}

test('Tab leaves the editor after Ctrl+M, and comes back to it', async () => {
  await page.goto(`${new URL(host.url).origin}/#/project/${key}/build`)
  const editor = page.getByRole('textbox', { name: /Press Control M/ })
  await editor.focus()
  await page.keyboard.press('Tab')
  await expect(editor).toBeFocused()
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+m')
  await expect(page.getByRole('contentinfo')).toContainText('Tab moves focus')
  await page.keyboard.press('Tab')
  await expect(editor).not.toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await expect(editor).toBeFocused()
  await page.keyboard.press('Control+m')
})

test('Tab walks through every pane of Build and comes around', async () => {
  const editor = page.getByRole('textbox', { name: /Press Control M/ })
  await editor.focus()
  await page.keyboard.press('Control+m')
  const panes = new Set<string>()
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab')
    const pane = await page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('aria-label'))
    if (pane) panes.add(pane)
    if (await editor.evaluate((element) => element === document.activeElement)) break
  }
  await page.keyboard.press('Control+m')
  expect([...panes]).toEqual(
    expect.arrayContaining(['Areas', 'Build sidebar', 'Editor', 'Graph', 'Outputs', 'Inspector']),
  )
})

test('runs are compared and a model is decided on by keyboard alone', async () => {
  await page.keyboard.press('Control+3')
  const runs = page.getByRole('grid', { name: 'Runs' })
  await runs.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await page.keyboard.press('c')
  await expect(page.getByRole('table', { name: 'Params' })).toContainText('train.C')

  await page.keyboard.press('Control+4')
  await tabTo(page, page.getByRole('button', { name: 'Decide again' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByLabel('Note'))
  await page.keyboard.type('Read again from the keyboard.')
  await tabTo(page, page.getByRole('button', { name: 'Approve' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Decision' })).toContainText('Read again from the keyboard.')

  await page.keyboard.press('Control+2')
  await page.keyboard.press('Control+F5')
  const dialog = page.getByRole('dialog', { name: /Run all steps ignoring the cache/ })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

/** Presses Tab until the element has the focus; a person would not go further than this either. */
async function tabTo(on: Page, wanted: ReturnType<Page['getByRole']>): Promise<void> {
  await expect(wanted).toBeVisible()
  for (let presses = 0; presses < 60; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await on.keyboard.press('Tab')
  }
  await expect(wanted).toBeFocused()
}
