import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const root = resolve(import.meta.dirname, '../..')
const node = join(root, 'node_modules/node/bin/node')
const program = join(root, 'dist/core/cli.mjs')

export type Home = { readonly folder: string; readonly projects: string; remove(): void }

/** A place of its own for settings and projects. Tools and base layers are shared, as between projects. */
export function makeHome(name: string): Home {
  const top = mkdtempSync(join(tmpdir(), `slipway-${name}-`))
  const folder = join(top, 'home')
  mkdirSync(folder)
  for (const shared of ['tools', 'layers']) {
    const kept = join(root, '.cache', 'test-home', shared)
    mkdirSync(kept, { recursive: true })
    symlinkSync(kept, join(folder, shared))
  }
  return {
    folder,
    projects: join(top, 'projects'),
    remove: () => rmSync(top, { recursive: true, force: true, maxRetries: 5 }),
  }
}

type Variables = Readonly<Record<string, string | undefined>>

export type WorkbenchHost = {
  /** Holds a code that works once. */
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number | null>
  /** Death without a word. */
  kill(): Promise<void>
}

type HostOptions = {
  readonly home: Home
  /** The project to show; absent shows Home. */
  readonly project?: string
  readonly port?: number
  readonly variables?: Variables
  /** What the program is started through: `['unshare', '-rn', …]`. */
  readonly through?: readonly string[]
}

/** The real web host as a person starts it: `slipway open --json`, from what the build made. */
export async function startWorkbench(options: HostOptions): Promise<WorkbenchHost> {
  const { home, project, port, variables, through = [] } = options
  const words = ['open', ...(project ? [project] : []), '--json', ...(port ? ['--port', String(port)] : [])]
  const [file, ...args] = [...through, node, program, ...words] as [string, ...string[]]
  const child = spawn(file, args, {
    cwd: resolve(home.folder, '..'),
    env: environmentOf(home, variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes).slice(-8000)
  })
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const line = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  const first = await Promise.race([line, exited.then((code) => ({ value: null, code }))])
  if (typeof first.value !== 'string') throw new Error(`the workbench did not open: ${said}`)
  const { url } = JSON.parse(first.value) as { url: string }
  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    stop: async () => {
      child.kill('SIGINT')
      return exited
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

export type Answer = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** One call of `slipway` from another shell. */
export async function slipway(home: Home, words: readonly string[], variables?: Variables): Promise<Answer> {
  const child = spawn(node, [program, ...words], {
    env: environmentOf(home, variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes
  })
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** The same, for calls that have to succeed; gives the document that `--json` prints. */
export async function slipwayJson<Document>(home: Home, words: readonly string[], variables?: Variables) {
  const { code, stdout, stderr } = await slipway(home, [...words, '--json'], variables)
  if (code !== 0) throw new Error(`slipway ${words.join(' ')} left with ${code}: ${stdout}${stderr}`)
  return JSON.parse(stdout) as Document
}

function environmentOf(home: Home, variables: Variables = {}): NodeJS.ProcessEnv {
  return { ...process.env, SLIPWAY_HOME: home.folder, NO_COLOR: '1', FORCE_COLOR: undefined, ...variables }
}
