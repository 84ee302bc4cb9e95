#!/usr/bin/env node
import { builtin } from './builtin.mjs'
import { findLiveCore } from './live-core.mjs'
import { cacheFolder, projectNode, root } from './root.mjs'

const module = builtin('node:module')
const { existsSync, readFileSync, realpathSync } = builtin('node:fs')
const { join } = builtin('node:path')

/** `slipway …` from a clone: sets it up when that was not done, then hands over to the project's own Node. */
const argv = process.argv.slice(2)
const oldestNode = 20
/** Commands that take more than a core that is up. */
const farther = ['open', 'demo', 'init', 'templates', 'completion', 'core']
const entry = join(root, 'dist', 'core', 'cli.mjs')
const [askEntry, attachEntry] = ['ask', 'attach'].map((name) => join(root, 'dist', 'core', `${name}.cjs`))

if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${readVersion()}\n`)
else if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  process.stderr.write(`Slipway needs Node ${oldestNode} or newer; this is ${process.version}.\n`)
  process.exitCode = 3
} else {
  const attaches = !argv.some((word) => farther.includes(word)) && existsSync(askEntry)
  const live = attaches ? findLiveCore(argv) : null
  if (live === null) await launch()
  else await attach(live)
}

/** The core that is up runs what it can; the other commands talk to it from here. */
async function attach(live) {
  const require = module.createRequire(import.meta.url)
  if (!(await require(askEntry).askCore(argv, live, readVersion()))) runHere(attachEntry, require)
}

/** In this very process: starting another one takes longer than what most commands ask of a core. */
function runHere(file, load) {
  module.enableCompileCache?.(join(cacheFolder, 'compiled'))
  // A command that starts over does so in full.
  process.argv[1] = entry
  return load(file)
}

async function launch() {
  const [{ build, describeTrouble }, { handOver }, { createProgress }, { setUp }] = await Promise.all([
    import('./build.mjs'),
    import('./run-program.mjs'),
    import('./say.mjs'),
    import('./setup.mjs'),
  ])
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
  if (realpathSync(process.execPath) !== realpathSync(projectNode)) return handOver(projectNode, [entry, ...argv])
  await runHere(entry, (file) => import(file))
}

/** The version of the app, without loading anything of it. */
function readVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}
