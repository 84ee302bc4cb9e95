import { defineConfig } from 'vitest/config'
import './own-variables.ts'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['tests/{architecture,core,renderer,regressions}/**/*.test.{ts,tsx}'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
