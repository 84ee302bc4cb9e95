import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

// By its address: `npm test` reads reports before there is anything to compile with, so that they are plain JavaScript.
const { describeFailures, readPlaywright, readVitest } = await import(
  new URL('../read-reports.mjs', import.meta.url).href
)
const folder = mkdtempSync(join(tmpdir(), 'failures-told-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the end of the whole check', () => {
  it('names each unit test that failed, and why', () => {
    const outcome = readVitest(
      keep({
        testResults: [
          {
            name: '/a/store.test.ts',
            status: 'failed',
            assertionResults: [
              { status: 'passed', fullName: 'store keeps', duration: 3 },
              {
                status: 'failed',
                fullName: 'store loses',
                failureMessages: ['\u001b[31mexpected 1 to be 2\u001b[39m'],
              },
            ],
          },
          { name: '/a/torn.test.ts', status: 'failed', message: 'Unexpected token', assertionResults: [] },
        ],
      }),
      1,
    )
    expect(outcome).toMatchObject({ passed: 1, failed: 2 })
    expect(describeFailures(outcome.failures)).toBe(
      '\nWhat failed:\n  store.test.ts › store loses\n    expected 1 to be 2\n  torn.test.ts\n    Unexpected token\n',
    )
  })

  it('names each journey that failed, with the head of a long message', () => {
    const message = Array.from({ length: 14 }, (_, line) => `line ${line}`).join('\n')
    const test = { status: 'unexpected', results: [{ duration: 1, errors: [{ message }] }] }
    const outcome = readPlaywright(
      keep({ suites: [{ file: 'journeys/home.spec.ts', specs: [{ title: 'opens', tests: [test] }] }] }),
      1,
    )
    const told = describeFailures(outcome.failures).split('\n')
    expect(told).toContain('  home.spec.ts › opens')
    expect(told).toContain('    line 11')
    expect(told).not.toContain('    line 12')
    expect(told).toContain('    … 2 more lines')
  })

  it('says so of a runner that ended badly without a failed test', () => {
    const outcome = readVitest(keep({ testResults: [] }), 137)
    expect(outcome.failed).toBe(1)
    expect(describeFailures(outcome.failures)).toContain('vitest\n    ended with 137')
  })

  it('has nothing to tell where nothing failed', () => {
    expect(describeFailures([])).toBe('')
  })
})

function keep(report: unknown): string {
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  return file
}
