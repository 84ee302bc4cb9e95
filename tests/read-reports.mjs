import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** A runner that ended badly without telling of a failed test failed as such: its report is not to be believed. */
function complete(outcome, code) {
  if (code === 0 || outcome.failed > 0) return outcome
  return { ...outcome, failed: 1, failures: [[outcome.name, `ended with ${code}, without telling of a failed test`]] }
}

/**
 * @typedef {{ name: string, passed: number, failed: number, skipped: string[], times: [string, number][],
 *   failures: [name: string, message: string][] }} Outcome
 */

/**
 * @param {string} name of who checked
 * @returns {Outcome} of nothing, so far; times in milliseconds
 */
export function createOutcome(name) {
  return { name, passed: 0, failed: 0, skipped: [], times: [], failures: [] }
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

const maxLines = 12
const maxWidth = 300

/**
 * What failed, for the end of what is printed: of a long record often only the end is kept.
 * @param {readonly [name: string, message: string][]} failures
 * @returns {string} a line a failure and the head of its message under it; empty where nothing failed
 */
export function describeFailures(failures) {
  const lines = failures.flatMap(([name, message]) => {
    const all = stripVTControlCharacters(message)
      .split('\n')
      .filter((line) => line.trim() !== '')
    const head = all.slice(0, maxLines).map((line) => `    ${line.slice(0, maxWidth)}`)
    return [`  ${name}`, ...head, ...(all.length > maxLines ? [`    … ${all.length - maxLines} more lines`] : [])]
  })
  return lines.length > 0 ? `\nWhat failed:\n${lines.join('\n')}\n` : ''
}

/**
 * @param {string} file
 * @param {number} code
 */
export function readVitest(file, code) {
  const outcome = createOutcome('vitest')
  if (!existsSync(file)) return complete(outcome, code || 1)
  const report = JSON.parse(readFileSync(file, 'utf8'))
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) {
      fail(outcome, basename(suite.name), [suite.message])
    }
    for (const test of suite.assertionResults) {
      const name = `${basename(suite.name)} › ${test.fullName}`
      if (test.status === 'passed') outcome.passed++
      else if (test.status === 'failed') fail(outcome, name, test.failureMessages)
      else outcome.skipped.push(`${name}${test.meta?.skipReason ? `: ${test.meta.skipReason}` : ''}`)
      outcome.times.push([name, test.duration ?? 0])
    }
  }
  return complete(outcome, code)
}

/**
 * @param {string} file
 * @param {number} code
 */
export function readPlaywright(file, code) {
  const outcome = createOutcome('playwright')
  if (!existsSync(file)) return complete(outcome, code || 1)
  const visit = (suite) => {
    for (const inner of suite.suites ?? []) visit(inner)
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = `${basename(suite.file ?? spec.file)} › ${spec.title}`
        const reason = test.annotations?.find((annotation) => annotation.type === 'skip')?.description
        if (test.status === 'skipped') outcome.skipped.push(`${name}${reason ? `: ${reason}` : ''}`)
        else if (test.status === 'unexpected') {
          fail(
            outcome,
            name,
            test.results.flatMap(({ errors }) => errors.map(({ message }) => message)),
          )
        } else outcome.passed++
        outcome.times.push([name, test.results.reduce((sum, result) => sum + result.duration, 0)])
      }
    }
  }
  for (const suite of JSON.parse(readFileSync(file, 'utf8')).suites) visit(suite)
  return complete(outcome, code)
}
