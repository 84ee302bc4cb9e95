import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { ReportProgress } from '../../domain/job.ts'
import type { Environments } from '../../environments/environments.ts'

const run = promisify(execFile)
const version = '0.13.8'
const patienceMs = 120_000

/** Where the uv of this app lies once it was had. */
export function uvFolder(homeFolder: string): string {
  return join(homeFolder, 'tools', `uv-${version}`)
}

/** PATH with our own uv behind everything of the user's: theirs is taken first. */
export function pathWithUv(homeFolder: string, path: string | undefined): string {
  return [path, join(uvFolder(homeFolder), 'bin')].filter(Boolean).join(delimiter)
}

/**
 * Makes environments many times faster: before one is made for the first time, uv is put into the app's own folder
 * from the package index, for this user and outside every project. Where that does not work, pip does the work.
 */
export function withOwnUv(environments: Environments, homeFolder: string): Environments {
  let trying: Promise<void> | null = null
  return {
    ...environments,
    async sync(options) {
      if ((await environments.status()).state !== 'ready') {
        trying ??= fetchUv(homeFolder, options.report, options.signal)
        await trying
      }
      return environments.sync(options)
    },
  }
}

async function fetchUv(homeFolder: string, report: ReportProgress, signal: AbortSignal): Promise<void> {
  const folder = uvFolder(homeFolder)
  if (existsSync(folder) || (await isOnPath('uv'))) return
  const python = (await isOnPath('python3')) ? 'python3' : 'python'
  try {
    if (await hasOwnIndex(python)) return
    report({ phase: 'Find Python', fact: 'Fetching uv, which makes environments faster' })
    mkdirSync(join(homeFolder, 'tools'), { recursive: true, mode: 0o700 })
    const unfinished = mkdtempSync(join(homeFolder, 'tools', 'unfinished-'))
    try {
      const chosen = ['--target', unfinished, '--no-deps', '--only-binary', ':all:', '--disable-pip-version-check']
      const args = ['-I', '-m', 'pip', 'install', ...chosen, '--quiet', `uv==${version}`]
      await run(python, args, { signal, timeout: patienceMs, maxBuffer: 16 * 1024 * 1024 })
      renameSync(unfinished, folder)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  } catch {
    if (!signal.aborted) report({ phase: 'Find Python', fact: 'uv could not be had; pip does the work' })
  }
}

/** A computer whose pip is told where packages come from keeps to pip: uv does not read those settings. */
async function hasOwnIndex(python: string): Promise<boolean> {
  const { stdout } = await run(python, ['-I', '-m', 'pip', 'config', 'list'], { timeout: patienceMs })
  return /\b(index-url|extra-index-url|no-index)=/.test(stdout)
}

async function isOnPath(program: string): Promise<boolean> {
  try {
    await run(program, ['--version'], { timeout: patienceMs })
    return true
  } catch {
    return false
  }
}
