import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { StepEffect } from '../domain/observation.ts'
import type { StepObserved } from './step-protocol.ts'

/** A connection that lives shorter than this may be missed; Python's own are seen by the audit hook, whatever they last. */
const lookMs = 100
const tables = ['tcp', 'tcp6', 'udp', 'udp6'] as const

/** So often a socket is looked up: one that is connected to nothing by then listens, or leads to another process. */
const mostLooks = 5

type Watched = {
  /** The numbers of its processes. */
  readonly find: () => readonly number[]
  readonly addresses: Set<string>
  /** How often each of its sockets was looked up. */
  readonly looks: Map<string, number>
}

const watched = new Set<Watched>()
let timer: NodeJS.Timeout | null = null

/**
 * Looks at the connections of a step's processes, compiled clients and other programs included. Only a socket that
 * they did not begin with makes us ask the system where it leads, since it lists all or none, and takes long over it.
 * Linux only. `stop` gives the addresses of other computers, and the ports of this one at which somebody else answered.
 */
export function watchSockets(find: Watched['find']): { stop(): readonly string[] } {
  if (process.platform !== 'linux') return { stop: () => [] }
  const one: Watched = { find, addresses: new Set(), looks: new Map() }
  // Those over which it speaks with us.
  for (const inode of find().flatMap(socketsOf)) one.looks.set(inode, mostLooks)
  watched.add(one)
  timer ??= setInterval(look, lookMs).unref()
  return {
    stop() {
      look()
      watched.delete(one)
      if (watched.size === 0 && timer) {
        clearInterval(timer)
        timer = null
      }
      return [...one.addresses].sort()
    },
  }
}

/** What was observed, and that the network was used where nothing else told of it. */
export function withAddresses(observed: StepObserved | null, addresses: readonly string[]): StepObserved | null {
  if (observed === null || observed.network || addresses.length === 0) return observed
  const more = addresses.map((name): StepEffect => ({ kind: 'network', name, where: null }))
  return { ...observed, network: true, effects: [...(observed.effects ?? []), ...more] }
}

function look(): void {
  let connections: ReadonlyMap<string, Connection> | null = null
  for (const { find, addresses, looks } of watched) {
    const own = new Set(find().flatMap(socketsOf))
    for (const inode of own) {
      const before = looks.get(inode) ?? 0
      if (before >= mostLooks) continue
      connections ??= readConnections()
      const address = addressOf(inode, connections, own)
      if (address !== null) addresses.add(address)
      looks.set(inode, address === null ? before + 1 : mostLooks)
    }
  }
}

type Connection = {
  readonly table: (typeof tables)[number]
  /** As the kernel writes them: an address and a port. */
  readonly local: string
  readonly remote: string
  readonly isListening: boolean
}

/** By the number of their socket. */
function readConnections(): ReadonlyMap<string, Connection> {
  const found = new Map<string, Connection>()
  for (const table of tables)
    for (const line of readOrEmpty(`/proc/net/${table}`).split('\n').slice(1)) {
      const [, local = '', remote = '', state, , , , , , inode = '0'] = line.trim().split(/\s+/)
      if (inode !== '0') found.set(inode, { table, local, remote, isListening: state === '0A' })
    }
  return found
}

/** Null for what leads nowhere, to another process of the step or, not being a lasting connection, to this computer. */
function addressOf(inode: string, connections: ReadonlyMap<string, Connection>, own: ReadonlySet<string>) {
  const connection = connections.get(inode)
  if (connection === undefined) return null
  const address = toAddress(connection.remote.split(':')[0] ?? '')
  if (address !== null) return address
  const port = portOf(connection.remote)
  if (port === 0 || connection.table.startsWith('udp')) return null
  // Whoever listens there, or was asked by it: the step itself, when one of its processes does.
  for (const [other, { isListening, local }] of connections)
    if (isListening && own.has(other) && [port, portOf(connection.local)].includes(portOf(local))) return null
  return `127.0.0.1:${port}`
}

function portOf(place: string): number {
  return Number.parseInt(place.split(':')[1] ?? '0', 16)
}

/** From the kernel's words of 32 bits in this computer's order; null for nowhere and for this computer. */
export function toAddress(hex: string): string | null {
  const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([word]) => [...Buffer.from(word, 'hex')].reverse())
  const isMapped = bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff
  const four = bytes.length === 4 ? bytes : isMapped ? bytes.slice(12) : null
  if (four) return four[0] === 127 || four.every((byte) => byte === 0) ? null : four.join('.')
  if (bytes.length !== 16 || bytes.slice(0, 15).every((byte) => byte === 0)) return null
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] as number) << 8) | (bytes[at * 2 + 1] as number)).toString(16),
  )
  return groups.join(':')
}

function socketsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      const target = readLinkOrEmpty(`/proc/${pid}/fd/${descriptor}`)
      return target.startsWith('socket:[') ? [target.slice('socket:['.length, -1)] : []
    })
  } catch {
    return [] // it ended meanwhile
  }
}

function readLinkOrEmpty(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return '' // a kernel without that protocol
  }
}
