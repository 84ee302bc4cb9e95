import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'
import './own-variables.ts'

/** Playwright's own browser where it was fetched, else the system's Chromium. */
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
)

export default defineConfig({
  testDir: new URL('.', import.meta.url).pathname,
  testMatch: ['journeys/**/*.spec.ts', 'electron/**/*.spec.ts'],
  outputDir: new URL('../.cache/playwright', import.meta.url).pathname,
  timeout: 120_000,
  // A busy computer is slow, not wrong.
  expect: { timeout: 20_000 },
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  use: {
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      // Chromium's sandbox refuses to start as root; the page under test is our own.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
    // A quarter of what a journey takes, for files that nobody keeps after the whole check.
    trace: process.env.CI ? 'off' : 'retain-on-failure',
  },
})
