import type { Page } from '@playwright/test'

export const shownRows = 10

/** A program that shows runs in a page: how it is started, and what can be done with its table. */
export type Desk = {
  readonly name: string
  readonly about: string
  /** Starts the server and opens a page; resolves when the first rows of the table can be read in it. */
  open(): Promise<void>
  /** Ends the server; its page is the browser's to close. */
  close(): Promise<void>
  /** The ids of the first rows, as they stand in the page. */
  rows(): Promise<readonly string[]>
  processes(): readonly number[]
  /** Brings the table back to where all runs stand, newest first. */
  reset(): Promise<void>
  /** By accuracy, highest first. Milliseconds until the rows are there. Null where it cannot. */
  readonly sort: (() => Promise<number>) | null
  /** Accuracy above 0.9. */
  readonly filter: (() => Promise<number>) | null
  /** Opens the chart of the long metric; resolves when it is drawn. */
  readonly chart: Chart | null
}

export type Chart = {
  /** Untimed: everything that stands before the chart itself. */
  prepare(): Promise<void>
  draw(): Promise<number>
  /** What the chart says of its points. */
  ends(): Promise<{ readonly lowest: string; readonly highest: string }>
}

/** Looks at every frame for a canvas, or a picture that has come. @returns milliseconds since `act` was begun */
export async function timeInPage(page: Page, act: () => Promise<unknown>, selector: string): Promise<number> {
  const began = performance.now()
  await act()
  // A function, not a text: our page lets nothing be evaluated.
  await page.waitForFunction(
    (drawn) => {
      const found = document.querySelector(drawn)
      return found instanceof HTMLImageElement ? found.complete && found.naturalWidth > 0 : found !== null
    },
    selector,
    { polling: 'raf' },
  )
  return performance.now() - began
}
