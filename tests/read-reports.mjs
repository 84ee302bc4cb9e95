import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/**
 * @typedef {[name: string, message: string]} Failure
 * @typedef {{ name: string, file?: string, passed: number, failed: number, skipped: string[], times: [string, number][],
 *   failures: Failure[], unsteady?: Failure[] }} Outcome of one check or one file of tests; `unsteady` is what failed and,
 *   run again alone, did not
 */

/**
 * @param {string} name of who checked
 * @param {string} [file] of the tests
 * @returns {Outcome} of nothing, so far; times in milliseconds
 */
export function createOutcome(name, file) {
  return { name, file, passed: 0, failed: 0, skipped: [], times: [], failures: [] }
}

/**
 * @param {Outcome} outcome
 * @param {string} name of the test
 * @param {readonly (string | undefined)[]} [messages] what each of its errors says
 */
export function fail(outcome, name, messages = []) {
  outcome.failed++
  outcome.failures.push([name, messages.filter(Boolean).join('\n') || 'no message'])
}

/** A runner that ended badly without telling of a failed test failed as such: its report is not to be believed. */
function complete(name, outcomes, code) {
  if (code === 0 || outcomes.some(({ failed }) => failed > 0)) return outcomes
  const outcome = createOutcome(name)
  fail(outcome, name, [`ended with ${code}, without telling of a failed test`])
  return [...outcomes, outcome]
}

/**
 * @param {string} report as vitest wrote it
 * @param {number} code it ended with
 * @returns {Outcome[]} one a file
 */
export function readVitest(report, code) {
  if (!existsSync(report)) return complete('vitest', [], code || 1)
  const outcomes = JSON.parse(readFileSync(report, 'utf8')).testResults.map((suite) => {
    const outcome = createOutcome(basename(suite.name), suite.name)
    if (suite.status === 'failed' && suite.assertionResults.length === 0) fail(outcome, outcome.name, [suite.message])
    for (const test of suite.assertionResults) {
      const name = `${outcome.name} › ${test.fullName}`
      if (test.status === 'passed') outcome.passed++
      else if (test.status === 'failed') fail(outcome, name, test.failureMessages)
      else outcome.skipped.push(`${name}${test.meta?.skipReason ? `: ${test.meta.skipReason}` : ''}`)
      outcome.times.push([name, test.duration ?? 0])
    }
    return outcome
  })
  return complete('vitest', outcomes, code)
}

/**
 * @param {string} report as Playwright wrote it
 * @param {number} code it ended with
 * @returns {Outcome[]} one a file
 */
export function readPlaywright(report, code) {
  if (!existsSync(report)) return complete('playwright', [], code || 1)
  const outcomes = JSON.parse(readFileSync(report, 'utf8')).suites.map((suite) => {
    const outcome = createOutcome(basename(suite.file), suite.file)
    readSpecs(suite, outcome)
    return outcome
  })
  return complete('playwright', outcomes, code)
}

function readSpecs(suite, outcome) {
  for (const inner of suite.suites ?? []) readSpecs(inner, outcome)
  for (const { title, tests } of suite.specs ?? []) {
    for (const test of tests) {
      const name = `${outcome.name} › ${title}`
      const reason = test.annotations?.find((annotation) => annotation.type === 'skip')?.description
      const messages = test.results.flatMap(({ errors }) => (errors ?? []).map(({ message }) => message))
      if (test.status === 'skipped') outcome.skipped.push(`${name}${reason ? `: ${reason}` : ''}`)
      else if (test.status === 'unexpected') fail(outcome, name, messages)
      else outcome.passed++
      outcome.times.push([name, test.results.reduce((sum, result) => sum + result.duration, 0)])
    }
  }
}
