import type { Page } from '@playwright/test'

/** Until what changed with the theme has its new colours: even a transition of no length takes a frame. */
export async function untilStill(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((settle) => requestAnimationFrame(() => requestAnimationFrame(settle))))
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'))
}
