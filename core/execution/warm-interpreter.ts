import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import * as z from 'zod'
import { findProcess, type ProcessIdentity } from '../tracking/process-identity.ts'
import { createFrameReader, encodeFrame } from './frames.ts'
import type { KernelRequest } from './kernel.ts'
import { signalProcess, stepRunVariable } from './process-tree.ts'
import { createStepGroup } from './step-group.ts'
import { type Ending, hasStreams, type StepProcess } from './step-process.ts'

/** A forked child that waits to be told which step it is. */
export type ForkedProcess = {
  /** Nothing keeps core from ending before. */
  become(request: KernelRequest): StepProcess
  /** It is not needed. */
  dismiss(): void
  readonly alive: boolean
}

/**
 * A Python process that runs no step itself: it has imported the runner and forks a child for each step.
 * Its own descriptors 3 and 4 carry frames: `ahead`, `fork`, `taken` in; `ready`, `forked`, `refused`, `exited`, `unfit`,
 * `spoiled`, `warmer` out. A child's stdout, stderr and descriptors 3 and 4 are connections that core opens to its socket.
 */
export type WarmInterpreter = {
  /** Imports these modules as soon as no step runs in it, and before the next fork; not what the project has a module of the same name for. */
  importAhead(project: string, modules: readonly string[]): void
  /** `module` of the step that waits for it; null when none does. Null when it refuses: it is gone, or a thread runs in it. */
  fork(project: string, module: string | null): Promise<ForkedProcess | null>
  readonly usable: boolean
  /** Steps that run in its children. */
  readonly active: number
  /** It ends when the last of its children has. */
  retire(): void
}

const reportShape = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready') }),
  z.object({ event: z.literal('unfit'), reason: z.string() }),
  z.object({ event: z.literal('spoiled'), module: z.string() }),
  z.object({ event: z.literal('warmer') }),
  z.object({ event: z.literal('forked'), id: z.string(), pid: z.number().int().positive() }),
  z.object({ event: z.literal('refused'), id: z.string(), reason: z.string() }),
  z.object({
    event: z.literal('exited'),
    id: z.string(),
    exitCode: z.number().int().nullable(),
    signal: z.string().nullable(),
  }),
])

type Fork = {
  forked(pid: number | null): void
  exited(ending: Ending): void
  process: ProcessIdentity | null
  /** A step waits for it or runs in it. */
  taken: boolean
}
type WarmChild = ChildProcess & { stdout: Readable; stderr: Readable }

/** The marker of the step run is written over this in the child, where other processes look for it. */
export const roomForMarker = 'x'.repeat(200)
/** `o`utput, `e`rrors, the `l`ifeline and `m`essages; the first byte that goes over each connection. */
const roles = ['o', 'e', 'l', 'm'] as const

