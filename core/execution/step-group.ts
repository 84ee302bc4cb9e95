import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProcess, type ProcessIdentity } from '../tracking/process-identity.ts'

/**
 * A control group of the system around one step run, where we may make one: nothing that a step starts
 * gets out of it, and its memory can be limited. Elsewhere the marker variable has to do.
 */
export type StepGroup = {
  /** True when the memory limit that was asked for is in force. */
  readonly limitsMemory: boolean
  members(): readonly ProcessIdentity[]
  /** How many processes the system killed in it for want of memory. */
  oomKills(): number
  /** Once its processes are gone. */
  remove(): Promise<void>
}

type Hierarchy = { readonly version: 1 | 2; readonly folder: string }

/** Puts `pid` into fresh groups. Null when the system offers none that we may write. */
export function createStepGroup(stepRunId: string, pid: number, memoryBytes: number | null): StepGroup | null {
  if (process.platform !== 'linux') return null
  const name = groupName(stepRunId)
  const unified = hierarchies().filter(({ version }) => version === 2)
  const legacy = hierarchies().filter(({ version }) => version === 1)
  const groups = unified.flatMap((hierarchy) => enter(hierarchy, name, pid))
  let limitsMemory = memoryBytes !== null && groups.some((group) => limit(group, memoryBytes))
  if (memoryBytes !== null && !limitsMemory) {
    const memory = legacy.flatMap((hierarchy) => enter(hierarchy, name, pid))
    limitsMemory = memory.some((group) => limit(group, memoryBytes))
    groups.push(...memory)
  }
  if (groups.length === 0) return null
  return {
    limitsMemory,
    members: () => groups.flatMap(readMembers),
    oomKills: () => Math.max(0, ...groups.map(readOomKills)),
    remove: () => removeGroups(groups),
  }
}

/** The processes of a step run whose group was left behind, by a core that died. */
export function findLeftGroup(stepRunId: string): StepGroup | null {
  if (process.platform !== 'linux') return null
  const name = groupName(stepRunId)
  const groups = hierarchies()
    .map(({ version, folder }) => ({ version, folder: join(folder, name) }))
    .filter(({ folder }) => existsSync(folder))
  if (groups.length === 0) return null
  return {
    limitsMemory: false,
    members: () => groups.flatMap(readMembers),
    oomKills: () => 0,
    remove: () => removeGroups(groups),
  }
}

function groupName(stepRunId: string): string {
  return `slipway-${stepRunId.replace(/[^\w-]/g, '_')}`
}

/** Where our own process stands: in the unified tree, and in the memory tree of older systems. */
function hierarchies(): readonly Hierarchy[] {
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

/** In our own group, else beside it: under systemd only the group above hands out the memory controller. */
function enter(hierarchy: Hierarchy, name: string, pid: number): Hierarchy[] {
  for (const above of [hierarchy.folder, dirname(hierarchy.folder)]) {
    const folder = join(above, name)
    try {
      mkdirSync(folder, { recursive: false })
    } catch {
      continue
    }
    try {
      writeFileSync(join(folder, 'cgroup.procs'), String(pid))
      return [{ version: hierarchy.version, folder }]
    } catch {
      removeGroup({ version: hierarchy.version, folder })
    }
  }
  return []
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
  const lines = read(join(group.folder, 'cgroup.procs'))?.split('\n') ?? []
  return lines.flatMap((line) => (line === '' ? [] : (findProcess(Number(line)) ?? [])))
}

function readOomKills(group: Hierarchy): number {
  const text = read(join(group.folder, group.version === 2 ? 'memory.events' : 'memory.oom_control'))
  return Number(/^oom_kill (\d+)$/m.exec(text ?? '')?.[1] ?? 0)
}

/** A process that was killed belongs to its group for a moment longer. */
async function removeGroups(groups: readonly Hierarchy[]): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    if (groups.map(removeGroup).every((removed) => removed)) return
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

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
