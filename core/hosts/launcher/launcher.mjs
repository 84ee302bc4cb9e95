#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build, describeTrouble, readVersion } from './build.mjs'
import { projectNode, root } from './root.mjs'
import { handOver } from './run-program.mjs'
import { createProgress } from './say.mjs'
import { setUp } from './setup.mjs'

/** `slipway …` from a clone: sets it up when that was not done, then hands over to the project's own Node. */
const argv = process.argv.slice(2)
const oldestNode = 20

if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${readVersion()}\n`)
else if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  process.stderr.write(`Slipway needs Node ${oldestNode} or newer; this is ${process.version}.\n`)
  process.exitCode = 3
} else await launch()

async function launch() {
  const progress = createProgress({ quiet: argv.includes('--quiet') || argv.includes('-q') })
  try {
    await setUp(progress)
    await build(
      argv.includes('open') || argv.includes('demo')
        ? ['core', 'serving', 'renderer', 'electron']
        : ['core', 'serving'],
      progress,
    )
  } catch (error) {
    process.stderr.write(describeTrouble(error))
    process.exit(3)
  }
  const entry = join(root, 'dist', 'core', 'cli.mjs')
  if (realpathSync(process.execPath) !== realpathSync(projectNode)) return handOver(projectNode, [entry, ...argv])
  process.argv[1] = entry
  await import(entry)
}
