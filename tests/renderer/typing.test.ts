import type { Page } from '@playwright/test'
import { expect, it } from 'vitest'
import { buildAddress, prepareWindows, typeAtLine, untilEditor } from './window-under-test.ts'

const openWindow = prepareWindows()

it('indents after a colon, however busy the window is', async () => {
  const { page } = await openWindow({ start: buildAddress })
  await untilEditor(page)
  await typeAtLine(page, 11, '\n')
  for (const round of [1, 2, 3]) {
    await typeAtOnce(page, `import json\nfor number in range(${round}):\nprint(number, ${round})`)
    expect(await page.locator('.monaco-editor .view-line', { hasText: `print(number, ${round})` }).innerText()).toMatch(
      /^\s{4,}print/,
    )
    await page.keyboard.press('Enter')
    await page.keyboard.press('Home')
  }
})

/** Every key is there before the first is taken: no frame is drawn and nothing is idle in between. */
async function typeAtOnce(page: Page, text: string): Promise<void> {
  const line = await page.context().newCDPSession(page)
  await page.evaluate(() => {
    const busyUntil = performance.now() + 300
    setTimeout(() => {
      while (performance.now() < busyUntil) Math.sqrt(busyUntil)
    })
  })
  await Promise.all(
    [...text].flatMap((letter) => {
      const key =
        letter === '\n'
          ? { key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 }
          : { key: letter, text: letter }
      return [
        line.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key }),
        line.send('Input.dispatchKeyEvent', { type: 'keyUp', key: key.key }),
      ]
    }),
  )
  await line.detach()
}
