import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { build, describeTrouble } from '../core/hosts/launcher/build.mjs'
import { projectNode, root } from '../core/hosts/launcher/root.mjs'
import { createProgress } from '../core/hosts/launcher/say.mjs'
import { setUp } from '../core/hosts/launcher/setup.mjs'
import { describeFailures } from './describe-failures.mjs'
import { createOutcome, fail, readPlaywright, readVitest } from './read-reports.mjs'
import { runAgain } from './run-again.mjs'
import { runShown } from './run-shown.mjs'

/**
 * `npm test`: sets the clone up, then format, types, unit and integration, journeys; what failed is run once more,
 * alone. Tells what took longest and what failed, and ends with one line. With SLIPWAY_REQUIRE_ALL=1 whatever was skipped counts as failed.
 */
const reports = join(root, '.cache', 'reports')
const env = { ...process.env, PATH: [dirname(projectNode), process.env.PATH].join(delimiter), FORCE_COLOR: '0' }
const requireAll = process.env.SLIPWAY_REQUIRE_ALL === '1'

/** @type {import('./read-reports.mjs').Outcome[]} */
const outcomes = []
/** @type {[string, number][]} */
const durations = []

async function main() {
  const progress = createProgress()
  await timed('set-up', () => setUp(progress))
  await timed('build', () => build(['core', 'serving', 'renderer', 'electron'], progress))
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  await check('format and lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.'])
  await check('types of core', 'node_modules/typescript/bin/tsc', ['--noEmit'])
  if (existsSync(join(root, 'renderer/tsconfig.json'))) {
    await check('types of the workbench', 'node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'renderer'])
  }
  await settle('unit and integration', runVitest)
  if (findSpecs().length > 0) await settle('journeys', runPlaywright)
}

async function check(name, program, args) {
  const code = await timed(name, () => runShown(projectNode, [program, ...args], { cwd: root, env }))
  const outcome = createOutcome(name)
  if (code === 0) outcome.passed++
  else fail(outcome, name, [`ended with ${code}; it tells why above`])
  outcomes.push(outcome)
}

/** Runs all files, and those that failed once more. */
async function settle(name, run) {
  const first = await timed(name, () => run([]))
  outcomes.push(...(await runAgain(first, (files) => timed(`${name}, again`, () => run(files)))))
}

/** @param {readonly string[]} files all where there are none */
async function runVitest(files) {
  const report = join(reports, files.length === 0 ? 'vitest.json' : 'vitest-again.json')
  const args = ['run', '--config', 'tests/vitest.config.ts', '--reporter=default', '--reporter=json']
  const code = await runShown(
    projectNode,
    ['node_modules/vitest/vitest.mjs', ...args, `--outputFile.json=${report}`, ...files],
    { cwd: root, env },
  )
  return readVitest(report, code)
}

/** @param {readonly string[]} files all where there are none */
async function runPlaywright(files) {
  const report = join(reports, files.length === 0 ? 'playwright.json' : 'playwright-again.json')
  const args = ['test', '--config', 'tests/playwright.config.ts', '--reporter=list,json', ...files]
  const code = await runShown(projectNode, ['node_modules/@playwright/test/cli.js', ...args], {
    cwd: root,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  return readPlaywright(report, code)
}

function findSpecs() {
  return ['tests/journeys', 'tests/electron']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map(String))
    .filter((name) => name.endsWith('.spec.ts'))
}

async function timed(name, work) {
  const startedAt = performance.now()
  try {
    return await work()
  } finally {
    durations.push([name, performance.now() - startedAt])
  }
}

function summarise() {
  const seconds = (ms) => `${(ms / 1000).toFixed(1).padStart(7)} s`
  const slowest = outcomes.flatMap(({ times }) => times).sort((a, b) => b[1] - a[1])
  process.stdout.write('\nWhat took longest:\n')
  for (const [name, ms] of durations) process.stdout.write(`${seconds(ms)}  ${name}\n`)
  process.stdout.write('\n')
  for (const [name, ms] of slowest.slice(0, 20)) process.stdout.write(`${seconds(ms)}  ${name}\n`)
  const skipped = outcomes.flatMap((outcome) => outcome.skipped)
  if (skipped.length > 0) {
    process.stdout.write(`\nSkipped${requireAll ? ' (and nothing may be, here)' : ''}:\n`)
    for (const reason of skipped) process.stdout.write(`  ${reason}\n`)
  }
  const unsteady = outcomes.flatMap((outcome) => outcome.unsteady ?? [])
  process.stdout.write(describeFailures('What failed, and passed when it was run again alone', unsteady))
  const failures = outcomes.flatMap((outcome) => outcome.failures)
  process.stdout.write(describeFailures('What failed', failures))
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0) + (requireAll ? skipped.length : 0)
  process.stdout.write(
    `\n${passed} passed, ${failed} failed${!requireAll && skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
  )
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1
}

await main().catch((error) => {
  process.stderr.write(describeTrouble(error))
  const outcome = createOutcome('set-up')
  fail(outcome, 'set-up', [String(error?.message ?? error)])
  outcomes.push(outcome)
})
summarise()
