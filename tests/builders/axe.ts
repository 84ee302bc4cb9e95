import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * axe on the page as it stands. To put together what it found in frames it opens another page each time, which takes
 * longer than the look itself; a page without frames has nothing to put together.
 */
export function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode(page.frames().length === 1)
}
