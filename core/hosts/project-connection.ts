import { mkdirSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeWireError } from '../api/describe-wire-error.ts'
import { createProjectApi, type ProjectApi } from '../api/project-api.ts'
import type { ProjectCore } from '../api/project-core.ts'
import { fail } from '../domain/failure.ts'
import { type ClientOf, createClient } from '../rpc/client.ts'
import { createInProcessPair } from '../rpc/in-process-transport.ts'
import { joinTransports } from '../rpc/join-transports.ts'
import type { Transport } from '../rpc/message.ts'
import { createNodeSocketTransport } from '../rpc/node-socket-transport.ts'
import { serveRouter } from '../rpc/server.ts'
import { type LockHolder, type ProjectLock, takeProjectLock } from './project-lock.ts'
import { assertOwnSocket, makeSocketAddress, removeSocketFolder } from './runtime-folder.ts'

/** A line to the one core of a project, whether it lives in this process or in another. */
export type ProjectConnection = {
  readonly api: ClientOf<ProjectApi>
  /** True when the core lives here, so that it ends with this process. */
  readonly holds: boolean
  /** Answers another peer (a window) from the same core. */
  serve(peer: Transport): void
  onLost(listener: () => void): void
  /** Leaves; a core that lives here first lets others' jobs end, unless `now`. */
  close(options?: { readonly now?: boolean }): Promise<void>
}

export type ConnectionOptions = {
  readonly version: string
  readonly createCore: (folder: string) => Promise<ProjectCore>
}

const attemptsMs = [0, 50, 100, 200, 400, 800, 1600]

/** @param folder absolute, holding a slipway.toml. @throws host/projectBusy, host/otherVersion */
export async function openProjectConnection(folder: string, options: ConnectionOptions): Promise<ProjectConnection> {
  let holder: LockHolder | null = null
  for (const waitMs of attemptsMs) {
    await sleep(waitMs)
    const found = await holdOrFind(folder, options)
    if ('connection' in found) return found.connection
    holder = found.holder
    if (holder.version !== options.version) {
      throw fail('host/otherVersion', { theirs: holder.version, ours: options.version })
    }
    assertOwnSocket(holder.address)
    const socket = await tryConnect(holder.address)
    if (socket) return attach(socket, holder.address)
  }
  throw fail('host/projectBusy', { folder, pid: holder?.pid ?? 0 })
}

/** Listens before taking the lock, so that whoever reads the lock finds somebody there. */
async function holdOrFind(
  folder: string,
  options: ConnectionOptions,
): Promise<{ connection: ProjectConnection } | { holder: LockHolder }> {
  const slipwayFolder = join(folder, '.slipway')
  if (!tryMakeFolder(slipwayFolder)) return { connection: await holdUnlocked(folder, options) }
  const address = makeSocketAddress()
  const peers = await listen(address)
  let attempt: ReturnType<typeof takeProjectLock>
  try {
    attempt = takeProjectLock(slipwayFolder, { address, version: options.version })
  } catch (error) {
    await peers.close()
    if (isUnwritable(error)) return { connection: await holdUnlocked(folder, options) }
    throw error
  }
  if (attempt.state === 'held') {
    await peers.close()
    return { holder: attempt.by }
  }
  if (attempt.tookOver) removeSocketFolder(attempt.tookOver.address)
  try {
    const core = await options.createCore(folder)
    return { connection: hold(core, peers, attempt.lock) }
  } catch (error) {
    attempt.lock.release()
    await peers.close()
    throw error
  }
}

/** Nothing can be written there, so nobody can hold it: each reader opens the records for itself. */
async function holdUnlocked(folder: string, options: ConnectionOptions): Promise<ProjectConnection> {
  return hold(await options.createCore(folder), null, null)
}

function hold(core: ProjectCore, peers: Peers | null, lock: ProjectLock | null): ProjectConnection {
  const router = createProjectApi(core)
  const served = new Set<Transport>()
  const serve = (peer: Transport) => {
    served.add(peer)
    peer.onClose(() => served.delete(peer))
    serveRouter(router, peer, describeWireError)
  }
  const [ours, theirs] = createInProcessPair()
  serve(theirs)
  peers?.onPeer((socket) => serve(createNodeSocketTransport(socket)))
  let closing: Promise<void> | null = null

  async function close(now: boolean): Promise<void> {
    peers?.stopListening()
    if (!now) await othersJobsEnd(core, peers)
    for (const peer of served) peer.close()
    try {
      await core.close()
    } finally {
      lock?.release()
      await peers?.close()
    }
  }
  return {
    api: createClient<ProjectApi>(ours),
    holds: true,
    serve,
    onLost: (listener) => ours.onClose(listener),
    close: (options) => {
      closing ??= close(options?.now ?? false)
      return closing
    },
  }
}

function attach(socket: Socket, address: string): ProjectConnection {
  const transport = createNodeSocketTransport(socket)
  return {
    api: createClient<ProjectApi>(transport),
    holds: false,
    // Each peer gets a line of its own, so that call numbers never meet.
    serve: (peer) => joinTransports(peer, createNodeSocketTransport(connect(address))),
    onLost: (listener) => transport.onClose(listener),
    close: async () => transport.close(),
  }
}

/** Work that another host asked of this core goes on until it ends or that host leaves. */
async function othersJobsEnd(core: ProjectCore, peers: Peers | null): Promise<void> {
  const isBusy = () => core.jobs.list().some((job) => job.endedAt === null)
  while (peers && peers.count() > 0 && isBusy()) await sleep(100)
}

type Peers = {
  /** Hands over everybody who came already and whoever comes. */
  onPeer(listener: (socket: Socket) => void): void
  count(): number
  stopListening(): void
  close(): Promise<void>
}

async function listen(address: string): Promise<Peers> {
  const sockets = new Set<Socket>()
  let take: ((socket: Socket) => void) | null = null
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    if (take) take(socket)
    else socket.pause()
  })
  await new Promise<void>((done, refuse) => server.once('error', refuse).listen(address, done))
  return {
    onPeer(listener) {
      take = listener
      for (const socket of sockets) {
        listener(socket)
        socket.resume()
      }
    },
    count: () => sockets.size,
    stopListening: () => void server.close(),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => (server.listening ? server.close(() => done()) : done()))
      removeSocketFolder(address)
    },
  }
}

async function tryConnect(address: string): Promise<Socket | null> {
  return new Promise((done) => {
    const socket = connect(address)
    socket.once('connect', () => done(socket))
    socket.once('error', () => done(null))
  })
}

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
