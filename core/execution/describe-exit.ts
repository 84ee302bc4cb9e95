import { describeBytes } from '../domain/describe-bytes.ts'
import type { StepFailure } from '../domain/run.ts'
import type { StepMessage } from './step-protocol.ts'

/** Everything that is known about a step process that has ended. */
export type StepExit = {
  readonly exitCode: number | null
  readonly signal: string | null
  /** The runner spoke at all: the interpreter and the package `slipway` are there. */
  readonly started: boolean
  /** The runner said that everything is stored. */
  readonly done: boolean
  readonly reported: Extract<StepMessage, { event: 'failed' }>['failure'] | null
  readonly timedOut: boolean
  /** The system killed it, or one of its processes, for want of memory. */
  readonly oomKilled: boolean
  readonly protocolProblem: string | null
  readonly limits: { readonly memoryBytes: number | null; readonly timeMs: number | null }
  /** The end of what it printed to stderr. */
  readonly lastWords: string
}

const nothing = { exceptionType: null, frames: [], exitCode: null, signal: null } as const

/** What went wrong, in words that say what to do; null when the step completed. */
export function describeExit(exit: StepExit): StepFailure | null {
  const { exitCode, signal, limits } = exit
  if (exit.timedOut) return { ...nothing, ...timeLimit(limits.timeMs ?? 0), exitCode, signal }
  if (exit.oomKilled && !exit.done)
    return { ...nothing, ...exit.reported, ...outOfMemory(limits.memoryBytes), exitCode, signal }
  if (exit.reported) {
    const ranOut = exit.reported.kind === 'outOfMemory' && limits.memoryBytes !== null
    return { ...exit.reported, ...(ranOut ? outOfMemory(limits.memoryBytes) : {}), exitCode, signal }
  }
  if (exit.protocolProblem !== null) {
    return {
      ...nothing,
      kind: 'exited',
      exitCode,
      signal,
      message: `The step's process sent something that is no message of ours (${exit.protocolProblem}).`,
      remedy: 'Leave file descriptors 3 and 4 of the process alone; they belong to Slipway.',
    }
  }
  if (exit.done) return null
  if (!exit.started) return { ...nothing, ...neverStarted(exit), exitCode, signal }
  if (signal !== null) return { ...nothing, ...killed(signal), exitCode, signal }
  return {
    ...nothing,
    kind: 'exited',
    exitCode,
    signal,
    message: `The step's process left with exit code ${exitCode} before it returned a value.`,
    remedy:
      'Look for os._exit, a crash in a native library or a fork that never ends; return a value or raise instead.',
  }
}

function timeLimit(timeMs: number): Pick<StepFailure, 'kind' | 'message' | 'remedy'> {
  return {
    kind: 'timeLimit',
    message: `The step ran longer than its time limit of ${seconds(timeMs)} and was stopped.`,
    remedy: 'Raise "time" under [steps.NAME] in slipway.toml, or give the step less to do.',
  }
}

function outOfMemory(limitBytes: number | null): Pick<StepFailure, 'kind' | 'message' | 'remedy'> {
  return limitBytes === null
    ? {
        kind: 'outOfMemory',
        message: 'The computer ran out of memory and the system stopped the step.',
        remedy: 'Close other programs, work on fewer rows or smaller types, or use a computer with more memory.',
      }
    : {
        kind: 'outOfMemory',
        message: `The step ran out of memory: its limit is ${describeBytes(limitBytes)}.`,
        remedy: 'Raise "memory" under [steps.NAME] in slipway.toml, or work on fewer rows or smaller types.',
      }
}

function killed(signal: string): Pick<StepFailure, 'kind' | 'message' | 'remedy'> {
  const crashed = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT'].includes(signal)
  return {
    kind: 'killed',
    message: crashed
      ? `The step's process crashed in native code (${signal}).`
      : `The step's process was stopped from outside (${signal}).`,
    remedy: crashed
      ? 'The last lines of the log show where. A library in the environment is likely at fault: try another version.'
      : 'Run it again; if it stays, find out what sends the signal (the system, a limit, another program).',
  }
}

function neverStarted(exit: StepExit): Pick<StepFailure, 'kind' | 'message' | 'remedy'> {
  const lastLine = exit.lastWords.trimEnd().split('\n').at(-1) ?? ''
  return {
    kind: 'exited',
    message: `Python could not start the step${lastLine ? `: ${lastLine}` : '.'}`,
    remedy: /\b(EMFILE|ENFILE|EAGAIN|ENOMEM)\b/.test(lastLine)
      ? 'The system gives no further process or open file: end other programs or raise the limit, then run again.'
      : 'Mend the environment with "slipway env sync", then run again.',
  }
}

function seconds(durationMs: number): string {
  const whole = durationMs / 1000
  if (whole < 120) return `${Number(whole.toPrecision(3))} seconds`
  return whole < 7200
    ? `${Number((whole / 60).toPrecision(3))} minutes`
    : `${Number((whole / 3600).toPrecision(3))} hours`
}
