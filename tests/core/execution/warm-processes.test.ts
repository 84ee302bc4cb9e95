import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { StartProcess } from '../../../core/execution/step-process.ts'
import { createWarmProcesses } from '../../../core/execution/warm-processes.ts'
import { isSameProcessAlive, type ProcessIdentity } from '../../../core/tracking/process-identity.ts'
import { testEnvironment } from '../../builders/python-environment.ts'
import { type OneStep, runOneStep, step } from './run-one-step.ts'
import { removeTestFolders } from './test-folder.ts'

const opened: { close(): void }[] = []

afterAll(() => {
  for (const warm of opened) warm.close()
  removeTestFolders()
})

/** What a step prints of itself, with notes about how it was run. */
async function ask(body: string, options: Partial<OneStep> & { readonly imports?: string } = {}) {
  const notes: string[] = []
  const run = await runOneStep({
    code: step(body, options.imports ?? 'import os, sys'),
    ...options,
    listener: { onNote: (text) => notes.push(text), ...options.listener },
  })
  return { ...run, notes, printed: readFileSync(run.logFile, 'utf8') }
}

function open(options: Parameters<typeof createWarmProcesses>[0] = {}) {
  const warm = createWarmProcesses(options)
  opened.push(warm)
  return warm
}

const ownChildren = () =>
  readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').trim().split(' '),
  )

/** Everything about a process that a step could see of where it came from. */
const selfPortrait = [
  'import gc, json, signal, threading',
  'links = {n: os.readlink(f"/proc/self/fd/{n}").split(":")[0] for n in sorted(os.listdir("/proc/self/fd")) if os.path.exists(f"/proc/self/fd/{n}")}',
  'handlers = {s.name: str(signal.getsignal(s)).split(" at ")[0] for s in signal.valid_signals() if isinstance(s, signal.Signals)}',
  'marker = [v for v in open("/proc/self/environ").read().split("\\0") if v.startswith("SLIPWAY_STEP_RUN=")]',
  'print(json.dumps({"fds": links, "handlers": handlers, "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),',
  '  "leads": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()], "cwd": os.getcwd().rsplit("/", 1)[1],',
  '  "environ": {k: v for k, v in sorted(os.environ.items()) if k not in ("PWD", "SLIPWAY_STEP_RUN", "SLIPWAY_OBSERVED")},',
  '  "path": [p.rsplit("/", 1)[-1] for p in sys.path], "argv": [a.rsplit("/", 1)[-1] for a in sys.argv], "orig": sys.orig_argv[1:],',
  '  "main": sys.modules["__main__"].__spec__.name, "hash": hash("slipway"), "threads": threading.active_count(),',
  '  "marked": marker == ["SLIPWAY_STEP_RUN=" + os.environ["SLIPWAY_STEP_RUN"]],',
  '  "modules": sorted(sys.modules), "umask": os.umask(0), "gc": gc.isenabled()}))',
].join('\n')

