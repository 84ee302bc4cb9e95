import { statSync } from 'node:fs'
import process from 'node:process'
import { isatty } from 'node:tty'
import type { LineApi, LineEvent, LostWords } from '../api/line-api.ts'
import { passedVariables } from '../execution/passed-variables.ts'
import { createClient } from '../rpc/client.ts'
import { createNodeSocketTransport } from '../rpc/node-socket-transport.ts'
import { tryConnect } from './peers.ts'
import type { LockHolder } from './project-lock.ts'
import { findSocketProblem } from './socket-folder.ts'

/**
 * Has the core that is up run a command: this process then loads and prints next to nothing itself. Built into a small
 * file of its own, for any Node from 20.
 * @returns false where this process has to do it: nothing was done then
 */
export async function askCore(argv: readonly string[], live: LiveCore, version: string): Promise<boolean> {
  const { holder, slipwayFolder } = live
  if (!isPlace(holder.place, slipwayFolder)) return false
  if (holder.version !== version || findSocketProblem(holder.address) !== null) return false
  // One whose steps would get other variables than ours is replaced by whoever attaches.
  if (holder.kept && holder.kept.variables !== JSON.stringify(passedVariables(process.env))) return false
  const socket = await tryConnect('command', holder.address)
  if (socket === null) return false
  const api = createClient<LineApi>(createNodeSocketTransport(socket))
  let told = 0
  const interrupt = () => {
    told += 1
    if (told > 1) process.exit(130)
    void api.line.cancel({}).catch(() => undefined)
  }
  for (const name of signals) process.on(name, interrupt)
  const done = await follow(api, argv)
  for (const name of signals) process.off(name, interrupt)
  if (!done) socket.destroy()
  return done
}

type LiveCore = { readonly holder: LockHolder; readonly slipwayFolder: string }

/** A lock that came along with a copy of its folder is another project's; on a shared file system attaching finds out. */
function isPlace(place: string, folder: string): boolean {
  const { dev, ino } = statSync(folder, { bigint: true })
  return place === `${dev}:${ino}`
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function follow(api: ReturnType<typeof createClient<LineApi>>, argv: readonly string[]): Promise<boolean> {
  let whenLost: LostWords | null = null
  return new Promise((resolve) => {
    const end = (code: number) => {
      process.exitCode = code
      stdout().write('', () => process.exit())
      resolve(true)
    }
    const see = (event: LineEvent) => {
      if (event.kind === 'elsewhere') resolve(false)
      else if (event.kind === 'begun') whenLost = event.whenLost
      else if (event.kind === 'end') end(event.code)
      else streamOf(event.kind).write(event.text)
    }
    const lose = () => {
      if (whenLost === null) return resolve(false)
      streamOf(whenLost.kind).write(whenLost.text)
      end(whenLost.code)
    }
    const terminals = { out: terminal(1, 'out'), err: terminal(2, 'err'), canAsk: isatty(0) }
    api.line.run({ argv: [...argv], cwd: process.cwd(), color: !process.env.NO_COLOR, ...terminals }, see, lose)
  })
}

let out: NodeJS.WriteStream | null = null

/** `slipway plan | head` closes our stdout early: what was asked for was given. */
function stdout(): NodeJS.WriteStream {
  out ??= process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return out
}

const streamOf = (kind: 'out' | 'err') => (kind === 'out' ? stdout() : process.stderr)

/** A stream takes a while to make: one that is no terminal is made when there is something to write. */
function terminal(descriptor: number, kind: 'out' | 'err') {
  const isTTY = isatty(descriptor)
  return { isTTY, columns: (isTTY && streamOf(kind).columns) || null }
}
