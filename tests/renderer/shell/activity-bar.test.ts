import { expect, it } from 'vitest'
import { buildAddress, prepareWindows, see } from '../window-under-test.ts'

const openWindow = prepareWindows()

it('the name of an area that has the focus lies over no other area', async () => {
  const { page } = await openWindow({ start: buildAddress, trusted: true })
  const areas = page.getByRole('navigation', { name: 'Areas' })
  // By keyboard, so that its name comes, as when a dialog gives the focus back to it.
  await areas.getByRole('link', { name: 'Runs' }).focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await see(areas.getByRole('link', { name: 'Runs' })).toBeFocused()
  const name = page.getByRole('tooltip')
  await see(name).toHaveCount(1)
  const shown = await page.locator('[data-side]').filter({ hasText: 'Runs' }).boundingBox()
  const bar = await areas.boundingBox()
  expect(shown?.x).toBeGreaterThanOrEqual((bar?.x ?? 0) + (bar?.width ?? 0) - 8)
  for (const link of await areas.getByRole('link').all()) {
    const box = (await link.boundingBox()) as { x: number; y: number; width: number; height: number }
    const isOnTop = await link.evaluate(
      (element, [x, y]) => element.contains(document.elementFromPoint(x as number, y as number)),
      [box.x + box.width / 2, box.y + box.height / 2],
    )
    expect(isOnTop, await link.innerText()).toBe(true)
  }
}, 240_000)
