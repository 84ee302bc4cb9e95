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

/** What a page does by itself: another place of it, or a command of JupyterLab. */
type Deed = { readonly place: string } | { readonly command: string }

/**
 * From a deed until the frame in which a canvas is there, or a picture has come, told by the page: words between it and
 * the bench are none of its time. @returns milliseconds
 */
export function timeInPage(page: Page, deed: Deed, selector: string): Promise<number> {
  return page.evaluate(
    ({ deed, selector }) =>
      new Promise<number>((settle) => {
        const isDrawn = () => {
          const found = document.querySelector(selector)
          return found instanceof HTMLImageElement ? found.complete && found.naturalWidth > 0 : found !== null
        }
        const look = () => {
          if (isDrawn()) settle(performance.now() - began)
          else requestAnimationFrame(look)
        }
        const began = performance.now()
        if ('place' in deed) location.hash = deed.place
        else (window as unknown as JupyterWindow).jupyterapp.commands.execute(deed.command)
        requestAnimationFrame(look)
      }),
    { deed, selector },
  )
}

type JupyterWindow = { readonly jupyterapp: { readonly commands: { execute(command: string): unknown } } }
