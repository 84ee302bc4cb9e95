import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  write,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findProcess, type ProcessIdentity } from '../tracking/process-identity.ts'

/**
 * A control group of the system around one step run, where we may make one: nothing that a step starts
 * gets out of it, and its memory can be limited. Elsewhere the marker variable has to do.
 */
export type StepGroup = {
  /** By which it is found again after a crash. */
  readonly name: string
  /** True when the limit is in force from here on. */
  limitMemory(bytes: number): Promise<boolean>
  members(): readonly ProcessIdentity[]
  /** The same by number alone, which is one look for all of them. */
  pids(): readonly number[]
  /** How many processes the system killed in it for want of memory. */
  oomKills(): number
  /** Once its processes are gone. */
  remove(): Promise<void>
}

type Hierarchy = { readonly version: 1 | 2; readonly folder: string }

/**
 * Changes of groups, one after the other: the system may wait ten milliseconds over moving a process, and lets nobody make
 * or remove a group meanwhile. In turn, both take a twentieth of a millisecond, and no thread stands waiting.
 */
let turn: Promise<unknown> = Promise.resolve()

function inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
  const changed = turn.then(change)
  turn = changed.catch(() => undefined)
  return changed
}

/** Puts `pid` into fresh groups. Null when the system offers none that we may write, or the process is gone. */
export async function createStepGroup(pid: number): Promise<StepGroup | null> {
  if (process.platform !== 'linux') return null
  return inTurn(() => enterFresh(pid))
}

async function enterFresh(pid: number): Promise<StepGroup | null> {
  const name = `${prefix}${process.pid}-${pid}-${(count++).toString(36)}`
  const groups: Hierarchy[] = []
  for (const hierarchy of hierarchies())
    if (hierarchy.version === 2) groups.push(...(await enter(hierarchy, name, pid)))
  if (groups.length === 0) groups.push(...(await enterLegacy(name, pid)))
  if (groups.length === 0) return null
  return {
    name,
    async limitMemory(bytes) {
      if (groups.some((group) => limit(group, bytes))) return true
      const memory = await inTurn(() => enterLegacy(name, pid))
      groups.push(...memory)
      return memory.some((group) => limit(group, bytes))
    },
    members: () => groups.flatMap(readMembers),
    pids: () => groups.flatMap(readPids),
    oomKills: () => Math.max(0, ...groups.map(readOomKills)),
    remove: () => removeGroups(groups),
  }
}

/** The group of that name, left behind by a core that died. */
export function findLeftGroup(name: string | null): Pick<StepGroup, 'members' | 'remove'> | null {
  if (process.platform !== 'linux' || name === null || !name.startsWith(prefix)) return null
  const groups = hierarchies()
    .map(({ version, folder }) => ({ version, folder: join(folder, name) }))
    .filter(({ folder }) => existsSync(folder))
  if (groups.length === 0) return null
  return { members: () => groups.flatMap(readMembers), remove: () => removeGroups(groups) }
}

/** Empty groups of cores that died. One that somebody is just about to enter is younger. */
export function sweepLeftGroups(): void {
  for (const hierarchy of hierarchies())
    for (const above of [hierarchy.folder, dirname(hierarchy.folder)])
      for (const name of listFolder(above)) {
        const folder = join(above, name)
        const made = name.startsWith(prefix) ? statSync(folder, { throwIfNoEntry: false }) : undefined
        if (made && Date.now() - made.ctimeMs > 60_000) removeGroup({ version: hierarchy.version, folder })
      }
}

const prefix = 'slipway-'
let count = 0
let known: readonly Hierarchy[] | null = null

function hierarchies(): readonly Hierarchy[] {
  known ??= findHierarchies()
  return known
}

async function enterLegacy(name: string, pid: number): Promise<Hierarchy[]> {
  const entered = []
  for (const hierarchy of hierarchies())
    if (hierarchy.version === 1) entered.push(...(await enter(hierarchy, name, pid)))
  return entered
}

