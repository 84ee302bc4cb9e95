import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { defaultRecording } from '../project/project-settings.ts'
import { findProcess, ownIdentity, type ProcessIdentity } from '../tracking/process-identity.ts'
import { describeExit } from './describe-exit.ts'
import { createFrameReader, encodeFrame } from './frames.ts'
import type { Kernel, KernelListener, KernelRequest, StepOutcome } from './kernel.ts'
import { createLogFeed } from './log-feed.ts'
import { parseStepMessage } from './parse-step-message.ts'
import type { ProcessJournal } from './process-journal.ts'
import { killProcesses, signalProcess, trackStepProcesses } from './process-tree.ts'
import { settleWithin } from './settle-within.ts'
import { watchSockets, withAddresses } from './socket-watch.ts'
import { createStepGroup, type StepGroup } from './step-group.ts'
import { createStepLog, halvesOf, type StepLog } from './step-log.ts'
import { type Ending, type StartProcess, type StepProcess, spawnStepProcess } from './step-process.ts'
import type { StepMessage, StepObserved, StepOutput } from './step-protocol.ts'
import { stopStep } from './stop-step.ts'

export type PythonKernelOptions = {
  readonly journal: ProcessJournal
  /** How long a cancelled step may take over SIGINT, and again over SIGTERM, before it is killed. */
  readonly graceMs?: number
  /** False where control groups are not to be used, though the system offers them. */
  readonly controlGroups?: boolean
  /** Where processes come from instead of being started afresh; asked unless the request wants a fresh one. */
  readonly startProcess?: StartProcess | undefined
  /** How long output may go on arriving after the process has ended. */
  readonly drainMs?: number
}

/** What arrived from the process while it ran. */
type Heard = {
  outputs: StepOutput[]
  observed: StepObserved | null
  platform: Readonly<Record<string, string>>
  started: boolean
  done: boolean
  reported: Extract<StepMessage, { event: 'failed' }>['failure'] | null
  problem: string | null
  lastWords: string
}

/** After its last message a step has this long to end; threads that it left running end then. */
const farewellMs = 10_000

/** Each step run is one Python process, in a session and (where there are any) a control group of its own. */
export function createPythonKernel({
  journal,
  graceMs = 5_000,
  drainMs = 5_000,
  controlGroups = true,
  startProcess = async () => null,
}: PythonKernelOptions): Kernel {
  return {
    async runStep(request, listener, signal) {
      const first = await runOnce(request, listener, signal)
      if (!first.isLost || signal.aborted) return first.outcome
      const { exitCode, signal: killedBy } = first.outcome.failure ?? {}
      listener.onNote?.(
        `the process that waited for the step had ended (${killedBy ?? `exit code ${exitCode}`}); it starts in one of its own.`,
      )
      return (await runOnce({ ...request, fresh: true }, listener, signal)).outcome
    },
  }

  /** `isLost`: a process that was there before the step ended without a word, so that nothing of the step has run. */
  async function runOnce(
    request: KernelRequest,
    listener: KernelListener,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: StepOutcome; readonly isLost: boolean }> {
    const began = performance.now()
    const startedAt = new Date().toISOString()
    const log = createStepLog(request.logFile, halvesOf(request.logBytes ?? defaultRecording.keepLogBytes))
    const heard: Heard = {
      outputs: [],
      observed: null,
      platform: {},
      started: false,
      done: false,
      reported: null,
      problem: null,
      lastWords: '',
    }
    const oomBefore = countOomKills()
    const finish = async (end: {
      ending: Ending
      stopped: 'canceled' | 'timeLimit' | null
      group: StepGroup | null
      survivors: readonly ProcessIdentity[]
      addresses?: readonly string[]
    }) => {
      for (const { pid } of end.survivors)
        await log.append(Buffer.from(`\nSlipway: process ${pid} cannot be ended; it is stuck in the system.\n`))
      await log.close()
      const { exitCode, signal: killedBy } = end.ending
      const oomKilled =
        (end.group?.oomKills() ?? 0) > 0 ||
        (killedBy === 'SIGKILL' && end.stopped === null && countOomKills() > oomBefore)
      // The group of a process that was killed is busy for a moment longer.
      void end.group?.remove()
      if (end.survivors.length === 0) journal.remove(request.stepRunId)
      const failure = describeExit({
        exitCode,
        signal: killedBy,
        started: heard.started,
        done: heard.done,
        reported: heard.reported,
        timedOut: end.stopped === 'timeLimit' && !heard.done,
        oomKilled,
        protocolProblem: heard.problem,
        limits: request.limits,
        lastWords: heard.lastWords,
      })
      const canceled = end.stopped === 'canceled' && failure !== null
      const outcome: StepOutcome = {
        state: canceled ? 'canceled' : failure ? 'failed' : 'completed',
        failure: canceled ? null : failure,
        outputs: heard.outputs,
        observed: withAddresses(heard.observed, end.addresses ?? []),
        platform: heard.platform,
        startedAt,
        endedAt: new Date().toISOString(),
        durationMs: performance.now() - began,
        survivors: end.survivors,
      }
      const isLost = waited !== null && failure !== null && !heard.started && !oomKilled && end.stopped === null
      return { outcome, isLost: isLost && end.survivors.length === 0 }
    }
    let waited: StepProcess | null = null
    const never: Ending = { exitCode: null, signal: null }
    if (signal.aborted) return finish({ ending: never, stopped: 'canceled', group: null, survivors: [] })

    const note = (text: string) => listener.onNote?.(text)
    waited = request.fresh ? null : await startProcess(request, note)
    const child = waited ?? spawnStepProcess(request)
    const { exited } = child
    const root = child.identity ?? (child.pid === undefined ? null : findProcess(child.pid))
    const kill = () => {
      if (root) signalProcess(root, 'SIGKILL')
    }
    const drained = Promise.all([
      drain(child.stdout, log, (text) => listener.onLog?.('stdout', text)),
      drain(
        child.stderr,
        log,
        (text) => listener.onLog?.('stderr', text),
        (chunk) => {
          heard.lastWords = (heard.lastWords + chunk.toString('utf8')).slice(-4_096)
        },
      ),
      listen(child.messages, heard, listener, kill),
    ])
    if (root === null) {
      // Not started at all, or gone before it could be seen.
      const ending = await exited
      heard.lastWords ||= ending.problem ?? ''
      await settleWithin(drained, drainMs)
      return finish({ ending, stopped: null, group: null, survivors: [] })
    }

    if (!controlGroups) void exited.then(() => child.group?.remove())
    const group = controlGroups ? (child.group ?? (await createStepGroup(root.pid))) : null
    const { memoryBytes } = request.limits
    const limitsMemory = memoryBytes === null || ((await group?.limitMemory(memoryBytes)) ?? false)
    journal.write({ stepRunId: request.stepRunId, process: root, group: group?.name ?? null, owner: ownIdentity() })
    // Nothing leaves a control group; where there is none, the marker in the environment has to do.
    const tracked = group ? null : trackStepProcesses(request.stepRunId, root)
    const find = () => group?.members() ?? tracked?.find() ?? []
    const sockets = watchSockets(group?.pids ?? (() => find().map(({ pid }) => pid)))
    listener.onProcess?.(root)
    sendRequest(child.messages, request, group !== null, limitsMemory)

    const stop = stopStep(find, exited, graceMs)
    const onAbort = () => stop.begin('canceled')
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    const { timeMs } = request.limits
    const timer = timeMs === null ? null : setTimeout(() => stop.begin('timeLimit'), timeMs)
    const farewell = watchFarewell(heard, kill)

    const ending = await Promise.race([exited, stop.givenUp])
    signal.removeEventListener('abort', onAbort)
    if (timer) clearTimeout(timer)
    clearInterval(farewell)
    // What it left running would hold the pipes open: that ends first, then the rest of the output arrives.
    const addresses = sockets.stop()
    const survivors = await killProcesses(find)
    tracked?.stop()
    await settleWithin(drained, drainMs)
    for (const stream of [child.stdout, child.stderr, child.lifeline, child.messages]) stream.destroy()
    return finish({ ending, stopped: stop.reason(), group, survivors, addresses })
  }
}

