import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * A process that cannot be mistaken for a later one with the same number. Null members were not to be
 * learnt on this system, and are then not compared.
 */
export type ProcessIdentity = {
  readonly pid: number
  /** As the system tells it; only ever compared for equality. */
  readonly startedAt: string | null
  readonly bootId: string | null
}

/** Who `pid` is right now; null when there is no such process, or only its remains. */
export function findProcess(pid: number): ProcessIdentity | null {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !exists(pid)) return null
  if (process.platform === 'linux') {
    const stat = readStat(pid)
    if (stat === null || stat.state === 'Z' || stat.state === 'X') return null
    return { pid, startedAt: stat.startedAt, bootId: readBootId() }
  }
  return { pid, startedAt: askStartTime(pid), bootId: null }
}

let own: ProcessIdentity | null = null

export function ownIdentity(): ProcessIdentity {
  own ??= findProcess(process.pid)
  return own ?? { pid: process.pid, startedAt: null, bootId: null }
}

/** True while the very process that was recorded still lives: a reused number or a reboot makes it false. */
export function isSameProcessAlive(recorded: ProcessIdentity): boolean {
  const now = findProcess(recorded.pid)
  if (now === null) return false
  const same = (a: string | null, b: string | null) => a === null || b === null || a === b
  return same(recorded.bootId, now.bootId) && same(recorded.startedAt, now.startedAt)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The command name in field 2 may hold spaces and parentheses: read from its last `)`. */
function readStat(pid: number): { readonly state: string; readonly startedAt: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] as string, startedAt: fields[19] as string }
  } catch {
    return null
  }
}

/** No process outlives the boot that it was started in. */
let bootId: string | null = null

function readBootId(): string | null {
  try {
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return null
  }
  return bootId
}

/** macOS and the BSDs tell it through ps, Windows through its management interface. */
function askStartTime(pid: number): string | null {
  const [command, ...rest] =
    process.platform === 'win32'
      ? [
          'powershell.exe',
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`,
        ]
      : ['ps', '-o', 'lstart=', '-p', String(pid)]
  try {
    // Loaded where it is needed alone: every command asks who holds its project.
    const { execFileSync } = createRequire(import.meta.url)('node:child_process') as typeof import('node:child_process')
    const answer = execFileSync(command as string, rest, {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    }).trim()
    return answer === '' ? null : answer
  } catch {
    return null
  }
}
