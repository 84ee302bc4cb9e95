import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { ServedModel } from '../../core/domain/served-model.ts'
import { atEnd } from './at-end.ts'
import { type BuiltModelName, builtModel, writeModelFolder } from './built-models.ts'
import { temporaryFolder } from './temporary-file.ts'

export const serverEntry = resolve(import.meta.dirname, '../../core/serving/server.ts')

export type LogEntry = { readonly event: string; readonly [fact: string]: unknown }

/** A real server process, on a port that it picked itself. */
export type RunningServer = {
  readonly url: string
  readonly port: number
  readonly model: ServedModel | null
  readonly child: ChildProcess
  /** Every line it logged, parsed; grows. */
  readonly log: readonly LogEntry[]
  /** Resolves when it logs the event. */
  logged(event: string): Promise<LogEntry>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
  stop(): Promise<void>
}

export async function startServer(
  name: BuiltModelName | { readonly folder: string },
  environment: Readonly<Record<string, string>> = {},
  options: { readonly entry?: string; readonly until?: string } = {},
): Promise<RunningServer> {
  const folder = typeof name === 'string' ? temporaryFolder() : name.folder
  const model = typeof name === 'string' ? await writeModelFolder(folder, await builtModel(name)) : null
  const child = spawn(process.execPath, [options.entry ?? serverEntry, folder], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', SLIPWAY_DRAIN_DELAY_MS: '100', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const log: LogEntry[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(JSON.parse(line) as LogEntry)
    for (const check of waiting) check()
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((settle) =>
    child.on('close', (code, signal) => settle({ code, signal })),
  )
  // One that is left running would hold the tests open.
  atEnd(() => {
    child.kill('SIGKILL')
    return ended
  })
  const logged = (event: string) =>
    new Promise<LogEntry>((settle, refuse) => {
      const check = () => {
        const found = log.find((entry) => entry.event === event)
        if (!found) return
        waiting.delete(check)
        settle(found)
      }
      waiting.add(check)
      check()
      void ended.then(() => refuse(new Error(`it ended without "${event}": ${JSON.stringify(log)}`)))
    })
  const { port } = (await logged('listening')) as unknown as { port: number }
  await logged(options.until ?? 'ready')
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    model,
    child,
    log,
    logged,
    ended,
    async stop() {
      child.kill('SIGTERM')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Sends JSON and gives status and parsed answer. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/json' },
) {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url, { method: 'POST', headers, body: isRaw ? (body as string) : JSON.stringify(body) })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

export async function get(url: string) {
  const response = await fetch(url)
  return { status: response.status, headers: response.headers, body: (await response.json()) as never }
}