/** Where our own process stands: in the unified tree, and in the memory tree of older systems. */
function findHierarchies(): readonly Hierarchy[] {
  const mounts = read('/proc/self/mountinfo')
  const places = read('/proc/self/cgroup')
  if (mounts === null || places === null) return []
  const found: Hierarchy[] = []
  for (const line of mounts.split('\n')) {
    const [left, right] = line.split(' - ')
    if (!left || !right) continue
    const [type, , options = ''] = right.split(' ')
    const fields = left.split(' ')
    const root = fields[3] ?? '/'
    const mount = fields[4] ?? ''
    if (type === 'cgroup2') found.push({ version: 2, folder: ownFolder(mount, root, placeOf(places, '')) })
    else if (type === 'cgroup' && options.split(',').includes('memory'))
      found.push({ version: 1, folder: ownFolder(mount, root, placeOf(places, 'memory')) })
  }
  return found
}

function placeOf(places: string, controller: string): string {
  for (const line of places.split('\n')) {
    const [, controllers = '', ...path] = line.split(':')
    if (controllers.split(',').includes(controller)) return path.join(':')
  }
  return '/'
}

function ownFolder(mount: string, root: string, place: string): string {
  return join(mount, root !== '/' && place.startsWith(root) ? place.slice(root.length) : place)
}

/**
 * In our own group, else beside it: under systemd only the group above hands out the memory controller. The system
 * takes some ten milliseconds over moving a process, in which it does nothing.
 */
async function enter(hierarchy: Hierarchy, name: string, pid: number): Promise<Hierarchy[]> {
  for (const above of [hierarchy.folder, dirname(hierarchy.folder)]) {
    const folder = join(above, name)
    try {
      mkdirSync(folder)
    } catch {
      continue
    }
    try {
      await moveInto(join(folder, 'cgroup.procs'), pid)
      return [{ version: hierarchy.version, folder }]
    } catch {
      removeGroup({ version: hierarchy.version, folder })
    }
  }
  return []
}

const writeTo = promisify(write)

/** Only the move itself may wait, so nothing else of it is handed to another thread: that takes longer than it does. */
async function moveInto(file: string, pid: number): Promise<void> {
  const procs = openSync(file, 'w')
  try {
    await writeTo(procs, String(pid))
  } finally {
    closeSync(procs)
  }
}

function limit(group: Hierarchy, memoryBytes: number): boolean {
  const file = group.version === 2 ? 'memory.max' : 'memory.limit_in_bytes'
  if (!existsSync(join(group.folder, file))) return false
  try {
    writeFileSync(join(group.folder, file), String(memoryBytes))
  } catch {
    return false
  }
  try {
    // Swap beside it would only make the end slow; not every system counts it.
    if (group.version === 2) writeFileSync(join(group.folder, 'memory.swap.max'), '0')
    else writeFileSync(join(group.folder, 'memory.memsw.limit_in_bytes'), String(memoryBytes))
  } catch {
    return true
  }
  return true
}

function readMembers(group: Hierarchy): readonly ProcessIdentity[] {
  return readPids(group).flatMap((pid) => findProcess(pid) ?? [])
}

function readPids(group: Hierarchy): readonly number[] {
  const lines = read(join(group.folder, 'cgroup.procs'))?.split('\n') ?? []
  return lines.flatMap((line) => (line === '' ? [] : [Number(line)]))
}

function readOomKills(group: Hierarchy): number {
  const text = read(join(group.folder, group.version === 2 ? 'memory.events' : 'memory.oom_control'))
  return Number(/^oom_kill (\d+)$/m.exec(text ?? '')?.[1] ?? 0)
}

/** A process that was killed belongs to its group for a moment longer. */
async function removeGroups(groups: readonly Hierarchy[]): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const removed = await inTurn(async () => groups.map(removeGroup))
    if (removed.every((one) => one)) return
    await sleep(20)
  }
}

function removeGroup(group: Hierarchy): boolean {
  try {
    rmdirSync(group.folder)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
