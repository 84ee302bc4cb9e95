import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

// By their addresses: `npm test` runs them before there is anything to compile with, so that they are plain JavaScript.
const { describeFailures } = await import(new URL('../describe-failures.mjs', import.meta.url).href)
const { readPlaywright, readVitest } = await import(new URL('../read-reports.mjs', import.meta.url).href)
const { runAgain } = await import(new URL('../run-again.mjs', import.meta.url).href)

const folder = mkdtempSync(join(tmpdir(), 'failures-told-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the end of the whole check', () => {
  it('names each unit test that failed, and why', () => {
    const report = keep({
      testResults: [
        {
          name: '/a/store.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'store keeps', duration: 3 },
            {
              status: 'failed',
              fullName: 'store loses',
              failureMessages: [`\u001b[31mexpected 1 to be 2\u001b[39m\n  at /a/node_modules/runner.js:1`],
            },
          ],
        },
        { name: '/a/torn.test.ts', status: 'failed', message: 'Unexpected token', assertionResults: [] },
      ],
    })
    const outcomes = readVitest(report, 1)
    expect(outcomes).toMatchObject([
      { file: '/a/store.test.ts', passed: 1, failed: 1 },
      { file: '/a/torn.test.ts', passed: 0, failed: 1 },
    ])
    expect(describeFailures('What failed', failuresOf(outcomes))).toBe(
      '\nWhat failed:\n  store.test.ts › store loses\n    expected 1 to be 2\n  torn.test.ts\n    Unexpected token\n',
    )
  })

  it('names each journey that failed, with the head of a long message', () => {
    const message = Array.from({ length: 14 }, (_, line) => `line ${line}`).join('\n')
    const test = { status: 'unexpected', results: [{ duration: 1, errors: [{ message }] }] }
    const inner = { title: 'Home', specs: [{ title: 'opens', tests: [test] }] }
    const outcomes = readPlaywright(keep({ suites: [{ file: 'journeys/home.spec.ts', suites: [inner] }] }), 1)
    expect(outcomes).toMatchObject([{ file: 'journeys/home.spec.ts', failed: 1 }])
    const told = describeFailures('What failed', failuresOf(outcomes)).split('\n')
    expect(told).toContain('  home.spec.ts › opens')
    expect(told).toContain('    line 11')
    expect(told).not.toContain('    line 12')
    expect(told).toContain('    … 2 more lines')
  })

  it('says so of a runner that ended badly without a failed test', () => {
    const outcomes = readVitest(keep({ testResults: [] }), 137)
    expect(outcomes).toMatchObject([{ failed: 1 }])
    expect(describeFailures('What failed', failuresOf(outcomes))).toContain('vitest\n    ended with 137')
  })

  it('has nothing to tell where nothing failed', () => {
    expect(describeFailures('What failed', [])).toBe('')
  })
})

describe('what failed is run again alone', () => {
  const sound = outcome('sound.test.ts', 0)
  const weak = outcome('weak.test.ts', 2)

  it('and told as unsteady where it passes then', async () => {
    const asked: string[][] = []
    const settled = await runAgain([sound, weak], async (files: string[]) => {
      asked.push(files)
      return [outcome('weak.test.ts', 0)]
    })
    expect(asked).toEqual([['weak.test.ts']])
    expect(settled).toEqual([sound, { ...outcome('weak.test.ts', 0), unsteady: weak.failures }])
  })

  it('and has failed where it fails again, or where nothing is told of it', async () => {
    const again = outcome('weak.test.ts', 1)
    expect(await runAgain([sound, weak], async () => [again])).toEqual([sound, again])
    const silent = { ...outcome('vitest', 1), file: undefined }
    expect(await runAgain([sound, weak], async () => [silent])).toEqual([sound, weak, silent])
  })

  it('but not where nothing failed, where many files did, or where the runner itself did', async () => {
    const never = () => expect.unreachable('was run again')
    const many = ['a', 'b', 'c', 'd'].map((name) => outcome(name, 1))
    for (const first of [[sound], many, [weak, { ...outcome('vitest', 1), file: undefined }]]) {
      expect(await runAgain(first, never)).toEqual(first)
    }
  })
})

function outcome(file: string, failed: number) {
  const failures = Array.from({ length: failed }, (_, number) => [`${file} › ${number}`, 'no'])
  return { name: file, file, passed: 5 - failed, failed, skipped: [], times: [], failures }
}

function failuresOf(outcomes: readonly { failures: readonly unknown[] }[]) {
  return outcomes.flatMap(({ failures }) => failures)
}

function keep(report: unknown): string {
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  return file
}
