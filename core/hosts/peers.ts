import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { removeSocketFolder } from './socket-folder.ts'

/** A `command` has an end of its own, which the core waits for; a `host` (a window) looks for a core again. */
export type PeerKind = 'command' | 'host'

/** The other processes that use this one's core. */
export type Peers = {
  /** Hands over everybody who came already and whoever comes. */
  onPeer(listener: (socket: Socket, kind: PeerKind) => void): void
  count(kind?: PeerKind): number
  /** Told whenever one has come or gone. */
  onChange(listener: () => void): void
  stopListening(): void
  close(): Promise<void>
}

/** Where peers of a kind come in: each kind has a door of its own, so that nobody has to say what it is. */
export function addressFor(kind: PeerKind, address: string): string {
  if (kind === 'host') return address
  return process.platform === 'win32' ? `${address}-commands` : join(dirname(address), 'cmd.sock')
}

export async function listenForPeers(address: string): Promise<Peers> {
  const sockets = new Map<Socket, PeerKind>()
  const listeners: (() => void)[] = []
  let take: ((socket: Socket, kind: PeerKind) => void) | null = null
  const change = () => {
    for (const listener of listeners) listener()
  }
  const open = async (kind: PeerKind): Promise<Server> => {
    const server = createServer((socket) => {
      sockets.set(socket, kind)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        change()
      })
      if (take) take(socket, kind)
      else socket.pause()
      change()
    })
    await new Promise<void>((done, refuse) =>
      server.once('error', refuse).listen(addressFor(kind, address), () => done()),
    )
    return server
  }
  const servers = [await open('host'), await open('command')]
  const stopListening = () => {
    for (const server of servers) if (server.listening) server.close()
  }

  return {
    onPeer(listener) {
      take = listener
      for (const [socket, kind] of sockets) {
        listener(socket, kind)
        socket.resume()
      }
    },
    count: (kind) => [...sockets.values()].filter((each) => kind === undefined || each === kind).length,
    onChange: (listener) => void listeners.push(listener),
    stopListening,
    async close() {
      stopListening()
      const gone = [...sockets.keys()].map((socket) => new Promise((done) => socket.once('close', done)))
      for (const socket of sockets.keys()) socket.destroy()
      await Promise.all(gone)
      removeSocketFolder(address)
    },
  }
}

export async function tryConnect(kind: PeerKind, address: string): Promise<Socket | null> {
  return new Promise((done) => {
    const socket = connect(addressFor(kind, address))
    socket.once('connect', () => done(socket))
    socket.once('error', () => done(null))
  })
}
