import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { ReadinessCheck } from '../../domain/project.ts'

const run = promisify(execFile)
const comfortableBytes = 3_000_000_000
const patienceMs = 3_000

/** What a first run will need, looked at without changing anything and without any host but this one. */
export function checkReadiness(folder: string, nodeBinary: string): Promise<readonly ReadinessCheck[]> {
  return Promise.all([checkPython(), checkDisk(folder), checkEngine(), checkNode(nodeBinary)])
}

async function checkPython(): Promise<ReadinessCheck> {
  for (const program of ['python3', 'python', 'py']) {
    const version = await ask(program, ['--version'])
    if (version) return { name: 'python', state: 'ok', detail: version, remedy: null }
  }
  return {
    name: 'python',
    state: 'missing',
    detail: 'No Python was found on PATH.',
    remedy: 'Install Python 3.10 or newer to run steps. Everything recorded can be reviewed without it.',
  }
}

export async function checkDisk(folder: string): Promise<ReadinessCheck> {
  let existing = folder
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  const { bavail, bsize } = await statfs(existing)
  const free = bavail * bsize
  const detail = `${(free / 1e9).toFixed(1)} GB free`
  if (free >= comfortableBytes) return { name: 'disk', state: 'ok', detail, remedy: null }
  return { name: 'disk', state: 'warning', detail, remedy: 'An environment and an image together take about 3 GB.' }
}

/** Only whether something listens: whether it is a working engine is asked when one is needed. */
async function checkEngine(): Promise<ReadinessCheck> {
  const socket = process.platform === 'win32' ? '\\\\.\\pipe\\docker_engine' : '/var/run/docker.sock'
  const answers = await new Promise<boolean>((done) => {
    const line = connect(socket)
    line.setTimeout(patienceMs, () => line.destroy())
    line.once('connect', () => {
      done(true)
      line.destroy()
    })
    line.once('error', () => done(false))
    line.once('close', () => done(false))
  })
  if (answers) return { name: 'engine', state: 'ok', detail: `A container engine answers at ${socket}.`, remedy: null }
  return {
    name: 'engine',
    state: 'warning',
    detail: 'No container engine answers. Images are built and pushed without one.',
    remedy: 'Start Docker to serve images as containers; otherwise they are served as a local process.',
  }
}

async function checkNode(nodeBinary: string): Promise<ReadinessCheck> {
  const version = await ask(nodeBinary, ['--version'])
  if (version) return { name: 'node', state: 'ok', detail: `Node ${version}`, remedy: null }
  const remedy = 'Run "npm run build" in the clone: it fetches the Node that belongs to Slipway.'
  return { name: 'node', state: 'missing', detail: 'The Node that belongs to Slipway is missing.', remedy }
}

async function ask(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(program, [...args], { timeout: patienceMs })
    return (stdout || stderr).trim() || null
  } catch {
    return null
  }
}