export function startWarmInterpreter(
  { pythonPath, environment }: Pick<KernelRequest, 'pythonPath' | 'environment'>,
  /** Packages that spoiled an earlier one: they are not imported ahead. */
  without: readonly string[],
  on: { unusable(reason: string): void; spoiled(module: string): void; warmer(): void },
): WarmInterpreter {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-warm-'))
  const address = join(folder, 'socket')
  const child = spawn(pythonPath, ['-m', 'slipway.runner', '--warm', address, ...without], {
    cwd: folder,
    env: { ...environment, [stepRunVariable]: roomForMarker },
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  }) as WarmChild
  if (!hasStreams(child)) return neverStarted(child, folder, on.unusable)
  const commands = child.stdio[3] as Writable
  const reports = child.stdio[4] as Readable
  const forks = new Map<string, Fork>()
  const told = new Set<string>()
  const idle = [commands, reports, child.stdout, child.stderr] as Socket[]
  let usable = true
  let count = 0
  let lastWords = ''
  let settle: (ready: boolean) => void
  const ready = new Promise<boolean>((resolve) => {
    settle = resolve
  })

  function end(reason: string): void {
    settle(false)
    rmSync(folder, { recursive: true, force: true })
    for (const fork of forks.values()) {
      // Nobody can tell any more how it ends: it must not go on unseen.
      if (fork.process) signalProcess(fork.process, 'SIGKILL')
      fork.forked(null)
      fork.exited({ exitCode: null, signal: 'SIGKILL' })
    }
    forks.clear()
    if (!usable) return
    usable = false
    on.unusable(reason)
  }

  function refuse(reason: string): void {
    if (usable) on.unusable(reason)
    usable = false
    settle(false)
    commands.end()
  }

  const read = createFrameReader((frame) => {
    const report = reportShape.parse(frame)
    if (report.event === 'ready') settle(true)
    else if (report.event === 'unfit') refuse(report.reason)
    else if (report.event === 'spoiled') {
      usable = false
      commands.end()
      on.spoiled(report.module)
    } else if (report.event === 'warmer') on.warmer()
    else if (report.event === 'forked') forks.get(report.id)?.forked(report.pid)
    else if (report.event === 'refused') {
      forks.get(report.id)?.forked(null)
      // Without a reason it is this one project that needs a fresh interpreter.
      if (report.reason !== '') refuse(report.reason)
    } else {
      forks.get(report.id)?.exited(report)
      forks.delete(report.id)
      hold()
    }
  })
  reports.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch (error) {
      refuse(`it said what is no message of ours (${error instanceof Error ? error.message : error})`)
      child.kill('SIGKILL')
    }
  })
  child.stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-1_000)
  })
  child.stdout.resume()
  for (const stream of idle) stream.on('error', () => undefined)
  child.once('error', (error) => end(error.message))
  child.once('exit', (code, signal) => end(lastWords.trim().split('\n').at(-1) || `it ended with ${signal ?? code}`))

  /** While nothing was asked of it, it keeps nobody from ending. */
  function hold(): void {
    const act = countTaken() > 0 ? 'ref' : 'unref'
    for (const stream of idle) stream[act]?.()
    child[act]()
  }

  const countTaken = () => [...forks.values()].filter(({ taken }) => taken).length
  hold()

  return {
    importAhead(project, modules) {
      const added = modules.filter((name) => !told.has(name))
      for (const name of added) told.add(name)
      if (usable && added.length > 0) commands.write(encodeFrame({ ahead: added, project }))
    },
    get usable() {
      return usable
    },
    get active() {
      return countTaken()
    },
    retire() {
      usable = false
      commands.end()
    },
    async fork(project, module) {
      const id = String(count++).padStart(12, '0')
      const forked = Promise.withResolvers<number | null>()
      const exited = Promise.withResolvers<Ending>()
      const fork: Fork = { forked: forked.resolve, exited: exited.resolve, process: null, taken: module !== null }
      forks.set(id, fork)
      hold()
      const lines = (await ready) && usable ? await openLines(address, id) : null
      if (lines !== null) commands.write(encodeFrame({ fork: id, project, module }))
      const pid = lines === null ? null : await forked.promise
      fork.process = pid === null ? null : findProcess(pid)
      const dismiss = () => {
        for (const line of lines ?? []) line.destroy()
      }
      const identity = fork.process
      if (lines === null || pid === null || identity === null) {
        forks.delete(id)
        hold()
        dismiss()
        return null
      }
      const [stdout, stderr, lifeline, messages] = lines as [Socket, Socket, Socket, Socket]
      if (module === null) for (const line of lines) line.unref()
      const group = await createStepGroup(pid)
      return {
        get alive() {
          return usable && forks.has(id)
        },
        dismiss() {
          dismiss()
          void exited.promise.then(() => group?.remove())
        },
        become({ stepRunId, request }) {
          fork.taken = true
          hold()
          for (const line of lines) line.ref()
          commands.write(encodeFrame({ taken: id }))
          messages.write(encodeFrame({ marker: stepRunId, folder: request.scratchFolder }))
          const ended = exited.promise.then(({ exitCode, signal }) => ({ exitCode, signal, problem: null }))
          return { pid, identity, stdout, stderr, lifeline, messages, exited: ended, group }
        },
      }
    },
  }
}

function neverStarted(child: ChildProcess, folder: string, unusable: (reason: string) => void): WarmInterpreter {
  child.once('error', (error) => unusable(error.message))
  rmSync(folder, { recursive: true, force: true })
  const nothing = () => undefined
  return { usable: false, active: 0, importAhead: nothing, retire: nothing, fork: async () => null }
}

/** Null when the interpreter went away in the middle of it. */
async function openLines(address: string, id: string): Promise<readonly Socket[] | null> {
  const lines = await Promise.all(roles.map((role) => openLine(address, `${id}${role}`)))
  const open = lines.filter((line) => line !== null)
  if (open.length === roles.length) return open
  for (const line of open) line.destroy()
  return null
}

function openLine(address: string, greeting: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const line = connect(address)
    line.once('error', () => resolve(null))
    line.once('connect', () => {
      line.on('error', () => undefined)
      line.write(greeting)
      resolve(line)
    })
  })
}
