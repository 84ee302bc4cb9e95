import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProcess, isSameProcessAlive, type ProcessIdentity } from '../tracking/process-identity.ts'

/** The variable by which every process of a step run is known, however often it forked. */
export const stepRunVariable = 'SLIPWAY_STEP_RUN'

/**
 * Every living process of a step run: those that carry its marker, those of its session and the
 * descendants of either. Where the system does not show it (Windows), the process itself is all that is known.
 */
export function findStepProcesses(
  stepRunId: string,
  root: ProcessIdentity | null,
  known: ReadonlySet<number> = new Set(),
): readonly ProcessIdentity[] {
  const rootAlive = root !== null && isSameProcessAlive(root)
  if (process.platform === 'win32') return rootAlive ? [root] : []
  const table = readProcessTable()
  const marker = `${stepRunVariable}=${stepRunId}`
  const found = new Set([...known].filter((pid) => table.has(pid)))
  for (const entry of table.values()) {
    if (entry.pid === process.pid || entry.pid === 1) continue
    if (rootAlive && (entry.pid === root.pid || entry.session === root.pid)) found.add(entry.pid)
    else if (hasVariable(entry.pid, marker)) found.add(entry.pid)
  }
  for (let grown = true; grown; ) {
    grown = false
    for (const entry of table.values()) {
      if (!found.has(entry.pid) && found.has(entry.parent) && entry.pid !== process.pid) {
        found.add(entry.pid)
        grown = true
      }
    }
  }
  return [...found].map(findProcess).filter((identity) => identity !== null)
}

/** How often the tree of a step is looked at; what lives shorter needs no end. */
const lookMs = 500

/**
 * Where no control group holds a step's processes: those that were ever seen in its tree stay known, though they
 * leave its session, clear their variables and lose their parent. @returns how to find them, until `stop`
 */
export function trackStepProcesses(stepRunId: string, root: ProcessIdentity) {
  let seen = new Map<number, ProcessIdentity>([[root.pid, root]])
  const find = (): readonly ProcessIdentity[] => {
    const alive = [...seen.values()].filter(isSameProcessAlive)
    const found = findStepProcesses(stepRunId, root, new Set(alive.map(({ pid }) => pid)))
    seen = new Map(found.map((identity) => [identity.pid, identity]))
    return found
  }
  const timer = process.platform === 'linux' ? setInterval(find, lookMs).unref() : null
  return {
    find,
    stop() {
      if (timer) clearInterval(timer)
    },
  }
}

/** Sends a signal to the very process that was recorded, never to one that took its number since. */
export function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isSameProcessAlive(target)) return
  try {
    process.kill(target.pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/** Kills until nobody is found, since a process may fork while it is being looked for. @returns who is left. */
export async function killProcesses(
  find: () => readonly ProcessIdentity[],
  deadlineMs = 5_000,
): Promise<readonly ProcessIdentity[]> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const alive = find()
    if (alive.length === 0 || performance.now() > end) return alive
    for (const target of alive) signalProcess(target, 'SIGKILL')
    await sleep(20)
  }
}

/** `session` is the process group where the system does not list sessions. */
type TableEntry = { readonly pid: number; readonly parent: number; readonly session: number }

function readProcessTable(): ReadonlyMap<number, TableEntry> {
  const table = new Map<number, TableEntry>()
  if (process.platform !== 'linux') {
    const listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8' })
    for (const line of listing.split('\n')) {
      const [pid, parent, session] = line.trim().split(/\s+/).map(Number)
      if (pid && parent !== undefined && session !== undefined) table.set(pid, { pid, parent, session })
    }
    return table
  }
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const stat = readOrNull(`/proc/${pid}/stat`)
    if (stat === null) continue
    // The command name may hold spaces and parentheses: fields count from its last `)`.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') continue
    table.set(pid, { pid, parent: Number(fields[1]), session: Number(fields[3]) })
  }
  return table
}

function hasVariable(pid: number, marker: string): boolean {
  return readOrNull(`/proc/${pid}/environ`)?.split('\0').includes(marker) ?? false
}

/** Null for a process that ended meanwhile or belongs to somebody else. */
function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return null
  }
}
