import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

export type Measured = { readonly wallMs: number; readonly cpuSeconds: number }

/** /proc counts in ticks of a hundredth of a second, whatever the kernel's own clock does. */
const tickSeconds = 0.01

/** Seconds of CPU that this process, its children that have ended, and `processes` with theirs have used. */
export function usedCpuSeconds(processes: readonly number[]): number {
  const own = process.cpuUsage()
  const children = timesOf('self').children
  const others = processes.map(timesOf).reduce((sum, { own, children }) => sum + own + children, 0)
  return (own.user + own.system) / 1e6 + children + others
}

function timesOf(pid: number | 'self'): { readonly own: number; readonly children: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command name may hold spaces and parentheses: fields count from its last `)`.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number)
    return { own: (user + system) * tickSeconds, children: (childUser + childSystem) * tickSeconds }
  } catch {
    return { own: 0, children: 0 }
  }
}

/** Takes the times around a piece of work, `processes` being asked before and after it. */
export async function measure(
  work: () => Promise<Measured | undefined>,
  processes: () => readonly number[],
): Promise<Measured> {
  const cpuBefore = usedCpuSeconds(processes())
  const began = performance.now()
  const own = await work()
  const wallMs = performance.now() - began
  return own ?? { wallMs, cpuSeconds: usedCpuSeconds(processes()) - cpuBefore }
}

/** The share of all processors that is busy while this bench does nothing. */
export async function foreignCpuShare(forMs: number): Promise<number> {
  const ownBefore = usedCpuSeconds([])
  const before = busySeconds()
  const began = performance.now()
  await sleep(forMs)
  const seconds = (performance.now() - began) / 1000
  const busy = busySeconds() - before - (usedCpuSeconds([]) - ownBefore)
  return Math.max(0, busy / (seconds * availableParallelism()))
}

function busySeconds(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  )
    .split(/\s+/)
    .map(Number)
  return (user + nice + system + irq + softIrq + steal) * tickSeconds
}

export type ProgramOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Exit codes that are no failure; default 0 alone. */
  readonly accept?: readonly number[]
}

/** Runs a program to its end. @returns its stdout @throws Error with the end of what it printed */
export function runProgram(file: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const printed = Buffer.concat(out).toString('utf8')
      if (code !== null && (options.accept ?? [0]).includes(code)) resolve(printed)
      else {
        const end = `${printed}\n${Buffer.concat(err).toString('utf8')}`.slice(-3_000)
        reject(new Error(`${file} ${args.join(' ')} ended with ${code ?? signal}:\n${end}`))
      }
    })
  })
}
