import { type Browser, expect, type Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type FixtureServer, serveFixture } from '../fakes/fixture-server.ts'
import { axeOn } from './axe.ts'
import { launchBrowser, openPage, type PageOptions } from './browser.ts'
import { holdAnswers, type LateAnswers } from './late-answers.ts'

/** Patient, since the machine that tests may be busy with other tests. */
export const see = expect.configure({ timeout: 30_000 })

type Options = NonNullable<Parameters<typeof serveFixture>[0]> &
  PageOptions & {
    /** Procedures whose answers are held until they are let through. */
    readonly late?: readonly string[]
  }
export type WindowUnderTest = { readonly page: Page; readonly server: FixtureServer; readonly late: LateAnswers }

/** Of a window whose line nobody stands in. */
const refuse = (): never => {
  throw new Error('Open the window with `late` to hold answers.')
}
const punctual: LateAnswers = { hold: refuse, release: refuse, untilHeld: refuse }

export const buildAddress = '#/project/wine-grades-1f3a/build'

/** Opens windows of the built page on a project in memory; one browser for a test file, closed with it. */
export function prepareWindows(): (options?: Options) => Promise<WindowUnderTest> {
  let browser: Browser
  const open: Omit<WindowUnderTest, 'late'>[] = []
  beforeAll(async () => {
    await buildPage()
    browser = await launchBrowser()
  })
  afterEach(async () => {
    for (const { page, server } of open.splice(0)) {
      await page.context().close()
      await server.close()
    }
  })
  afterAll(() => browser?.close())
  return async (options = {}) => {
    const server = await serveFixture({ stepMs: 40, ...options })
    const page = await openPage(browser, options)
    page.setDefaultTimeout(30_000)
    open.push({ page, server })
    const late = options.late ? await holdAnswers(page, options.late) : punctual
    await page.goto(server.url)
    await page.locator('#root > *').first().waitFor({ state: 'attached' })
    return { page, server, late }
  }
}

/** Made when it is out of date; SLIPWAY_PAGE_FOLDER names one that was made already. */
async function buildPage(): Promise<void> {
  if (process.env.SLIPWAY_PAGE_FOLDER) return
  const launcher = new URL('../../core/hosts/launcher/', import.meta.url)
  const { build } = await import(new URL('build.mjs', launcher).href)
  const { createProgress } = await import(new URL('say.mjs', launcher).href)
  await build(['renderer'], createProgress())
}

/** What axe finds wrong on the page as it stands, in words: everything in light, and once more the contrast in dark. */
export async function findBarriers(page: Page, within = 'body'): Promise<readonly string[]> {
  // Without motion, so that no colour is looked at half-way to another.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const light = await axeOn(page)
    .include(within)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await see(page.locator('html[data-theme="dark"]')).toBeAttached()
  const dark = await axeOn(page).include(within).withRules(['color-contrast']).analyze()
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
  const violations = [...light.violations, ...dark.violations.map((found) => ({ ...found, id: `dark ${found.id}` }))]
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`),
  )
}

/** The largest part of the page, fetched last. Where it does not come, what the page says instead is the reason. */
export async function untilEditor(page: Page): Promise<void> {
  const line = page.locator('.monaco-editor .view-line').first()
  await see(line)
    .toBeVisible({ timeout: 90_000 })
    .catch(async (cause) => {
      throw new Error(`no editor, but: ${await page.locator('body').innerText()}`, { cause })
    })
}

export async function runStale(page: Page, end: RegExp = /^Done/): Promise<void> {
  await page
    .getByRole('toolbar', { name: 'Run' })
    .getByRole('button', { name: /^Run stale/ })
    .click()
  const trust = page.getByRole('button', { name: 'Trust and run' })
  const status = page.getByRole('contentinfo').getByRole('button', { name: end })
  await see(trust.or(status)).toBeVisible()
  if (await trust.isVisible()) await trust.click()
  await see(status).toBeVisible()
}

/** Puts the cursor on a line and types there. */
export async function typeAtLine(page: Page, line: number, text: string): Promise<void> {
  await page.locator('.monaco-editor .view-line').first().click()
  await page.keyboard.press('Control+Home')
  for (let at = 1; at < line; at++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.type(text)
}