/** Reads one stream to its end, never faster than the log takes it. */
async function drain(
  stream: Readable,
  log: StepLog,
  emit: (text: string) => void,
  peek?: (chunk: Buffer) => void,
): Promise<void> {
  const feed = createLogFeed(emit)
  try {
    for await (const chunk of stream) {
      peek?.(chunk)
      feed.push(chunk)
      await log.append(chunk)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  } finally {
    feed.end()
  }
}

async function listen(stream: Readable, heard: Heard, listener: KernelListener, kill: () => void): Promise<void> {
  const read = createFrameReader((frame) => {
    const message = parseStepMessage(frame)
    if (message.event === 'started') {
      heard.started = true
      heard.platform = message.platform
    } else if (message.event === 'output') heard.outputs.push(message)
    else if (message.event === 'observed') heard.observed = message
    else if (message.event === 'failed') heard.reported = message.failure
    else if (message.event === 'done') heard.done = true
    listener.onMessage?.(message)
  })
  try {
    for await (const chunk of stream) read(chunk)
  } catch (error) {
    // What the system says of the line is no word of the step: its process has ended, or is about to.
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === 'ERR_STREAM_PREMATURE_CLOSE' || syscall !== undefined) return
    heard.problem = error instanceof Error ? error.message : String(error)
    kill()
  }
}

function sendRequest(
  channel: Writable,
  { request, limits }: KernelRequest,
  isHeld: boolean,
  limitsMemory: boolean,
): void {
  channel.on('error', () => undefined)
  const own = isHeld ? request : { ...request, adoptOrphans: true }
  channel.write(encodeFrame(limitsMemory ? own : { ...own, addressSpaceBytes: limits.memoryBytes }))
}

function watchFarewell(heard: Heard, kill: () => void): NodeJS.Timeout {
  let since: number | null = null
  return setInterval(() => {
    if (!heard.done) return
    since ??= performance.now()
    if (performance.now() - since > farewellMs) kill()
  }, 500).unref()
}

/** How many processes this system has killed for want of memory since it started; 0 where it does not tell. */
function countOomKills(): number {
  if (process.platform !== 'linux') return 0
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
