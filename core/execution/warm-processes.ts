import { readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import type { KernelRequest } from './kernel.ts'
import type { KnownImports } from './known-imports.ts'
import { startPooledInterpreter } from './pooled-interpreter.ts'
import { stepRunVariable } from './process-tree.ts'
import { createSpareProcesses, type SpareProcesses } from './spare-processes.ts'
import type { StartProcess } from './step-process.ts'
import { startWarmInterpreter, type WarmInterpreter } from './warm-interpreter.ts'

/** What makes one environment of steps different from another. */
export type WarmRequest = Pick<KernelRequest, 'pythonPath' | 'environment' | 'lock'> & {
  /** Absolute. */
  readonly project: string
  /** Those that will run in it, as far as that is known. */
  readonly steps: readonly string[]
}

export type WarmProcesses = {
  readonly start: StartProcess
  /** A step of this environment is about to come: its interpreter starts meanwhile, and imports what these steps imported before. */
  prepare(request: WarmRequest): void
  /** Lets idle interpreters end; those with a running step end after it. */
  close(): void
}

export type WarmOptions = {
  /** Idle for so long, an interpreter ends. */
  readonly idleMs?: number
  /** Children that are forked before they are needed, while steps run. */
  readonly spares?: number
  /** Whether children are forked from one interpreter, or each is started by itself ahead of time; else as the system allows. */
  readonly start?: 'fork' | 'pool'
  /** What steps imported when they ran last; without it an interpreter learns that from the steps that it runs. */
  readonly known?: KnownImports | undefined
}

/** Steps with variables of their own need interpreters of their own; more than these few are not kept. */
const mostInterpreters = 4
/**
 * So long after the last step, nobody waits in advance any more: about as long as somebody thinks over what a run gave. One
 * that was started by itself took seconds; one that was forked holds a copy of the memory that a step writes.
 */
const spareMs = { fork: 2 * 60_000, pool: 5 * 60_000 } as const
const lookEveryMs = 15_000

/**
 * One warm interpreter for each environment that steps run in: the interpreter, the lock, and the variables that
 * its process starts with. Where forking is sound and watching a child is exact, on Linux, its children run the
 * steps; elsewhere a few interpreters are started ahead, and each runs one.
 */
export function createWarmProcesses({
  idleMs = 10 * 60_000,
  start = process.platform === 'linux' ? 'fork' : 'pool',
  spares = mostSpares(start),
  known,
}: WarmOptions = {}): WarmProcesses {
  type Kept = {
    readonly interpreter: WarmInterpreter
    spares: SpareProcesses
    readonly stamp: string
    usedAt: number
    /** A step came to it, so that it knows what steps import. */
    hasRun: boolean
  }
  const kept = new Map<string, Kept>()
  /** Environments without a warm interpreter: the reason, until somebody has heard it. */
  const refused = new Map<string, string | null>()
  /** Packages that start threads when they are imported, by environment. */
  const spoilers = new Map<string, string[]>()
  const lookMs = Math.min(idleMs, lookEveryMs)
  let timer: NodeJS.Timeout | null = null
  let closed = false

  function forget(key: string): void {
    kept.get(key)?.spares.dismiss()
    kept.get(key)?.interpreter.retire()
    kept.delete(key)
  }

  function clearUp(): void {
    for (const [key, one] of [...kept]) {
      const idle = one.interpreter.active === 0 ? Date.now() - one.usedAt : 0
      if (!one.interpreter.usable || idle >= idleMs) forget(key)
      else if (idle >= spareMs[start] && one.spares.count > 0) {
        one.spares.dismiss()
        one.spares = createSpareProcesses(one.interpreter, spares)
      }
    }
    timer = kept.size === 0 ? null : setTimeout(clearUp, lookMs).unref()
  }

  function interpreterFor(key: string, stamp: string, request: WarmRequest): Kept | null {
    const which = `${key} ${stamp}`
    if (refused.has(which)) return null
    const found = kept.get(key)
    if (found?.interpreter.usable && found.stamp === stamp) return found
    forget(key)
    const oldest = [...kept].sort(([, a], [, b]) => a.usedAt - b.usedAt)[0]
    if (kept.size >= mostInterpreters && oldest) forget(oldest[0])
    const interpreter = start === 'pool' ? startPooledInterpreter(request) : startWarm(key, which, request)
    importAhead(interpreter, request)
    const made = {
      interpreter,
      spares: createSpareProcesses(interpreter, spares),
      stamp,
      usedAt: Date.now(),
      hasRun: false,
    }
    kept.set(key, made)
    timer ??= setTimeout(clearUp, lookMs).unref()
    return made
  }

  function importAhead(interpreter: WarmInterpreter, { lock = '', project, steps }: WarmRequest): void {
    interpreter.importAhead(project, known?.of(lock, steps) ?? [])
  }

  function startWarm(key: string, which: string, request: WarmRequest): WarmInterpreter {
    const { lock = '' } = request
    const without = [...(spoilers.get(which) ?? []), ...(known?.spoilers(lock) ?? [])]
    return startWarmInterpreter(request, without, {
      // What stopped it once stops it again: for this environment fresh interpreters it is.
      unusable(reason) {
        refused.set(which, reason)
        known?.forget(lock)
      },
      spoiled(module) {
        spoilers.set(which, [...(spoilers.get(which) ?? []), module])
        known?.noteSpoiler(lock, module)
      },
      warmer: () => kept.get(key)?.spares.renew(),
    })
  }

  return {
    prepare(request) {
      const use = closed ? null : interpreterFor(keyOf(request), stampOf(request), request)
      if (!use) return
      importAhead(use.interpreter, request)
      if (!use.hasRun) return
      use.usedAt = Date.now()
      use.spares.expect(request.project, request.steps.length)
    },
    async start(request, note) {
      if (closed) return null
      const { projectFolder: project, step } = request.request
      const [key, stamp] = [keyOf(request), stampOf(request)]
      const use = interpreterFor(key, stamp, { ...request, project, steps: [step] })
      const started = (await use?.spares.take(request)) ?? null
      if (use) {
        use.usedAt = Date.now()
        use.hasRun = true
      }
      const which = `${key} ${stamp}`
      const reason = refused.get(which)
      if (started === null && reason) {
        refused.set(which, null)
        note(`no warm interpreter (${reason}); each step starts one of its own.`)
      }
      return started
    },
    close() {
      closed = true
      if (timer) clearTimeout(timer)
      for (const key of [...kept.keys()]) forget(key)
    },
  }
}

/**
 * A fork is ready after tens of milliseconds, most of them spent waiting for the system to put it into a group: with more of
 * them than processors a chain of small steps finds one waiting each time.
 */
function mostSpares(start: 'fork' | 'pool'): number {
  const cpus = availableParallelism()
  return start === 'fork' ? Math.min(cpus + 2, 6) : Math.min(cpus, 4)
}

function keyOf({ pythonPath, environment }: Pick<KernelRequest, 'pythonPath' | 'environment'>): string {
  const variables = Object.entries(environment).filter(([name]) => name !== stepRunVariable)
  return JSON.stringify([pythonPath, variables.sort(([a], [b]) => (a < b ? -1 : 1))])
}

/** What an interpreter has in memory is no longer what lies on disk when one of these changes. */
function stampOf({ pythonPath, lock }: Pick<KernelRequest, 'pythonPath' | 'lock'>): string {
  const environment = dirname(dirname(pythonPath))
  const library = join(environment, 'lib')
  const packages = list(library).map((name) => join(library, name, 'site-packages'))
  return [lock ?? '', ...[pythonPath, join(environment, 'pyvenv.cfg'), ...packages].map(fileStamp)].join(' ')
}

function fileStamp(file: string): string {
  const facts = statSync(file, { bigint: true, throwIfNoEntry: false })
  return facts ? [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(',') : '-'
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
