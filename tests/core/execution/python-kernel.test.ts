import { readFileSync, statSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { KernelRequest } from '../../../core/execution/kernel.ts'
import { findStepProcesses } from '../../../core/execution/process-tree.ts'
import { findLeftGroup } from '../../../core/execution/step-group.ts'
import { type StartProcess, type StepProcess, spawnStepProcess } from '../../../core/execution/step-process.ts'
import type { StepMessage } from '../../../core/execution/step-protocol.ts'
import { createWarmProcesses } from '../../../core/execution/warm-processes.ts'
import { type OneStep, runOneStep as runWith, step } from './run-one-step.ts'
import { removeTestFolders } from './test-folder.ts'

const warm = createWarmProcesses()
const pool = createWarmProcesses({ start: 'pool', spares: 0 })
const sources: Readonly<Record<string, StartProcess | undefined>> = {
  'a fresh interpreter': undefined,
  'a fork of a warm one': warm.start,
}

afterAll(removeTestFolders)
afterAll(() => {
  warm.close()
  pool.close()
})

describe.each(Object.entries(sources))('python kernel, in %s', (_, startProcess) => {
  const runOneStep = (one: OneStep) => runWith({ startProcess, ...one })

  it('runs a step and gives what it returned, printed and measured', async () => {
    const messages: StepMessage[] = []
    const printed: string[] = []
    const run = await runOneStep({
      code: step(
        'log_metric("loss", 0.5, iteration=1)\nprint("hello")\nprint("oops", file=sys.stderr)\nreturn {"a": 1}',
        'import sys',
      ),
      listener: { onMessage: (message) => messages.push(message), onLog: (stream, text) => printed.push(stream, text) },
    })
    expect(run.failure).toBeNull()
    expect(run.state).toBe('completed')
    expect(run.outputs).toMatchObject([{ name: 'work', kind: 'json', role: 'output' }])
    const [loss] = messages.flatMap((message) => (message.event === 'metrics' ? message.series : []))
    expect(loss).toMatchObject({ key: 'loss', values: Float64Array.of(0.5), iterations: Float64Array.of(1) })
    expect(readFileSync(run.logFile, 'utf8').split('\n').sort()).toEqual(['', 'hello', 'oops'])
    expect(printed).toEqual(expect.arrayContaining(['stdout', 'hello\n', 'stderr', 'oops\n']))
    expect(run.observed?.modules).toEqual(['pipeline.py'])
    expect(run.observed?.peakMemoryBytes).toBeGreaterThan(1_000_000)
    expect(run.platform.implementation).toBe('CPython')
  })

  it('keeps each line that a step printed before it was killed, in the order of what its programs print', async () => {
    const code = step(
      'print("own")\nsubprocess.run(["sh", "-c", "echo program"])\nprint("last")\nos.kill(os.getpid(), 9)',
      'import os, subprocess',
    )
    const run = await runOneStep({ code })
    expect(run.failure?.kind).toBe('killed')
    expect(readFileSync(run.logFile, 'utf8')).toBe('own\nprogram\nlast\n')
  })

  it('is heard of in order, whatever waits for the next message, and at once when it runs', async () => {
    const events: string[] = []
    const halt = new AbortController()
    const done = await runOneStep({
      code: step('log_metric("loss", 0.5)\nreturn 1'),
      listener: { onMessage: (one) => events.push(one.event === 'phase' ? one.phase : one.event) },
    })
    expect(done.state).toBe('completed')
    expect(events.filter((event) => event !== 'metrics')).toEqual([
      'started',
      'importing',
      'loading',
      'running',
      'storing',
      'output',
      'observed',
      'done',
    ])
    expect(events.indexOf('metrics')).toBeLessThan(events.indexOf('output'))
    const stopped = await runOneStep({
      code: step('time.sleep(600)', 'import time'),
      listener: { onMessage: (one) => one.event === 'phase' && one.phase === 'running' && halt.abort() },
      signal: halt.signal,
    })
    expect(stopped.state).toBe('canceled')
  })

  it('says what the code raised, with the frames of the user', async () => {
    const run = await runOneStep({ code: step('raise ValueError("no such column")') })
    expect(run.state).toBe('failed')
    expect(run.failure).toMatchObject({ kind: 'exception', exceptionType: 'ValueError', message: 'no such column' })
    expect(run.failure?.frames.at(-1)).toMatchObject({ file: 'pipeline.py', function: 'work', isUser: true })
  })

  it('says that a package is missing and where to add it', async () => {
    const run = await runOneStep({ code: step('import surely_not_there') })
    expect(run.failure).toMatchObject({ kind: 'exception', exceptionType: 'ModuleNotFoundError' })
    expect(run.failure?.remedy).toContain('requirements')
  })

  it('tells os._exit from a result', async () => {
    for (const code of [0, 3]) {
      const run = await runOneStep({ code: step(`os._exit(${code})`, 'import os') })
      expect(run.state).toBe('failed')
      expect(run.failure).toMatchObject({ kind: 'exited', exitCode: code })
    }
  })

  it('tells a crash in native code', async () => {
    const run = await runOneStep({ code: step('ctypes.string_at(0)', 'import ctypes') })
    expect(run.failure).toMatchObject({ kind: 'killed', signal: 'SIGSEGV' })
    expect(run.failure?.message).toContain('native code')
  })

  it('keeps every byte of 100 MB of output on disk and no more than a little of it in memory', async () => {
    const before = process.memoryUsage().rss
    let peak = 0
    let live = 0
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - before)
    }, 20)
    const run = await runOneStep({
      code: step('line = "x" * 99\nfor _ in range(1_000_000): print(line)\nreturn 1'),
      listener: { onLog: (_, text) => (live += text.length) },
    })
    clearInterval(timer)
    expect(run.state).toBe('completed')
    expect(statSync(run.logFile).size).toBe(100_000_000)
    expect(peak).toBeLessThan(80_000_000)
    expect(live).toBeLessThan(30_000_000)
  })

  it('takes 500 MB through both streams at once in bounded memory, and keeps beginning and end up to the size asked for', async () => {
    const before = process.memoryUsage().rss
    let peak = 0
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - before)
    }, 20)
    const pour = 'def pour(fd, byte):\n  for _ in range(4_000): os.write(fd, byte * 65_536)'
    const body = `os.write(1, b"first")\n${pour}\nother = threading.Thread(target=pour, args=(2, b"e"))\nother.start()\npour(1, b"o")\nother.join()\nos.write(1, b"last")\nreturn 1`
    const run = await runOneStep({ code: step(body, 'import os, threading'), logBytes: 4_000_000 })
    clearInterval(timer)
    expect(run.state).toBe('completed')
    const log = readFileSync(run.logFile, 'latin1')
    expect(log.length).toBeGreaterThanOrEqual(4_000_000)
    expect(log.length).toBeLessThan(4_000_200)
    expect(log.startsWith('first')).toBe(true)
    // What came last over one stream may stand before what the other still held.
    expect(log.slice(2_000_000)).toContain('last')
    expect(log).toContain(`${2 * 4_000 * 65_536 + 9 - 4_000_000} bytes were left out`)
    expect(peak).toBeLessThan(200_000_000)
  })

  it('cancels a step that sleeps, at once', async () => {
    const cancel = new AbortController()
    const run = runOneStep({
      code: step('time.sleep(600)', 'import time'),
      signal: cancel.signal,
      graceMs: 60_000,
      listener: { onMessage: (message) => message.event === 'phase' && message.phase === 'running' && cancel.abort() },
    })
    const { state, failure, durationMs } = await run
    expect({ state, failure }).toEqual({ state: 'canceled', failure: null })
    // Sleeping or not, it is told at once: the grace is not waited for.
    expect(durationMs).toBeLessThan(60_000)
  })

  it('does not start when it was cancelled before', async () => {
    const run = await runOneStep({ code: step('return 1'), signal: AbortSignal.abort() })
    expect(run).toMatchObject({ state: 'canceled', outputs: [] })
  })

  it('stops a step at its time limit and says so', async () => {
    const run = await runOneStep({ code: step('time.sleep(600)', 'import time'), limits: { timeMs: 1_500 } })
    expect(run.failure).toMatchObject({ kind: 'timeLimit' })
    expect(run.failure?.message).toContain('1.5 seconds')
  })

  it('names the memory limit when a step runs out of it, and does not say "exit 137"', async () => {
    const greedy = 'held = []\nwhile True: held.append(bytearray(10_000_000))'
    const run = await runOneStep({ code: step(greedy), limits: { memoryBytes: 200_000_000 } })
    expect(run.failure).toMatchObject({ kind: 'outOfMemory' })
    expect(run.failure?.message).toContain('200 MB')
    expect(run.failure?.remedy).toContain('memory')
  })

  it('limits the address space where the system has no better limit', async () => {
    const greedy = 'held = []\nwhile True: held.append(bytearray(10_000_000))'
    const run = await runOneStep({ code: step(greedy), addressSpaceBytes: 400_000_000 })
    expect(run.failure).toMatchObject({ kind: 'outOfMemory', exceptionType: 'MemoryError' })
  })

  it('says that the interpreter is gone', async () => {
    const run = await runOneStep({ code: step('return 1'), pythonPath: '/nowhere/bin/python' })
    expect(run.failure).toMatchObject({ kind: 'exited' })
    expect(run.failure?.message).toContain('Python could not start')
    expect(run.failure?.remedy).toContain('slipway env sync')
  })

  it('refuses what user code writes into its channel, and ends', async () => {
    const run = await runOneStep({
      code: step('os.write(4, b"\\xff\\xff\\xff\\xff nonsense")\ntime.sleep(600)', 'import os, time'),
    })
    expect(run.failure?.message).toContain('no message of ours')
  })

  it('gives a step no token of ours', async () => {
    process.env.SLIPWAY_TOKEN = 'canary-secret'
    process.env.AWS_SECRET_ACCESS_KEY = 'canary-secret'
    try {
      const run = await runOneStep({ code: step('print(open("/proc/self/environ").read())') })
      expect(readFileSync(run.logFile, 'utf8')).not.toContain('canary-secret')
      expect(readFileSync(run.logFile, 'utf8')).toContain('SLIPWAY_STEP_RUN')
    } finally {
      delete process.env.SLIPWAY_TOKEN
      delete process.env.AWS_SECRET_ACCESS_KEY
    }
  })

  it('takes a step that went on after its last message for completed', async () => {
    const run = await runOneStep({
      code: step('threading.Thread(target=time.sleep, args=(2,)).start()\nreturn 1', 'import threading, time'),
    })
    expect(run.state).toBe('completed')
  })
})

