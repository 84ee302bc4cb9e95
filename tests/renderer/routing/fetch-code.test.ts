import { expect, it } from 'vitest'
import { prepareWindows, see, untilEditor } from '../window-under-test.ts'

const openWindow = prepareWindows()

it('a part of the page that is lost on its way, as when a network comes or goes, is fetched again', async () => {
  const { page } = await openWindow()
  await see(page.getByRole('heading', { level: 1 })).toBeVisible()
  // The browser asks twice: ahead, as the page announces it, and when it is imported.
  const lost = new Map<string, number>()
  await page.route(/\/assets\/(workbench|build-area|code-editor|monaco)-[^/]*\.js$/, async (route) => {
    const part = /assets\/([a-z-]+)-/.exec(route.request().url())?.[1] as string
    const times = lost.get(part) ?? 0
    if (times === 2) return route.continue()
    lost.set(part, times + 1)
    await route.abort('connectionreset')
  })
  await page.getByRole('button', { name: /^Wine grades/ }).click()
  await untilEditor(page)
  expect(Object.fromEntries(lost)).toEqual({ workbench: 2, 'build-area': 2, 'code-editor': 2, monaco: 2 })
})
