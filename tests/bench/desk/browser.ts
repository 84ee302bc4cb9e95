import { readdirSync, readFileSync } from 'node:fs'
import { type Browser, type BrowserContext, type BrowserServer, chromium, type Page } from '@playwright/test'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type BenchBrowser = {
  readonly version: string
  /** A page without memory of others: 1440 × 900. */
  newPage(): Promise<Page>
  closePages(): Promise<void>
  /** All processes of it. */
  processes(): readonly number[]
  close(): Promise<void>
}

/** One Chromium, in which every contender is shown. */
export async function launchBenchBrowser(): Promise<BenchBrowser> {
  const server: BrowserServer = await chromium.launchServer({ executablePath, args })
  const browser: Browser = await chromium.connect(server.wsEndpoint())
  const contexts: BrowserContext[] = []
  return {
    version: browser.version(),
    async newPage() {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
      contexts.push(context)
      const page = await context.newPage()
      page.setDefaultTimeout(300_000)
      return page
    },
    async closePages() {
      for (const context of contexts.splice(0)) await context.close()
    },
    processes: () => withChildren(server.process().pid),
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

/** A process with all that came of it. */
export function withChildren(first: number | undefined): readonly number[] {
  if (first === undefined) return []
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const parent = parentOf(entry)
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
  }
  const found = [first]
  for (const pid of found) found.push(...(children.get(pid) ?? []))
  return found
}

function parentOf(pid: string): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}

/** Megabytes of memory that these processes alone hold, shared pages counted by their share. */
export function memoryOf(processes: readonly number[]): number {
  return processes.reduce((sum, pid) => sum + proportionalSize(pid), 0) / 1_000
}

function proportionalSize(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0) * 1.024
  } catch {
    return 0
  }
}

export type InPage = {
  /** What is clicked, or the field that is filled. */
  readonly target: string
  readonly fill?: string
  readonly key?: string
  /** Where the first row names its run: the text of it, or an attribute. */
  readonly firstRow: string
  readonly attribute?: string
}

/** From a click (or a text, or a key) until another row stands first and the page is laid out, told by the page. */
export function actToRows(page: Page, act: InPage): Promise<number> {
  return page.evaluate(
    ({ target, fill, key, firstRow, attribute }) =>
      new Promise<number>((settle, refuse) => {
        const element = document.querySelector<HTMLElement>(target)
        if (element === null) return refuse(new Error(`nothing is at ${target}`))
        const first = () => {
          const row = document.querySelector(firstRow)
          return attribute ? row?.getAttribute(attribute) : row?.textContent
        }
        const before = first()
        const began = performance.now()
        const look = (): boolean => {
          const now = first()
          if (!now || now === before) return false
          watch.disconnect()
          document.body.getBoundingClientRect()
          settle(performance.now() - began)
          return true
        }
        const watch = new MutationObserver(look)
        watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
        if (fill !== undefined) {
          const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
          setter?.call(element, fill)
          element.dispatchEvent(new InputEvent('input', { bubbles: true }))
        } else if (key !== undefined) {
          element.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, keyCode: 13, bubbles: true }))
        } else {
          element.click()
        }
        look()
      }),
    act,
  )
}
