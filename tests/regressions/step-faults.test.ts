import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { type Digest, shortDigest } from '../../core/domain/digest.ts'
import type { Environment } from '../../core/domain/environment.ts'
import type { Environments } from '../../core/environments/environments.ts'
import { interpreterDigest } from '../../core/environments/interpreter-digest.ts'
import { digestOfText } from '../../core/execution/cache-key.ts'
import { findProcess, type ProcessIdentity } from '../../core/tracking/process-identity.ts'
import { openExecution, pythonPackages } from '../core/execution/open-execution.ts'
import { runOneStep, step } from '../core/execution/run-one-step.ts'
import { removeTestFolders, testFolder } from '../core/execution/test-folder.ts'

afterAll(removeTestFolders)

const minute = 60_000

async function until(holds: () => boolean, ms = minute): Promise<void> {
  for (const end = performance.now() + ms; !holds() && performance.now() < end; ) await sleep(50)
  expect(holds()).toBe(true)
}

for (const controlGroups of [true, false]) {
  const where = controlGroups ? 'in a control group' : 'without one'
  /** A daemon as daemons are made: two forks, a session and a group of its own, and none of the step's variables. */
  const daemon = [
    'r, w = os.pipe()',
    'if os.fork() == 0:',
    '    os.setsid()',
    '    if os.fork() == 0:',
    '        os.setpgid(0, 0)',
    '        os.write(w, str(os.getpid()).encode())',
    '        os.execve("/bin/sleep", ["sleep", "600"], {})',
    '    os._exit(0)',
    'print("daemon", os.read(r, 20).decode(), flush=True)',
  ]

  const runDaemon = async (last: string, cancel: AbortController | null) => {
    let said = ''
    let identity: ProcessIdentity | null = null
    const run = await runOneStep({
      code: step([...daemon, last].join('\n'), 'import os, signal, time'),
      controlGroups,
      graceMs: 300,
      ...(cancel ? { signal: cancel.signal } : {}),
      listener: {
        onLog: (_, text) => {
          said += text
          identity ??= findProcess(Number(/daemon (\d+)/.exec(said)?.[1]))
          if (identity) setTimeout(() => cancel?.abort(), 1_500)
        },
      },
    })
    const pid = Number(/daemon (\d+)/.exec(readFileSync(run.logFile, 'utf8'))?.[1])
    expect(pid).toBeGreaterThan(0)
    const daemonAlive = () => {
      const now = findProcess(pid)
      return now !== null && (identity === null || now.startedAt === identity.startedAt)
    }
    return { run, daemonAlive }
  }

  describe(`f13 a daemon that gave up session, group, variables and parent, ${where}`, () => {
    it('f13 ends with its step', async () => {
      const { run, daemonAlive } = await runDaemon('return 1', null)
      expect(run).toMatchObject({ state: 'completed', survivors: [] })
      await until(() => !daemonAlive(), 5_000)
    })

    it('f13 ends with a cancel, though the step ignores every signal but the last', async () => {
      const deaf =
        'for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(n, signal.SIG_IGN)\ntime.sleep(600)'
      const { run, daemonAlive } = await runDaemon(deaf, new AbortController())
      expect(run).toMatchObject({ state: 'canceled', survivors: [] })
      await until(() => !daemonAlive(), 5_000)
    })

    it('f13 ends with a step that crashes', async () => {
      const { run, daemonAlive } = await runDaemon('time.sleep(1.5)\nos.kill(os.getpid(), signal.SIGSEGV)', null)
      expect(run).toMatchObject({ state: 'failed', failure: { kind: 'killed' } })
      await until(() => !daemonAlive(), 5_000)
    })
  })
}

describe('f15 standard output', () => {
  it('f15 that a step closes does not end it', async () => {
    const run = await runOneStep({
      code: step('os.close(1); os.close(2); time.sleep(0.5)\nreturn 7', 'import os, time'),
    })
    expect(run).toMatchObject({ state: 'completed', outputs: [{ name: 'work' }] })
  })

  it('f15 that a child holds open after its end does not hold the step up', async () => {
    const run = await runOneStep({
      code: step('subprocess.Popen(["sleep", "600"], start_new_session=True)\nreturn 7', 'import subprocess'),
    })
    expect(run.state).toBe('completed')
    expect(run.durationMs).toBeLessThan(minute)
  })
})

