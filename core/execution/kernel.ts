import type { StepFailure } from '../domain/run.ts'
import type { ProcessIdentity } from '../tracking/process-identity.ts'
import type { StepMessage, StepObserved, StepOutput, StepRequest } from './step-protocol.ts'

/** One step to run in a process of its own. */
export type KernelRequest = {
  readonly stepRunId: string
  /** Absolute path of the interpreter. */
  readonly pythonPath: string
  readonly request: StepRequest
  /** The whole environment of the process: hash seed, time zone, locale and threads belong here. */
  readonly environment: Readonly<Record<string, string>>
  /** Absolute: where stdout and stderr are kept, in the order in which they came. */
  readonly logFile: string
  /** How much of them is kept at most, half of it from the beginning, half from the end; usually 256 MB. */
  readonly logBytes?: number
  readonly limits: StepLimits
  /** Digest of the lock that its packages were installed from: another lock, another warm interpreter. */
  readonly lock?: string
  /** True for a process that must have been started for this step alone, not forked from a warm one. */
  readonly fresh?: boolean
}

export type StepLimits = { readonly memoryBytes: number | null; readonly timeMs: number | null }
export const noLimits: StepLimits = { memoryBytes: null, timeMs: null }

export type KernelListener = {
  /** Its process exists and can be told from any later one; nothing of the project has run yet. */
  onProcess?(process: ProcessIdentity): void
  onMessage?(message: StepMessage): void
  /** Something about how it is run that people may want to know; nothing that changes a result. */
  onNote?(text: string): void
  /** Throttled, and thinned out when a step prints faster than anybody reads. The file has it all. */
  onLog?(stream: 'stdout' | 'stderr', text: string): void
}

/** How a step run ended. What it gave lies in the request's staging folder. */
export type StepOutcome = {
  readonly state: 'completed' | 'failed' | 'canceled'
  readonly failure: StepFailure | null
  readonly outputs: readonly StepOutput[]
  readonly observed: StepObserved | null
  readonly platform: Readonly<Record<string, string>>
  readonly startedAt: string
  readonly endedAt: string
  readonly durationMs: number
  /** Processes that outlived SIGKILL (stuck in the system); named so that they can be reported. */
  readonly survivors: readonly ProcessIdentity[]
}

/** Where step code runs. It ends, whatever happens in there, and leaves no process behind. */
export type Kernel = {
  runStep(request: KernelRequest, listener: KernelListener, signal: AbortSignal): Promise<StepOutcome>
}
