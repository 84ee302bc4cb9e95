import { type Browser, chromium, type Page } from '@playwright/test'

/** The system's Chromium without anything that asks the network. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export type PageOptions = { readonly theme?: 'light' | 'dark'; readonly width?: number; readonly height?: number }

/** A page in a context of its own; closing that closes both. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.theme ?? 'light',
  })
  return context.newPage()
}