describe('f16 output of any kind', () => {
  it('f16 is kept to the byte: binary, bad UTF-8, no line ends, progress bars, colours', async () => {
    const body = [
      'out = sys.stdout.buffer',
      'out.write(bytes(range(256)) * 40)',
      'out.write(b"\\xff\\xfe bad \\xc3\\x28 \\x1b[31mred\\x1b[0m\\n")',
      'for i in range(1000): out.write(b"\\r%d%%" % i)',
      'out.write(b"x" * 3_000_000)',
    ].join('\n')
    let live = ''
    const run = await runOneStep({
      code: step(body, 'import sys'),
      listener: {
        onLog: (_, text) => {
          live += text
        },
      },
    })
    expect(run.state).toBe('completed')
    const bars = Array.from({ length: 1000 }, (_, i) => `\r${i}%`).join('')
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    const expected = Buffer.concat([
      ...Array.from({ length: 40 }, () => all),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(' bad '),
      Buffer.from([0xc3, 0x28]),
      Buffer.from(' \u001b[31mred\u001b[0m\n'),
      Buffer.from(bars),
      Buffer.alloc(3_000_000, 'x'),
    ])
    expect(readFileSync(run.logFile).equals(expected)).toBe(true)
    expect(live.length).toBeLessThan(expected.length)
  })

  it('f16 of a million lines does not stop the step', async () => {
    const run = await runOneStep({ code: step('for i in range(1_000_000): print(i)') })
    expect(run.state).toBe('completed')
    const lines = readFileSync(run.logFile, 'utf8').trimEnd().split('\n')
    expect([lines.length, lines.at(-1)]).toEqual([1_000_000, '999999'])
  })
})

it('f17 names the memory limit of a step that runs out of it, and leaves its neighbours alone', async () => {
  const code = `
import time
from slipway import step

@step
def greedy():
    held = []
    while True: held.append(bytearray(10_000_000))

@step
def modest():
    time.sleep(3)
    return 1
`
  const { run } = await openExecution(
    {
      'pipeline.py': code,
      'slipway.toml': 'name = "t"\npipeline = ["pipeline.py"]\n[steps.greedy]\nmemory = "300 MB"\n',
    },
    { cpus: 2 },
  )
  const { states, steps } = await run()
  expect(states).toEqual({ greedy: 'failed', modest: 'completed' })
  expect(steps.find(({ step }) => step === 'greedy')).toMatchObject({
    failure: { kind: 'outOfMemory', message: expect.stringContaining('its limit is 300 MB') },
  })
})

describe('f20 a step that writes where others keep their things', () => {
  it('f20 into the store: it fails, what it hurt is made anew', async () => {
    const code = `
import os, pathlib
from slipway import step

@step
def first():
    return {"answer": 42}

@step
def vandal(first):
    for folder, _, files in os.walk(".slipway/store/blobs"):
        for file in files:
            path = pathlib.Path(folder) / file
            if b'"answer":42' in path.read_bytes() and path.stat().st_size < 100:
                assert not path.stat().st_mode & 0o222
                path.chmod(0o644)
                path.write_text("hurt")
    return 1
`
    const { run, write, store } = await openExecution({ 'pipeline.py': code })
    const hurt = await run()
    expect(hurt.states).toEqual({ first: 'completed', vandal: 'failed' })
    expect(hurt.run.failure?.message).toContain("Slipway's own store")
    write('pipeline.py', code.replace('path.write_text("hurt")', 'pass'))
    const again = await run()
    expect(again.states).toEqual({ first: 'completed', vandal: 'completed' })
    const digest = again.artifacts.find(({ name }) => name === 'first')?.descriptor.digest
    expect(await store.readText(digest as never)).toBe('{"answer":42}')
  })

  it('f20 into its input file: the next plan sees it by its digest', async () => {
    const code = `
from slipway import step

@step
def work():
    text = open("data.txt").read()
    open("data.txt", "w").write(text + "+")
    return text
`
    const { run, plan, write } = await openExecution({ 'pipeline.py': code, 'data.txt': 'a' })
    await run()
    write('data.txt', 'b')
    expect((await plan()).steps[0]).toMatchObject({ state: 'stale', reasons: [{ kind: 'file', name: 'data.txt' }] })
  })

  it('f20 into a file of another step: both are told, by name', async () => {
    const writer = (name: string) =>
      `@step\ndef ${name}(${name === 'b' ? 'a' : ''}):\n    open("report.txt", "w").write("by ${name}")\n    return 1\n\n`
    const { run, plan } = await openExecution({
      'pipeline.py': `from slipway import step\n\n${writer('a')}${writer('b')}`,
    })
    await run()
    const planned = (await plan()).steps.find(({ step }) => step === 'a')
    expect(planned).toMatchObject({
      state: 'stale',
      reasons: [{ kind: 'file', name: 'report.txt', to: 'step "b" wrote it, too: give each a file of its own' }],
    })
  })
})

