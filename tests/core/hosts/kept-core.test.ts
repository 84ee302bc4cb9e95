import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readLiveHolder } from '../../../core/hosts/project-lock.ts'
import { findProcess } from '../../../core/tracking/process-identity.ts'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

type Shown = { readonly core: { readonly pid: number; readonly kept: boolean; readonly idleMs: number } | null }

const pipeline = `import os
from slipway import step

@step
def zone():
    return os.environ.get("TZ")
`
let slipway: CommandLine
let work: string
const started: number[] = []

beforeAll(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'kept-core-'))
})
afterEach(() => {
  for (const pid of started.splice(0)) if (findProcess(pid)) process.kill(pid, 'SIGKILL')
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

const project = (name: string) => writeBlankProject(join(work, name), pipeline)

async function keep(folder: string, ...more: string[]): Promise<number> {
  const end = await slipway.run(['core', 'start', '--json', ...more], { folder })
  expect(end.code, end.stdout).toBe(0)
  const pid = end.json<Shown>().core?.pid as number
  started.push(pid)
  return pid
}

async function gone(pid: number): Promise<void> {
  const until = Date.now() + 60_000
  while (findProcess(pid) !== null) {
    if (Date.now() > until) throw new Error(`process ${pid} is still there`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

const attachedTo = (pid: number) => expect.stringContaining(`attached to the core of process ${pid}`)

describe('a core that is kept', { timeout: 240_000 }, () => {
  it('answers the commands that follow, is started once, and ends when told, leaving nothing', async () => {
    const folder = project('told')
    expect((await slipway.run(['core', 'show', '--json'], { folder })).json()).toEqual({ core: null })
    const pid = await keep(folder, '--idle', '5 min')
    expect(await keep(folder)).toBe(pid)
    const shown = await slipway.run(['core', 'show', '--json'], { folder })
    expect(shown.json<Shown>().core).toMatchObject({ pid, kept: true, idleMs: 300_000 })
    const { address } = readLiveHolder(join(folder, '.slipway')) as { address: string }
    const planned = await slipway.run(['plan', '--json', '--verbose'], { folder })
    expect(planned).toMatchObject({ code: 0, stderr: attachedTo(pid) })
    const stopped = await slipway.run(['core', 'stop', '--json'], { folder })
    expect([stopped.code, stopped.json()]).toEqual([0, { core: null }])
    await gone(pid)
    expect([existsSync(join(folder, '.slipway/core.lock')), existsSync(dirname(address))]).toEqual([false, false])
    expect((await slipway.run(['core', 'stop'], { folder })).code).toBe(0)
  })

  it('keeps the trust of one call for that call', async () => {
    const folder = project('trust')
    const pid = await keep(folder)
    const run = await slipway.run(['run', '--trust', '--json', '--verbose'], { folder })
    expect(run, run.stderr).toMatchObject({ code: 0, stderr: attachedTo(pid) })
    const untrusted = await slipway.run(['run', '--json'], { folder })
    expect([untrusted.code, untrusted.json()]).toMatchObject([4, { error: { code: 'project/notTrusted' } }])
  })

  it('makes room where the steps would get other variables, and the run is that of the caller', async () => {
    const folder = project('variables')
    const first = await keep(folder)
    const zone = async (TZ: string) => {
      const end = await slipway.run(['run', '--trust', '--json'], { folder, variables: { TZ } })
      expect(end.code, end.stdout + end.stderr).toBe(0)
      return (await slipway.run(['artifact', 'get', 'latest:zone'], { folder, variables: { TZ } })).stdout
    }
    expect([await zone('Asia/Tokyo'), await zone('Europe/Rome'), await zone('Asia/Tokyo')]).toEqual([
      'Asia/Tokyo',
      'Europe/Rome',
      'Asia/Tokyo',
    ])
    await gone(first)
  })

  it('ends by itself when nobody used it for its time, and when its project is taken away', async () => {
    const idle = await keep(project('idle'), '--idle', '1 s')
    await gone(idle)
    const folder = project('removed')
    const pid = await keep(folder)
    rmSync(folder, { recursive: true, force: true })
    await gone(pid)
    expect(existsSync(folder)).toBe(false)
  })

  it('f14-is followed by the next command when it was killed', async () => {
    const folder = project('killed')
    const pid = await keep(folder)
    process.kill(pid, 'SIGKILL')
    await gone(pid)
    const planned = await slipway.run(['plan', '--json'], { folder })
    expect(planned).toMatchObject({ code: 0, stderr: '' })
    expect(existsSync(join(folder, '.slipway/core.lock'))).toBe(false)
  })

  it('is not told to end through a lock that names a stranger', async () => {
    const folder = project('stranger')
    const pid = await keep(folder)
    await slipway.run(['core', 'stop'], { folder })
    await gone(pid)
    const bystander = slipway.start(['registry', 'serve'], { folder: project('bystander') })
    await bystander.firstLine()
    const address = join(mkdtempSync(join(tmpdir(), 'slipway-')), 'core.sock')
    const holder = {
      pid: bystander.process.pid,
      startedAt: null,
      bootId: null,
      nonce: 'abc',
      address,
      version: '0.1.0',
    }
    writeFileSync(join(folder, '.slipway/core.lock'), JSON.stringify({ ...holder, kept: { idleMs: 1, variables: '' } }))
    const stopped = await slipway.run(['core', 'stop', '--json'], { folder })
    expect([stopped.code, stopped.json()]).toMatchObject([3, { error: { code: 'host/projectBusy' } }])
    expect(findProcess(bystander.process.pid as number)).not.toBe(null)
    rmSync(dirname(address), { recursive: true })
    bystander.process.kill('SIGINT')
    await bystander.ended
  })

  it('refuses a time that is none, and to end what it did not start', async () => {
    const folder = project('refused')
    expect((await slipway.run(['core', 'start', '--idle', 'long'], { folder })).code).toBe(2)
    const serving = slipway.start(['registry', 'serve'], { folder })
    await serving.firstLine()
    const stopped = await slipway.run(['core', 'stop'], { folder })
    expect(stopped).toMatchObject({ code: 2, stderr: expect.stringContaining(`process ${serving.process.pid}`) })
    serving.process.kill('SIGINT')
    await serving.ended
    expect(readFileSync(join(folder, 'slipway.toml'), 'utf8')).toContain('blank')
  })
})
