import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createWarmProcesses } from '../../../core/execution/warm-processes.ts'
import { testEnvironment } from '../../builders/python-environment.ts'
import { type OneStep, runOneStep, step } from './run-one-step.ts'
import { removeTestFolders } from './test-folder.ts'

const opened: { close(): void }[] = []

const closeAll = () => {
  for (const pool of opened.splice(0)) pool.close()
}

afterEach(async () => {
  closeAll()
  for (let tries = 0; waiting().length > 0 && tries < 200; tries++) await sleep(50)
})
afterAll(removeTestFolders)

function open() {
  const pool = createWarmProcesses({ start: 'pool', spares: 1 })
  opened.push(pool)
  return pool
}

async function ask(body: string, options: Partial<OneStep> = {}) {
  const run = await runOneStep({ code: step(body, 'import os, sys, time'), ...options })
  return { ...run, printed: readFileSync(run.logFile, 'utf8').trim() }
}

/** How many seconds before now the step's process was started. */
const age = [
  'started = int(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")',
  'print(float(open("/proc/uptime").read().split()[0]) - started)',
].join('\n')

/** Interpreters that wait or run in a pool of this process. */
function waiting(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      const parent = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1]
      return words.includes('--pooled') && parent === String(process.pid)
    } catch {
      return false
    }
  })
}

describe('a pool of interpreters', () => {
  it('gives a step a process that it cannot tell from a fresh one', async () => {
    const pool = open()
    const portrait = [
      'import json, threading',
      'marker = [v for v in open("/proc/self/environ").read().split("\\0") if v.startswith("SLIPWAY_STEP_RUN=")]',
      'print(json.dumps({"fds": sorted(os.listdir("/proc/self/fd")), "cwd": os.getcwd().rsplit("/", 1)[1], "parent": os.getppid(),',
      '  "leads": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()], "orig": sys.orig_argv[1:],',
      '  "argv": [a.rsplit("/", 1)[-1] for a in sys.argv], "path": [p.rsplit("/", 1)[-1] for p in sys.path],',
      '  "main": sys.modules["__main__"].__spec__.name, "hash": hash("slipway"), "threads": threading.active_count(),',
      '  "marked": marker == ["SLIPWAY_STEP_RUN=" + os.environ["SLIPWAY_STEP_RUN"]], "modules": sorted(sys.modules)}))',
    ].join('\n')
    const fresh = JSON.parse((await ask(portrait)).printed)
    expect(fresh.marked).toBe(true)
    for (let round = 0; round < 2; round++) {
      const pooled = JSON.parse((await ask(portrait, { startProcess: pool.start })).printed)
      // Every step's process imports this one at its end.
      expect({ ...pooled, modules: pooled.modules.filter((name: string) => name !== 'encodings.ascii') }).toEqual(fresh)
    }
  })

  it('starts the next before it is needed, each for one step, and others when the lock has changed', async () => {
    const pool = open()
    const first = await ask(`${age}\nprint(os.getpid())`, { startProcess: pool.start, lock: 'one' })
    await sleep(2_500)
    const { project } = first
    const second = await ask(`${age}\nprint(os.getpid())`, { startProcess: pool.start, lock: 'one', project })
    const [before, pid] = second.printed.split('\n').map(Number) as [number, number]
    expect(before).toBeGreaterThan(2)
    expect(String(pid)).not.toBe(first.printed.split('\n')[1])
    await sleep(1_500)
    const [waited] = waiting()
    const third = await ask(`${age}\nprint(os.getpid())`, { startProcess: pool.start, lock: 'two', project })
    expect(third.printed.split('\n')[1]).not.toBe(waited)
    for (let tries = 0; waited !== undefined && waiting().includes(waited) && tries < 200; tries++) await sleep(50)
    expect(waiting()).not.toContain(waited)
  })

  it('imports ahead what earlier steps imported, and tells of each only what it imported itself', async () => {
    const pool = open()
    const { python: pythonPath } = await testEnvironment('science')
    const packages = async (body: string, startProcess = pool.start) => {
      const run = await ask(`import sys\n${body}`, { pythonPath, startProcess })
      return { names: run.observed?.packages.map(({ name }) => name), printed: run.printed }
    }
    const fresh = await packages('import pandas\nprint(pandas.DataFrame({"a": [1]}).a.sum())', async () => null)
    await packages('import pandas')
    // Replaces the one that was started before anything was known of pandas.
    await packages('print(1)')
    const none = await packages('print("pandas" in sys.modules)')
    expect(none).toEqual({ names: [], printed: 'True' })
    const some = await packages('import pandas\nprint(pandas.DataFrame({"a": [1]}).a.sum())')
    expect(some).toEqual(fresh)
    expect(some.names).toContain('pandas')
  })

  it('ends a step with everything that it left running, and its waiting interpreters when it is closed', async () => {
    const pool = open()
    const run = await ask('if os.fork() == 0: time.sleep(600)\nprint("left")\nos._exit(3)', {
      startProcess: pool.start,
    })
    expect(run).toMatchObject({ state: 'failed', failure: { exitCode: 3 }, printed: 'left', survivors: [] })
    expect(waiting().length).toBeGreaterThan(0)
    closeAll()
    for (let tries = 0; waiting().length > 0 && tries < 200; tries++) await sleep(50)
    expect(waiting()).toEqual([])
  })
})
