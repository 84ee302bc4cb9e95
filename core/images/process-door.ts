import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fail } from '../domain/failure.ts'
import type { ServingDoor } from './serving-door.ts'

export type ProcessOrder = {
  /** Holds node, node_modules, server.mjs and model, as an image has them below /slipway. */
  readonly folder: string
  readonly nodeFile: string
  readonly model: string
  /** 0 for a free one; a taken one is replaced by a free one. */
  readonly port: number
  readonly signal?: AbortSignal | undefined
}

const keptLines = 200
const longestStopMs = 12_000

/**
 * The image's files as a local process: same server, same model, no container around it. It ends with this process,
 * since it reads the pipe that this one holds. @throws images/servingFailed
 */
export async function openProcessDoor(order: ProcessOrder): Promise<ServingDoor> {
  const first = await start(order, order.port)
  if (first.door) return first.door
  const isTaken = order.port !== 0 && /EADDRINUSE|EACCES/.test(first.reason)
  const second = isTaken ? await start(order, 0) : first
  if (second.door) return second.door
  throw fail('images/servingFailed', { model: order.model, reason: second.reason, log: second.log })
}

type Started = { readonly door: ServingDoor } | { readonly door: null; readonly reason: string; readonly log: string }

function start(order: ProcessOrder, port: number): Promise<Started> {
  const child = spawn(order.nodeFile, [join(order.folder, 'server.mjs'), join(order.folder, 'model')], {
    cwd: order.folder,
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      NODE_ENV: 'production',
      SLIPWAY_EXIT_WITH_STDIN: '1',
      SLIPWAY_DRAIN_DELAY_MS: '0',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const listeners = new Set<(line: string) => void>()
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
    child.once('error', () => resolve(null))
  })
  child.stdin.on('error', () => undefined)
  const onAbort = () => child.kill('SIGKILL')
  order.signal?.addEventListener('abort', onAbort, { once: true })

  const see = (line: string) => {
    lines.push(line)
    if (lines.length > keptLines) lines.shift()
    for (const listener of listeners) listener(line)
  }
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', see)

  return new Promise((resolve) => {
    const refuse = (reason: string) => resolve({ door: null, reason, log: lines.slice(-5).join(' ') })
    child.once('error', (error: NodeJS.ErrnoException) => refuse(error.code ?? error.message))
    void ended.then((code) => refuse(failureIn(lines) ?? `it ended with code ${code}`))
    listeners.add((line) => {
      const listening = readEvent(line)
      if (listening?.event !== 'listening' || typeof listening.port !== 'number') return
      resolve({
        door: {
          engine: 'process',
          url: `http://127.0.0.1:${listening.port}`,
          container: null,
          ended,
          follow(onLine) {
            for (const past of lines) onLine(past)
            listeners.add(onLine)
          },
          async stop() {
            order.signal?.removeEventListener('abort', onAbort)
            child.stdin.end()
            child.kill('SIGTERM')
            const killer = setTimeout(() => child.kill('SIGKILL'), longestStopMs)
            await ended
            clearTimeout(killer)
          },
        },
      })
    })
  })
}

function failureIn(lines: readonly string[]): string | null {
  const failed = lines.map(readEvent).findLast((event) => event?.event === 'failed')
  return typeof failed?.reason === 'string' ? failed.reason : null
}

function readEvent(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
