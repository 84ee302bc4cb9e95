import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { StepEffect } from '../domain/observation.ts'
import type { ProcessIdentity } from '../tracking/process-identity.ts'
import type { StepObserved } from './step-protocol.ts'

/** A connection that lives shorter than this may be missed; Python's own are seen by the audit hook, whatever they last. */
const lookMs = 100
const tables = ['tcp', 'tcp6', 'udp', 'udp6'] as const

type Watched = { readonly find: () => readonly ProcessIdentity[]; readonly addresses: Set<string> }

const watched = new Set<Watched>()
let timer: NodeJS.Timeout | null = null
let known = new Set<string>()

/**
 * Looks at the connections of a step's processes, compiled clients and other programs included: the system lists its
 * sockets, and only a new one makes us look whose it is. Linux only. `stop` gives the addresses that were not of this
 * computer.
 */
export function watchSockets(find: Watched['find']): { stop(): readonly string[] } {
  if (process.platform !== 'linux') return { stop: () => [] }
  const one: Watched = { find, addresses: new Set() }
  if (watched.size === 0) known = new Set(readConnections().keys())
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
  const connections = readConnections()
  const fresh = [...connections].filter(([inode]) => !known.has(inode))
  known = new Set(connections.keys())
  if (fresh.length === 0) return
  for (const { find, addresses } of watched) {
    const held = new Set(find().flatMap(({ pid }) => socketsOf(pid)))
    for (const [inode, address] of fresh) if (held.has(inode)) addresses.add(address)
  }
}

/** Connections with another computer, by the number of their socket. */
function readConnections(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const table of tables) {
    for (const line of readOrEmpty(`/proc/net/${table}`).split('\n').slice(1)) {
      const [, , remote = '', , , , , , , inode = '0'] = line.trim().split(/\s+/)
      const address = toAddress(remote.split(':')[0] ?? '')
      if (inode !== '0' && address !== null) found.set(inode, address)
    }
  }
  return found
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
