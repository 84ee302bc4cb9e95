import { type ChildProcess, spawn } from 'node:child_process'
import { type Duplex, PassThrough, type Readable, type Writable } from 'node:stream'
import type { ProcessIdentity } from '../tracking/process-identity.ts'
import type { KernelRequest } from './kernel.ts'
import type { StepGroup } from './step-group.ts'

export type Ending = { readonly exitCode: number | null; readonly signal: string | null }

/** A process that waits for the request of one step run on its descriptor 4, however it came about. */
export type StepProcess = {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined
  /** Absent when nobody has looked yet who that is. */
  readonly identity?: ProcessIdentity | undefined
  readonly stdout: Readable
  readonly stderr: Readable
  /** Its descriptor 3, over which nothing goes: its end tells the runner that core is gone. */
  readonly lifeline: Writable
  /** Its descriptor 4, towards it and from it. */
  readonly messages: Duplex
  /** When the process itself has ended, whoever still holds its streams; `problem` says why it never started. */
  readonly exited: Promise<Ending & { readonly problem: string | null }>
  /** The control group that it is in already; absent when it is still to be put into one. */
  readonly group?: StepGroup | null | undefined
}

/** Null when there is none to be had in this way: a fresh one has to do. `note` takes the reason, once. */
export type StartProcess = (request: KernelRequest, note: (text: string) => void) => Promise<StepProcess | null>

type SpawnedChild = ChildProcess & { stdout: Readable; stderr: Readable }

/** A fresh interpreter, in a session of its own. */
export function spawnStepProcess(request: KernelRequest): StepProcess {
  const child = spawn(request.pythonPath, ['-m', 'slipway.runner'], {
    // An empty folder, so that no module of the project stands in for one that the runner itself imports;
    // it goes to the project folder before anything of the project runs.
    cwd: request.request.scratchFolder,
    env: { ...request.environment },
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  }) as SpawnedChild
  const exited = whenExited(child)
  if (!hasStreams(child)) {
    const none = () => new PassThrough().end()
    return { pid: undefined, stdout: none(), stderr: none(), lifeline: none(), messages: none(), exited }
  }
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    lifeline: child.stdio[3] as Writable,
    messages: child.stdio[4] as Duplex,
    exited,
  }
}

/** Where no file may be opened any more, Node gives a child without any stream, which has only its error to tell. */
export function hasStreams(child: ChildProcess): boolean {
  return (child.stdio as unknown) !== undefined
}

export function whenExited(child: ChildProcess): StepProcess['exited'] {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, problem: null }))
    child.once('error', (error) => {
      // Spawning failed; a child that runs also reports failed signals here, which ends nothing.
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, problem: error.message })
    })
  })
}
