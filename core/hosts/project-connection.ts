import { mkdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProjectApi } from '../api/project-api.ts'
import type { ProjectCore } from '../api/project-core.ts'
import { fail } from '../domain/failure.ts'
import { passedVariables } from '../execution/passed-variables.ts'
import { type ClientOf, createClient } from '../rpc/client.ts'
import { joinTransports } from '../rpc/join-transports.ts'
import type { Transport } from '../rpc/message.ts'
import { createNodeSocketTransport } from '../rpc/node-socket-transport.ts'
import { listenForPeers, type PeerKind, tryConnect } from './peers.ts'
import { type LockHolder, readLiveHolder, takeProjectLock } from './project-lock.ts'
import { giveUpReserve } from './reserve.ts'
import { assertOwnSocket, makeSocketAddress } from './runtime-folder.ts'
import { removeSocketFolder } from './socket-folder.ts'

/** A line to the one core of a project, whether it lives in this process or in another. */
export type ProjectConnection = {
  readonly api: ClientOf<ProjectApi>
  /** True when the core lives here, so that it ends with this process. */
  readonly holds: boolean
  /** The process in which the core lives. */
  readonly corePid: number
  /** True while somebody else uses the core that lives here, or work goes on in it. */
  isUsed(): boolean
  /** Answers another peer (a window) from the same core. */
  serve(peer: Transport): void
  onLost(listener: () => void): void
  /**
   * Leaves; a core that lives here first lets others' commands and jobs end, unless `now`, which also ends the waiting
   * of a call before. `onWaiting` hears that there are such.
   */
  close(options?: { readonly now?: boolean; readonly onWaiting?: () => void }): Promise<void>
}

export type ConnectionOptions = {
  readonly version: string
  readonly kind: PeerKind
  /** The core that is made here outlives its callers, and ends when unused for so long. */
  readonly kept?: { readonly idleMs: number } | undefined
  /** Asked before this process takes the project; it need not return. */
  readonly beforeHolding?: (() => Promise<void>) | undefined
  readonly createCore: (folder: string) => Promise<ProjectCore>
}

const attemptsMs = [0, 50, 100, 200, 400, 800, 1600]

/** @param folder absolute, holding a slipway.toml. @throws host/projectBusy, host/projectElsewhere, host/otherVersion */
export async function openProjectConnection(folder: string, options: ConnectionOptions): Promise<ProjectConnection> {
  let holder: LockHolder | null = readLiveHolder(join(folder, '.slipway'))
  for (const waitMs of attemptsMs) {
    if (waitMs > 0) await sleep(waitMs)
    if (holder === null) {
      await options.beforeHolding?.()
      const found = await holdOrFind(folder, options)
      if ('connection' in found) return found.connection
      holder = found.holder
    }
    const attached = await attachTo(folder, holder, options)
    if (attached) return attached
    holder = readLiveHolder(join(folder, '.slipway'))
  }
  throw fail('host/projectBusy', { folder, pid: holder?.pid ?? 0 })
}

async function attachTo(
  folder: string,
  holder: LockHolder,
  { version, kind }: ConnectionOptions,
): Promise<ProjectConnection | null> {
  // A kept core of another version, or whose steps would get other variables than ours, makes room for another.
  if (holder.kept && (holder.version !== version || holder.kept.variables !== ownVariables())) {
    const { endKeptCore } = await import('./end-kept-core.ts')
    await endKeptCore(folder, holder)
    return null
  }
  if (holder.version !== version) throw fail('host/otherVersion', { theirs: holder.version, ours: version })
  assertOwnSocket(holder.address)
  const socket = await tryConnect(kind, holder.address)
  if (!socket) return null
  const connection = attach(socket, holder)
  // A core that was just leaving lets the line in and drops it: only an answer shows that it stays.
  const isAnswered = await Promise.race([
    connection.api.project.get({}).then(
      () => true,
      () => !socket.destroyed,
    ),
    new Promise<boolean>((done) => connection.onLost(() => done(false))),
  ])
  return isAnswered ? connection : null
}

/** Listens before taking the lock, so that whoever reads the lock finds somebody there. */
async function holdOrFind(
  folder: string,
  options: ConnectionOptions,
): Promise<{ connection: ProjectConnection } | { holder: LockHolder }> {
  const { holdCore } = await import('./hold-core.ts')
  const slipwayFolder = join(folder, '.slipway')
  // Nothing can be written there, so nobody can hold it: each reader opens the records for itself.
  const holdUnlocked = async () => ({ connection: holdCore(await options.createCore(folder), null, null) })
  if (!tryMakeFolder(slipwayFolder)) return holdUnlocked()
  giveUpReserve(slipwayFolder)
  const address = makeSocketAddress()
  const peers = await listenForPeers(address)
  let attempt: ReturnType<typeof takeProjectLock>
  try {
    const kept = options.kept && { ...options.kept, variables: ownVariables() }
    attempt = takeProjectLock(slipwayFolder, { address, version: options.version, kept })
  } catch (error) {
    await peers.close()
    if (isUnwritable(error)) return holdUnlocked()
    throw error
  }
  if (attempt.state !== 'taken') {
    await peers.close()
    if (attempt.state === 'elsewhere') throw fail('host/projectElsewhere', { folder, host: attempt.by.host })
    return { holder: attempt.by }
  }
  if (attempt.tookOver) removeSocketFolder(attempt.tookOver.address)
  try {
    const core = await options.createCore(folder)
    const isCommand = options.kind === 'command' && options.kept === undefined
    return { connection: holdCore(core, peers, attempt.lock, isCommand) }
  } catch (error) {
    attempt.lock.release()
    await peers.close()
    throw error
  }
}

function attach(socket: Socket, { address, pid }: LockHolder): ProjectConnection {
  const transport = createNodeSocketTransport(socket)
  return {
    api: createClient<ProjectApi>(transport),
    holds: false,
    corePid: pid,
    isUsed: () => true,
    // Each peer gets a line of its own, so that call numbers never meet.
    serve(peer) {
      void tryConnect('host', address).then((line) =>
        line ? joinTransports(peer, createNodeSocketTransport(line)) : peer.close(),
      )
    },
    onLost: (listener) => transport.onClose(listener),
    close: async () => transport.close(),
  }
}

const ownVariables = () => JSON.stringify(passedVariables(process.env))

function tryMakeFolder(folder: string): boolean {
  try {
    // Not recursive: a project folder that is gone is not to come back empty.
    mkdirSync(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true
    if (isUnwritable(error)) return false
    throw error
  }
}

function isUnwritable(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code))
}
