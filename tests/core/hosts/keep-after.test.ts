import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CoreProcess } from '../../../core/domain/project.ts'
import { findAssets } from '../../../core/hosts/assets.ts'
import { createHomeCore } from '../../../core/hosts/create-home-core.ts'
import { readLiveHolder } from '../../../core/hosts/project-lock.ts'
import { findProcess } from '../../../core/tracking/process-identity.ts'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { openWindow } from '../../builders/window-line.ts'

type Shown = { readonly core: { readonly pid: number; readonly kept: boolean; readonly idleMs: number } | null }

const repository = resolve(import.meta.dirname, '../../..')
const pipeline = 'from slipway import step\n\n@step\ndef one():\n    return 1\n'
let slipway: CommandLine
let work: string
const started = new Set<number>()

beforeAll(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'keep-after-'))
})
afterEach(() => {
  for (const pid of started) if (findProcess(pid)) process.kill(pid, 'SIGKILL')
  started.clear()
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

const project = (name: string) => writeBlankProject(join(work, name), pipeline)
const setKeep = async (...options: string[]) => (await slipway.run(['core', 'keep', '--json', ...options])).json()

async function show(folder: string): Promise<Shown['core']> {
  const { core } = (await slipway.run(['core', 'show', '--json'], { folder })).json<Shown>()
  if (core) started.add(core.pid)
  return core
}

/** The core is up, kept, answers commands, and ends when it is told to. */
async function expectKept(folder: string, hostPid: number | undefined, idleMs: number): Promise<void> {
  const core = await show(folder)
  expect(core).toMatchObject({ kept: true, idleMs })
  expect(core?.pid).not.toBe(hostPid)
  const planned = await slipway.run(['plan', '--json', '--verbose'], { folder })
  expect(planned).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`attached to the core of process ${core?.pid}`),
  })
  expect((await slipway.run(['core', 'stop', '--json'], { folder })).json()).toEqual({ core: null })
  await expect.poll(() => findProcess(core?.pid as number), { timeout: 60_000 }).toBe(null)
  expect(existsSync(join(folder, '.slipway/core.lock'))).toBe(false)
}

describe('a workbench that is closed', { timeout: 240_000 }, () => {
  it('leaves nothing while nobody asked for it', async () => {
    const folder = project('off')
    expect(await setKeep('--show')).toEqual({ keepCore: null })
    const window = await openWindow(slipway, folder)
    expect(await window.api.core.show({})).toMatchObject({ pid: window.command.process.pid, keptMs: null })
    await expect(window.api.core.stop({})).rejects.toMatchObject({ code: 'host/usage' })
    await window.close()
    expect(await show(folder)).toBe(null)
    expect(existsSync(join(folder, '.slipway/core.lock'))).toBe(false)
  })

  it('leaves a core up where that is set, for a browser', async () => {
    const folder = project('browser')
    expect(await setKeep('--idle', '5 min')).toEqual({ keepCore: { idleMs: 300_000 } })
    const window = await openWindow(slipway, folder)
    const own = await window.api.core.show({})
    expect(own.pid).toBe(window.command.process.pid)
    await window.close()
    const { stderr } = await window.command.ended
    expect(stderr).toMatch(/A core of \S+\/browser is kept: process \d+, until unused for 5 min\./)
    await expectKept(folder, own.pid, 300_000)
  })

  it('leaves a core up where that is set, on the desktop', async () => {
    const folder = project('desktop')
    await setKeep('--idle', '2 h')
    const { key } = await createHomeCore({ homeFolder: slipway.home, assets: findAssets() }).open(folder)
    const core = await startDesktopCore(key)
    const own = await core.ask<CoreProcess>('core.show')
    expect(own).toMatchObject({ pid: core.pid, keptMs: null })
    expect(readLiveHolder(join(folder, '.slipway'))?.pid).toBe(core.pid)
    await core.stop()
    await expectKept(folder, core.pid, 7_200_000)
  })
})

describe('a window on a core that is kept', { timeout: 240_000 }, () => {
  it('shows it as such, leaves it at its end, and can end it', async () => {
    const folder = project('attached')
    await setKeep('--off')
    await slipway.run(['core', 'start', '--idle', '5 min'], { folder })
    const pid = (await show(folder))?.pid as number
    const first = await openWindow(slipway, folder)
    const seen = await first.api.core.show({})
    expect(seen).toMatchObject({ pid, keptMs: 300_000 })
    expect(seen.memoryBytes).toBeGreaterThan(10_000_000)
    await first.close()
    expect(await show(folder)).toMatchObject({ pid })
    const second = await openWindow(slipway, folder)
    await second.api.core.stop({})
    await expect.poll(() => findProcess(pid), { timeout: 60_000 }).toBe(null)
    await second.close()
    expect(await show(folder)).toBe(null)
  })
})

type DesktopCore = {
  readonly pid: number
  /** Calls a procedure over the line of the one window. */
  ask<Answer>(path: string): Promise<Answer>
  /** What the shell says when its last window was closed; resolves when the process has ended. */
  stop(): Promise<void>
}

/** The real core process of the desktop app under Node, given the port to its parent that Electron would give it. */
async function startDesktopCore(key: string): Promise<DesktopCore> {
  const child = spawn(
    process.execPath,
    [join(repository, 'tests/electron/older/core-child.mjs'), join(repository, 'core/hosts/electron.ts')],
    { env: { ...process.env, SLIPWAY_HOME: slipway.home }, stdio: ['pipe', 'ignore', 'inherit', 'pipe'] },
  ) as ChildProcessByStdio<Writable, null, null>
  started.add(child.pid as number)
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const answers = new Map<number, (answer: { readonly value: unknown }) => void>()
  createInterface({ input: child.stdio[3] as unknown as Readable }).on('line', (line) => {
    const { kind, data } = JSON.parse(line) as { kind: string; data?: { id: number; value: unknown } }
    if (kind === 'message' && data) answers.get(data.id)?.(data)
  })
  const tell = (message: unknown) => child.stdin.write(`${JSON.stringify(message)}\n`)
  tell({ kind: 'parent', data: { type: 'connect', target: { kind: 'project', key } }, ports: [1] })
  let id = 0
  return {
    pid: child.pid as number,
    async ask<Answer>(path: string) {
      const call = ++id
      const answer = new Promise<{ readonly value: unknown }>((done) => answers.set(call, done))
      tell({ kind: 'message', port: 1, data: { t: 'call', id: call, path, input: {} } })
      return (await answer).value as Answer
    },
    async stop() {
      tell({ kind: 'parent', data: { type: 'stop' }, ports: [] })
      await ended
    },
  }
}