describe('warm processes', () => {
  it('give a step a process that it cannot tell from a fresh one', async () => {
    const warm = open()
    const fresh = JSON.parse((await ask(selfPortrait)).printed)
    for (let round = 0; round < 2; round++) {
      const forked = await ask(selfPortrait, { startProcess: warm.start })
      expect(forked.notes).toEqual([])
      const { modules, ...portrait } = JSON.parse(forked.printed)
      expect(portrait).toEqual({ ...fresh, modules: undefined } satisfies object)
      // The second finds in memory what the first imported; what it imported itself its observation tells.
      if (round === 0) expect(modules).toEqual(fresh.modules)
      else expect(modules).toEqual(expect.arrayContaining(fresh.modules))
      expect(fresh.marked).toBe(true)
    }
  })

  it('fork the first step from the interpreter that was prepared for it', async () => {
    const warm = open()
    let prepared: readonly string[] = []
    const run = await ask('print(os.getppid())', {
      async startProcess(request, note) {
        warm.prepare({ ...request, project: request.request.projectFolder, steps: [request.request.step] })
        prepared = ownChildren()
        return warm.start(request, note)
      },
    })
    expect(prepared).toContain(run.printed.trim())
  })

  it('fork steps from one interpreter, and start another for other variables', async () => {
    const warm = open()
    const parents = []
    const variablesOfSteps: readonly Record<string, string>[] = [{}, {}, { OMP_NUM_THREADS: '1' }]
    for (const variables of variablesOfSteps) {
      const run = await ask('print(os.getppid(), os.environ.get("OMP_NUM_THREADS"))', {
        startProcess: warm.start,
        variables,
      })
      parents.push(run.printed.trim().split(' '))
    }
    expect(parents[0]?.[0]).toBe(parents[1]?.[0])
    expect(parents[2]?.[0]).not.toBe(parents[0]?.[0])
    expect(parents[2]?.[1]).toBe('1')
    expect(Number(parents[0]?.[0])).not.toBe(process.pid)
  })

  it('start a process for a request that wants a fresh one', async () => {
    const warm = open()
    const run = await ask('print(os.getppid())', { startProcess: warm.start, fresh: true })
    expect(Number(run.printed)).toBe(process.pid)
  })

  it('run many steps at once, each with its own streams and end', async () => {
    const warm = open()
    const runs = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        ask(`print("x" * ${n * 10_000} + "${n}")\nos._exit(${n})`, { startProcess: warm.start }),
      ),
    )
    expect(runs.map(({ failure }) => failure?.exitCode)).toEqual(Array.from({ length: 12 }, (_, n) => n))
    expect(runs.map(({ printed }) => printed)).toEqual(
      Array.from({ length: 12 }, (_, n) => `${'x'.repeat(n * 10_000)}${n}\n`),
    )
  })

  it('give way to fresh interpreters when the warm one is killed, and say so once', async () => {
    const warm = open()
    const first = await ask('os.kill(os.getppid(), 9)\nimport time\ntime.sleep(60)', { startProcess: warm.start })
    expect(first.failure).toMatchObject({ kind: 'killed', signal: 'SIGKILL' })
    const second = await ask('print(os.getppid())', { startProcess: warm.start })
    const third = await ask('print(os.getppid())', { startProcess: warm.start })
    expect([second.state, third.state]).toEqual(['completed', 'completed'])
    expect([Number(second.printed), Number(third.printed)]).toEqual([process.pid, process.pid])
    expect([...second.notes, ...third.notes]).toEqual([expect.stringContaining('SIGKILL')])
  })

  it('end when they have been idle, and when they are closed', async () => {
    for (const options of [{ idleMs: 200 }, {}]) {
      const warm = open(options)
      const run = await ask('print(os.getppid())', { startProcess: warm.start })
      const parent: ProcessIdentity = { pid: Number(run.printed), startedAt: null, bootId: null }
      if (options.idleMs === undefined) warm.close()
      for (let waited = 0; isSameProcessAlive(parent) && waited < 20_000; waited += 50) await sleep(50)
      expect(isSameProcessAlive(parent)).toBe(false)
    }
  })

  it('import packages ahead, and tell of each step only what it imported itself', async () => {
    const warm = open()
    const python = { pythonPath: (await testEnvironment('science')).python }
    const imports = {
      all: 'import pandas, sklearn.linear_model',
      numpy: 'import numpy',
      pandas: 'import pandas',
      none: 'import math',
    }
    const packagesOf = async (name: keyof typeof imports, startProcess?: StartProcess) => {
      const body = `${imports[name]}\nimport sys, os, numpy.random as r\nprint(len(sys.modules), r.rand())`
      const body0 = name === 'none' ? 'import sys\nprint(len(sys.modules), 0)' : body
      const run = await ask(body0, { ...python, startProcess })
      const [modules, drawn] = run.printed.trim().split(' ').map(Number)
      return { packages: run.observed?.packages.map((one) => one.name), modules: modules as number, drawn, run }
    }
    const fresh = Object.fromEntries(
      await Promise.all((['numpy', 'pandas', 'none', 'all'] as const).map(async (n) => [n, await packagesOf(n)])),
    )
    await packagesOf('all', warm.start)
    let ahead = await packagesOf('none', warm.start)
    for (let tries = 0; ahead.modules < 700 && tries < 100; tries++) {
      await sleep(200)
      ahead = await packagesOf('none', warm.start)
    }
    expect(ahead.modules).toBeGreaterThan(700)
    for (const name of ['none', 'numpy', 'pandas', 'all'] as const)
      expect((await packagesOf(name, warm.start)).packages).toEqual(fresh[name].packages)
    const drawn = await Promise.all([packagesOf('numpy', warm.start), packagesOf('numpy', warm.start)])
    expect(drawn[0].drawn).not.toBe(drawn[1].drawn)
  })

  it('leave a project its own module under the name of one that was imported ahead', async () => {
    const warm = open()
    const body = 'import wave\nprint(wave.__file__.rsplit("/", 2)[-2], os.getppid())'
    await ask('import wave', { startProcess: warm.start })
    await sleep(500)
    const own = await ask(body, { startProcess: warm.start, files: { 'wave.py': '' } })
    expect(own.printed.trim()).toBe(`project ${process.pid}`)
    const other = await ask(body, { startProcess: warm.start })
    expect(other.printed).not.toContain('project')
    expect(Number(other.printed.trim().split(' ')[1])).not.toBe(process.pid)
  })
})