it('runs a step in a process of its own when the one that waited for it ends before it begins', async () => {
  const notes: string[] = []
  let asked = 0
  const run = await runWith({
    code: step('return 7'),
    async startProcess(request, note) {
      const waiting = await warm.start(request, note)
      asked++
      if (waiting?.pid) process.kill(waiting.pid, 'SIGKILL')
      return waiting
    },
    listener: { onNote: (text) => notes.push(text) },
  })
  expect(run.failure).toBeNull()
  expect(run.outputs).toMatchObject([{ name: 'work' }])
  expect([asked, notes]).toEqual([1, [expect.stringContaining('(SIGKILL); it starts in one of its own')]])
})

const started = {
  'a fresh interpreter': async (request: KernelRequest) => spawnStepProcess(request),
  'a fork of a warm one': warm.start,
  'one that was started ahead': pool.start,
}

it.each(Object.entries(started))(
  'hears of the end of core where nothing else is ever said, in %s',
  async (_, start) => {
    // The system sends the signal for data after it has woken who reads them: late, it would end a step that asked for it.
    const children: StepProcess[] = []
    const written = () => children.map(({ lifeline }) => (lifeline as Socket).bytesWritten)
    let before: number[] = []
    const armed = '[bool(fcntl.fcntl(one, fcntl.F_GETFL) & os.O_ASYNC) for one in (3, 4)]'
    const run = await runWith({
      code: step(`held = ${armed}\nlate = os.read(4, 4).decode()\nprint(held, late)\nreturn 1`, 'import fcntl, os'),
      async startProcess(request, note) {
        const child = await start(request, note)
        if (child) children.push(child)
        before = written()
        return child
      },
      listener: {
        onMessage: (one) => one.event === 'phase' && one.phase === 'running' && children[0]?.messages.write('late'),
      },
    })
    expect(run.failure).toBeNull()
    expect(readFileSync(run.logFile, 'utf8')).toBe('[True, False] late\n')
    expect([children.length, written()]).toEqual([1, before])
  },
)

