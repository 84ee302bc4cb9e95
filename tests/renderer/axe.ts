import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * axe on the page as it stands, once it stands still. To put together what it found in frames it opens another page each
 * time, which takes longer than the look itself; a page without frames has nothing to put together.
 */
export function axeOn(page: Page): AxeBuilder {
  const axe = new AxeBuilder({ page }).setLegacyMode(page.frames().length === 1)
  const analyze = axe.analyze.bind(axe)
  axe.analyze = async () => {
    await untilStill(page)
    return analyze()
  }
  return axe
}

/**
 * Until what changed with the theme, or with what can be pressed, has its new colours: a colour on its way to another is
 * none that anybody reads. Even a transition of no length takes a frame; what turns for ever is not waited for.
 */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((settle) => requestAnimationFrame(() => requestAnimationFrame(settle))))
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState !== 'running' || effect?.getComputedTiming().endTime === Infinity),
  )
}
