import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'

const repository = resolve(import.meta.dirname, '../..')

export type CommandEnd = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** stdout as the one document that --json promises. */
  json<Document = Record<string, unknown>>(): Document
}

export type CommandLine = {
  /** SLIPWAY_HOME of its own. Tools and base layers are shared between tests, as between projects. */
  readonly home: string
  run(args: readonly string[], options?: CommandOptions): Promise<CommandEnd>
  /** Starts a command that goes on; `ended` tells how it came to an end for the shell. */
  start(args: readonly string[], options?: CommandOptions): RunningCommand
  remove(): void
}

export type CommandOptions = {
  readonly folder?: string
  readonly variables?: Readonly<Record<string, string | undefined>>
}

export type RunningCommand = {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<CommandEnd>
  /** The first whole line on stdout. */
  firstLine(): Promise<string>
  /** Resolves once stderr holds the text. */
  says(text: string): Promise<void>
}

/**
 * The real `slipway`, each command in a process of its own, without a terminal.
 * @param file its entry, relative to the clone
 */
export function createCommandLine(file = 'core/hosts/cli.ts'): CommandLine {
  const entry = join(repository, file)
  const home = mkdtempSync(join(tmpdir(), 'slipway-home-'))
  for (const shared of ['tools', 'layers']) {
    const folder = join(repository, '.cache', 'test-home', shared)
    mkdirSync(folder, { recursive: true })
    symlinkSync(folder, join(home, shared))
  }

  function start(args: readonly string[], { folder = home, variables = {} }: CommandOptions = {}): RunningCommand {
    const env = { ...process.env, SLIPWAY_HOME: home, NO_COLOR: '1', ...variables }
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    }) as ChildProcessByStdio<null, Readable, Readable>
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const ended = new Promise<CommandEnd>((done) => {
      const end = (code: number | null) => done({ code, stdout, stderr, json: () => JSON.parse(stdout) })
      child.once('close', end)
      // As the launcher does: through, though its process goes on for others. Its words are all here once it let go of them.
      child.once('message', ({ through }: { through: number }) => {
        const closed = [child.stdout, child.stderr].map((stream) => stream.closed || once(stream, 'close'))
        void Promise.all(closed).then(() => end(through))
      })
    })
    const until = (isThere: () => boolean, what: string) =>
      new Promise<void>((done, refuse) => {
        const look = () => isThere() && done()
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        void ended.then(() => refuse(new Error(`it ended before ${what}:\n${stdout}\n${stderr}`)))
        look()
      })
    return {
      process: child,
      ended,
      async firstLine() {
        await until(() => stdout.includes('\n'), 'its first line')
        return stdout.split('\n')[0] as string
      },
      says: (text) => until(() => stderr.includes(text), `it said "${text}"`),
    }
  }

  return {
    home,
    start,
    run: (args, options) => start(args, options).ended,
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