const ends = Object.entries(sources).flatMap(([source, startProcess]) =>
  [true, false].map((controlGroups) => ({
    source,
    startProcess,
    controlGroups,
    known: controlGroups ? 'in a control group' : 'known by its marker',
  })),
)
describe.each(ends)('the end of a step in $source, $known', ({ source, startProcess, controlGroups }) => {
  const runOneStep = (one: OneStep) => runWith({ startProcess, ...one })
  const which = `${process.pid}${controlGroups}${source.length}`
  it('ends when the process ends, though a daemon of it holds stdout open, and ends the daemon', async () => {
    const stepRunId = `daemon${which}`
    const daemon = [
      'if os.fork() == 0:',
      '    os.setsid()',
      '    if os.fork() == 0:',
      '        time.sleep(600)',
      '    os._exit(0)',
      'return 1',
    ].join('\n')
    const run = await runOneStep({ code: step(daemon, 'import os, time'), stepRunId, controlGroups })
    expect(run.state).toBe('completed')
    expect(run.durationMs).toBeLessThan(120_000)
    expect(run.survivors).toEqual([])
    expect(findStepProcesses(stepRunId, null)).toEqual([])
  })

  it('cancels a step that ignores every signal, and its whole tree', async () => {
    const stubborn = [
      'for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)',
      'os.fork()',
      'os.fork()',
      'print("deaf", flush=True)',
      'while True: time.sleep(1)',
    ].join('\n')
    const cancel = new AbortController()
    const stepRunId = `deaf${which}`
    const run = await runOneStep({
      code: step(stubborn, 'import os, signal, time'),
      stepRunId,
      controlGroups,
      signal: cancel.signal,
      graceMs: 300,
      listener: { onLog: () => cancel.abort() },
    })
    expect(run.state).toBe('canceled')
    expect(findStepProcesses(stepRunId, null)).toEqual([])
  })

  it('leaves no control group behind', async () => {
    const body = 'print(open("/proc/self/cgroup").read())\nif os.fork() == 0: time.sleep(600)\nreturn 1'
    const run = await runOneStep({ code: step(body, 'import os, time'), controlGroups })
    const [group] = /slipway-[\w-]+$/m.exec(readFileSync(run.logFile, 'utf8')) ?? [null]
    if (controlGroups) expect(group).not.toBeNull()
    // The system takes a moment to let go of processes that were killed.
    for (let tries = 0; findLeftGroup(group) !== null && tries < 1_500; tries++) await sleep(20)
    expect(findLeftGroup(group)).toBeNull()
  })
})
