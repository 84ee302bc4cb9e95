import { expect, type Locator, type Page } from '@playwright/test'

/** The text of the file in front. Monaco takes keys in an element that holds none of it. */
export function editorOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Editor' })
}

/** Puts the cursor at the end of the line that holds `part`, by the editor's own search. */
export async function goToLine(page: Page, part: string): Promise<void> {
  const text = editorOf(page).getByRole('textbox', { name: /Press Control M/ })
  await text.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+f')
  const search = editorOf(page).getByRole('textbox', { name: 'Find' })
  await search.fill(part)
  await expect(editorOf(page).getByText(/^1 of \d/)).toBeAttached()
  await search.press('Escape')
  // The next keys would else go to the search that is on its way out.
  await expect(text).toBeFocused()
  await page.keyboard.press('End')
}

/** Types lines as a person does: each after Enter, with the indentation that the editor gives it. */
export async function typeLines(page: Page, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    // A list of suggestions would take the Enter.
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.keyboard.type(line)
  }
  await page.keyboard.press('Escape')
}

/** Undoes until the text is as it was saved. */
export async function undoAll(page: Page): Promise<void> {
  const unsaved = page.getByRole('button', { name: /^Save \d/ })
  for (let presses = 0; presses < 60 && (await unsaved.isVisible()); presses += 1) {
    await page.keyboard.press('Control+z')
  }
  await expect(unsaved).toBeHidden()
}
