import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { noteProgram, onlyOne } from './only-one.mjs'
import { cacheFolder, projectNode, root } from './root.mjs'
import { runProgram } from './run-program.mjs'

const stampFile = join(cacheFolder, 'setup.json')

/** True when nothing is missing; answers in a few milliseconds, since every command asks. */
export function isSetUp() {
  return existsSync(projectNode) && readStamp() === wantedStamp()
}

/**
 * Brings the clone's packages and its Node to what package-lock.json says. Done again only when that changed; cut off,
 * it goes on from npm's cache. Nothing outside the clone is touched but npm's own cache.
 * @param {ReturnType<typeof import('./say.mjs').createProgress>} progress
 */
export async function setUp(progress) {
  if (isSetUp()) return
  await onlyOne(progress.note, async () => {
    if (isSetUp()) return
    if (!arePackagesInstalled()) await progress.step('Installing packages', () => npm(['ci', '--prefer-offline'], root))
    if (!(await isNodeRight())) await progress.step(`Fetching Node ${wantedNode()}`, fetchNode)
    mkdirSync(cacheFolder, { recursive: true })
    writeFileSync(`${stampFile}.new`, JSON.stringify({ stamp: wantedStamp() }))
    renameSync(`${stampFile}.new`, stampFile)
  })
}

function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex')
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')).stamp
  } catch {
    return null
  }
}

/** npm writes this list last, so one that agrees with the lock means that everything is there. */
function arePackagesInstalled() {
  const file = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(file)) return false
  const installed = JSON.parse(readFileSync(file, 'utf8')).packages
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(locked).every(
    ([path, entry]) =>
      path === '' || installed[path]?.version === entry.version || (entry.optional && !installed[path]),
  )
}

function wantedNode() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.node
}

async function isNodeRight() {
  if (!existsSync(projectNode)) return false
  const version = await runProgram(projectNode, ['--version']).catch(() => '')
  return version.trim() === `v${wantedNode()}`
}

/** The package's own installer: install scripts are off for everybody, so it is run here, by name. It writes to ./bin. */
async function fetchNode() {
  const folder = join(root, 'node_modules', 'node')
  await runProgram(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: folder,
    env: installerVariables(),
    onStart: noteProgram,
  })
  if (!(await isNodeRight())) throw new Error(`${projectNode} is not Node ${wantedNode()}`)
}

function npm(args, cwd) {
  const program = findNpm()
  const [file, before] = program.endsWith('.js') ? [process.execPath, [program]] : [program, []]
  return runProgram(file, [...before, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: { ...installerVariables(), ONNXRUNTIME_NODE_INSTALL: 'skip' },
    onStart: noteProgram,
  })
}

/** The npm that called us, else the one beside this Node, else the one on PATH. */
function findNpm() {
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')
  const onWindows = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js')
  const called = process.env.npm_execpath
  return (
    [called?.endsWith('npm-cli.js') ? called : '', beside, onWindows].find((file) => file && existsSync(file)) ?? 'npm'
  )
}

/** Without what the calling npm says about its own script, which the inner one would take for its own settings. */
function installerVariables() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|command|config_(local_prefix|prefix|ignore_scripts|argv))/.test(name),
  )
  const variables = Object.fromEntries(kept)
  const npmFolder = dirname(process.execPath)
  return { ...variables, PATH: [npmFolder, variables.PATH].filter(Boolean).join(delimiter) }
}