describe('f20 files that steps declare they write', () => {
  const open = (a: string, b: string) =>
    openExecution({
      'pipeline.py': 'from slipway import step\n\n@step\ndef a():\n    return 1\n\n@step\ndef b():\n    return 1\n',
      'slipway.toml': `name = "t"\n[steps.a]\nwrites = ["${a}"]\n[steps.b]\nwrites = ["own.txt", "${b}"]\n`,
    })

  it.each([
    ['the same', 'report.txt', 'report.txt', /"report.txt" is written by two steps, "a" and "b"/],
    ['the same in other words', 'out//report.txt', './out/report.txt', /is written by two steps/],
    ['one inside the other', 'out', 'out/b/report.txt', /lie one in the other/],
    ['one around the other', 'out/a.txt', 'out/', /lie one in the other/],
    ['the same with an accent', 'caf\u00e9.txt', 'cafe\u0301.txt', /is written by two steps/],
  ])('f20 are refused at the plan, and at the run, when they are %s', async (_, a, b, message) => {
    const { plan, run, queries } = await open(a, b)
    const refusal = {
      code: 'project/pipelineBroken',
      message: expect.stringMatching(message),
      details: expect.objectContaining({ module: 'slipway.toml', line: 5 }),
    }
    await expect(plan()).rejects.toMatchObject(refusal)
    await expect(run()).rejects.toMatchObject(refusal)
    expect(queries.list({}).total).toBe(0)
  })

  it('f20 may lie beside each other', async () => {
    const { run } = await open('out/a', 'out/ab')
    expect((await run()).states).toEqual({ a: 'completed', b: 'completed' })
  })
})

describe('f18 an interpreter that changes under a run', () => {
  const code = `
import os, sys
from slipway import step

@step
def saboteur(*, how="keep"):
    python = os.path.join(sys.prefix, "bin", "python")
    if how == "remove": os.remove(python)
    if how == "replace":
        real = os.path.realpath(python)
        os.remove(python)
        open(python, "wb").write(open(real, "rb").read() + b"other")
        os.chmod(python, 0o755)
    return how

@step
def after(saboteur):
    return 1
`
  /** A Python of its own, so that it may be hurt. */
  const open = () => {
    const folder = join(testFolder('python'), 'environment')
    execFileSync('python3', ['-m', 'venv', '--without-pip', folder])
    const python = join(folder, 'bin', 'python')
    const [library] = readdirSync(join(folder, 'lib'))
    writeFileSync(join(folder, 'lib', library as string, 'site-packages', 'slipway.pth'), `${pythonPackages}\n`)
    const version = execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], {
      encoding: 'utf8',
    }).trim()
    const interpreter = interpreterDigest(python) as Digest
    const environment: Environment = {
      python: version,
      implementation: 'CPython',
      platform: 'linux',
      interpreter,
      lockDigest: digestOfText('lock'),
      packages: [],
    }
    const environments = (): Environments => ({
      status: async () => ({ state: 'ready', environment, warnings: [] }),
      sync: async () => environment,
      pythonPath: async () => python,
      packagesBeside: async () => ({ pythonPath: python, folder: null }),
      lockText: async () => 'lock',
    })
    return openExecution({ 'pipeline.py': code }, { environments }).then((opened) => ({
      ...opened,
      version,
      interpreter,
    }))
  }

  for (const how of ['remove', 'replace']) {
    it(`f18 is refused by name in the middle of it: ${how}`, async () => {
      const { run, version } = await open()
      const { states, steps } = await run({ params: { 'saboteur.how': how } })
      expect(states).toEqual({ saboteur: 'completed', after: 'failed' })
      expect(steps[1]).toMatchObject({
        failure: {
          message: `Python ${version}, which the environment was made with, is no longer there.`,
          remedy: expect.stringContaining('slipway env sync'),
        },
      })
    })
  }

  it('f18 is known by its bytes in the record and in the lineage', async () => {
    const { run, interpreter, lineage } = await open()
    const { environment, run: ran } = await run()
    expect(environment?.interpreter).toBe(interpreter)
    const names = lineage.walk(`run:${ran.id}`, 'up').nodes.filter(({ kind }) => kind === 'environment')
    expect(names.map(({ name }) => name)).toEqual([expect.stringContaining(shortDigest(interpreter))])
  })
})

