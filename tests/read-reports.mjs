import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** A runner that ended badly without telling of a failed test failed as such: its report is not to be believed. */
function complete(outcome, code) {
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome
}

/**
 * @param {string} file
 * @param {number} code
 */
export function readVitest(file, code) {
  const outcome = { name: 'vitest', passed: 0, failed: 0, skipped: [], times: [] }
  if (!existsSync(file)) return complete(outcome, code || 1)
  const report = JSON.parse(readFileSync(file, 'utf8'))
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) outcome.failed++
    for (const test of suite.assertionResults) {
      const name = `${basename(suite.name)} › ${test.fullName}`
      if (test.status === 'passed') outcome.passed++
      else if (test.status === 'failed') outcome.failed++
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
  const outcome = { name: 'playwright', passed: 0, failed: 0, skipped: [], times: [] }
  if (!existsSync(file)) return complete(outcome, code || 1)
  const visit = (suite) => {
    for (const inner of suite.suites ?? []) visit(inner)
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = `${basename(suite.file ?? spec.file)} › ${spec.title}`
        const reason = test.annotations?.find((annotation) => annotation.type === 'skip')?.description
        if (test.status === 'skipped') outcome.skipped.push(`${name}${reason ? `: ${reason}` : ''}`)
        else if (test.status === 'unexpected') outcome.failed++
        else outcome.passed++
        outcome.times.push([name, test.results.reduce((sum, result) => sum + result.duration, 0)])
      }
    }
  }
  for (const suite of JSON.parse(readFileSync(file, 'utf8')).suites) visit(suite)
  return complete(outcome, code)
}