const slowCode = `
import time
from slipway import step

@step
def first():
    print("first", flush=True)
    time.sleep(2)
    return 1

@step
def second(first):
    print("second", flush=True)
    time.sleep(2)
    return first
`

/** A core in a process of its own, and what it says. */
function startCore(folder: string, variables: Readonly<Record<string, string>> = {}) {
  const core = spawn(
    process.execPath,
    [resolve(import.meta.dirname, '../core/execution/core-process.ts'), folder, testFolder('home')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...variables },
    },
  )
  let said = ''
  core.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<void>((resolve) => core.once('exit', () => resolve()))
  return { core, said: () => said, ended }
}

/** Variables for a process whose clock is wrong by what stands in the file; how long things take, it measures rightly. */
function wrongClock() {
  const library = ['x86_64', 'aarch64']
    .map((name) => `/usr/lib/${name}-linux-gnu/faketime/libfaketimeMT.so.1`)
    .find(existsSync)
  expect(library, 'the package libfaketime is needed').toBeDefined()
  const offset = join(testFolder('clock'), 'offset')
  writeFileSync(offset, '+0')
  const variables = {
    LD_PRELOAD: library as string,
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  }
  return { offset, variables }
}

it('f21 keeps durations, order and the cache when the clock jumps ten years back and forth', async () => {
  const { folder } = await openExecution({
    'pipeline.py': slowCode,
    'slipway.toml': 'name = "t"\npipeline = ["pipeline.py"]\n',
  })
  const { offset, variables } = wrongClock()
  const { said, ended } = startCore(folder, variables)
  await until(() => said().includes('log first'))
  writeFileSync(offset, '-10y')
  await until(() => said().includes('log second'))
  writeFileSync(offset, '+10y')
  await ended
  expect(said()).toContain('ended completed')

  const { queries } = await openExecution(null, { folder })
  const jumped = queries.get('latest')
  expect(new Date(jumped.run.endedAt as string).getTime() - Date.now()).toBeGreaterThan(8 * 365 * 86_400_000)
  expect(jumped.run.durationMs).toBeGreaterThan(3_000)
  expect(jumped.run.durationMs).toBeLessThan(10 * minute)
  expect(jumped.steps.map((step) => [step.step, step.state])).toEqual([
    ['first', 'completed'],
    ['second', 'completed'],
  ])
  for (const step of jumped.steps) {
    const durationMs = 'durationMs' in step ? step.durationMs : -1
    expect(durationMs).toBeGreaterThan(1_500)
    expect(durationMs).toBeLessThan(5 * minute)
  }
  // The next run, by the right clock, is the newest all the same, and finds everything cached.
  const next = startCore(folder)
  await next.ended
  expect(next.said()).toContain('planned cached cached')
  const { queries: after } = await openExecution(null, { folder })
  const { runs } = after.list({})
  expect(runs.map(({ id }) => id)).toEqual([after.run('latest').id, jumped.run.id])
  expect(runs[0]?.cachedSteps).toBe(2)
})

it.each([
  ['', '+0'],
  [', and whose clock is two hours on when it wakes up', '+2h'],
])('f22 takes nobody for interrupted that was only frozen, core and step together%s', async (_, later) => {
  const { folder } = await openExecution({ 'pipeline.py': slowCode })
  const { offset, variables } = wrongClock()
  const { core, said, ended } = startCore(folder, variables)
  await until(() => said().includes('log first'))
  const processes = JSON.parse(
    `[${readdirSync(join(folder, '.slipway', 'processes'))
      .map((name) => readFileSync(join(folder, '.slipway', 'processes', name), 'utf8'))
      .join(',')}]`,
  )
  const pids = [core.pid as number, ...processes.map(({ process }: { process: ProcessIdentity }) => process.pid)]
  expect(pids.length).toBe(2)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  await sleep(3_000)
  const { execution, queries } = await openExecution(null, { folder })
  expect(await execution.recover()).toEqual([])
  expect(queries.run('latest').state).toBe('running')
  writeFileSync(offset, later)
  for (const pid of pids.reverse()) process.kill(pid, 'SIGCONT')
  await ended
  expect(said()).toContain('ended completed')
  const { run, steps } = queries.get('latest')
  expect(steps.map(({ state }) => state)).toEqual(['completed', 'completed'])
  // The time while they were frozen counts, of which a step may have slept a part.
  expect(run.durationMs).toBeGreaterThan(3_000)
  expect(run.durationMs).toBeLessThan(10 * minute)
})
