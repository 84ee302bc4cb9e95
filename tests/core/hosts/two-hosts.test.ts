import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findAssets } from '../../../core/hosts/assets.ts'
import { openProject } from '../../../core/hosts/open-project.ts'
import { findProcess } from '../../../core/tracking/process-identity.ts'
import { busyPipeline, writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine, type RunningCommand } from '../../builders/command-line.ts'

type Runs = {
  readonly runs: readonly { readonly id: string; readonly state: string; readonly failure: { code: string } | null }[]
}

let slipway: CommandLine
let work: string

beforeAll(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'two-hosts-'))
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

const readLock = (folder: string) => JSON.parse(readFileSync(join(folder, '.slipway/core.lock'), 'utf8'))
const listRuns = async (folder: string) => (await slipway.run(['runs', '--json'], { folder })).json<Runs>().runs

/** Starts a run and resolves once its second step is in the middle of its work. */
async function startBusyRun(folder: string): Promise<{ readonly command: RunningCommand; readonly stepPid: number }> {
  rmSync(join(folder, 'pid'), { force: true })
  const command = slipway.start(['run', '--trust', '--json'], { folder })
  const failed = command.ended.then((end) => {
    throw new Error(`the run ended early: ${end.stdout}${end.stderr}`)
  })
  failed.catch(() => undefined)
  const stepPid = await Promise.race([failed, waitFor(() => readPid(folder))])
  return { command, stepPid }
}

function readPid(folder: string): number | null {
  const file = join(folder, 'pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || null : null
}

describe('two hosts on one project', { timeout: 240_000 }, () => {
  it('share the core of the one that came first; the other never opens the database', async () => {
    const folder = writeBlankProject(join(work, 'shared'), busyPipeline)
    const { command, stepPid } = await startBusyRun(folder)
    const holder = readLock(folder)
    expect(holder.pid).toBe(command.process.pid)
    expect(statSync(dirname(holder.address)).mode & 0o777).toBe(0o700)
    expect(await listRuns(folder)).toMatchObject([{ state: 'running' }])
    expect(readLock(folder)).toEqual(holder)
    const plan = await slipway.run(['plan', '--json'], { folder })
    expect(plan.json()).toMatchObject({
      steps: [
        { step: 'first', state: 'cached' },
        { step: 'busy', state: 'new' },
      ],
    })

    command.process.kill('SIGINT')
    const end = await command.ended
    expect(end.code).toBe(130)
    expect(end.json()).toMatchObject({ run: { state: 'canceled' } })
    expect(findProcess(stepPid)).toBe(null)
    expect(existsSync(join(folder, '.slipway/core.lock'))).toBe(false)
    expect(existsSync(dirname(holder.address))).toBe(false)
  })

  it('f14-core-killed: killed in mid-run, the next start finds it failed and interrupted, and nothing alive', async () => {
    const folder = writeBlankProject(join(work, 'killed'), busyPipeline)
    const { command, stepPid } = await startBusyRun(folder)
    const { address } = readLock(folder)
    // Steps are recorded in groups: this one counts once its group is.
    const isRecorded = async () => {
      const plan = await slipway.run(['plan', '--json'], { folder })
      expect(plan.json()).toMatchObject({ steps: [{ step: 'first', state: 'cached' }, { step: 'busy' }] })
    }
    await vi.waitFor(isRecorded, { timeout: 60_000 })
    command.process.kill('SIGKILL')
    await command.ended
    const [run] = await listRuns(folder)
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'tracking/interrupted' } })
    await waitFor(() => findProcess(stepPid) === null || null)
    expect(existsSync(dirname(address))).toBe(false)
    expect(readdirSync(join(folder, '.slipway')).filter((name) => name.startsWith('core.lock'))).toEqual([])
    const doctor = await slipway.run(['doctor', '--json'], { folder })
    expect(doctor.code).toBe(0)
    const first = await slipway.run(['run', 'first', '--trust', '--json'], { folder })
    expect(first.json()).toMatchObject({ steps: [{ step: 'first', state: 'cached' }] })
  })

  it('f11-many: eight commands at once all get their answer, and no lock is left', async () => {
    const folder = writeBlankProject(join(work, 'many'), busyPipeline)
    const ends = await Promise.all(Array.from({ length: 8 }, () => slipway.run(['runs', '--json'], { folder })))
    expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual(Array(8).fill([0, '{"runs":[],"total":0}\n']))
    // Whichever was through first, its process goes once the last has gone.
    await waitFor(() =>
      readdirSync(join(folder, '.slipway')).some((name) => name.startsWith('core.lock')) ? null : true,
    )
  })

  it('lets the first finish its words while another still uses its core', async () => {
    const folder = writeBlankProject(join(work, 'guest'), busyPipeline)
    const registry = slipway.start(['registry', 'serve', '--json'], { folder })
    await registry.firstLine()
    const { command } = await startBusyRun(folder)
    expect(readLock(folder).pid).toBe(registry.process.pid)
    command.process.kill('SIGINT')
    expect((await command.ended).code).toBe(130)
    registry.process.kill('SIGINT')
    await registry.ended
    expect(await listRuns(folder)).toMatchObject([{ state: 'canceled' }])
  })

  it('what a command trusts for its own call is trusted for the window no longer than that call', async () => {
    const folder = writeBlankProject(join(work, 'trust'), busyPipeline)
    const window = await openProject(folder, { homeFolder: slipway.home, assets: findAssets(), kind: 'host' })
    expect(window.holds).toBe(true)
    const run = await slipway.run(['run', 'first', '--trust', '--json'], { folder })
    expect(run.json()).toMatchObject({ run: { state: 'completed' } })
    await expect.poll(async () => (await window.api.project.get({})).trusted).toBe(false)
    const later = await slipway.run(['run', 'first', '--json'], { folder })
    expect([later.code, later.json()]).toMatchObject([4, { error: { code: 'project/notTrusted' } }])
    await window.close()
  })

  it('a command that is through is so for the shell at once, and its core serves others until the last has gone', async () => {
    const folder = writeBlankProject(join(work, 'waits'), waitingPipeline)
    const options = { homeFolder: slipway.home, assets: findAssets(), kind: 'command' } as const
    const run = slipway.start(['run', '--trust', '--json'], { folder })
    const stepPid = await waitFor(() => readPid(folder))
    const first = await openProject(folder, options)
    expect(first.holds).toBe(false)
    writeFileSync(join(folder, 'go'), '')
    expect((await run.ended).json()).toMatchObject({ run: { state: 'completed' } })
    expect(findProcess(stepPid)).toBe(null)
    // What a terminal sends to all that it started is not meant for it any more.
    run.process.kill('SIGINT')
    // Its core still serves, those who come now included.
    const second = await openProject(folder, options)
    expect(second.holds).toBe(false)
    await first.close()
    expect((await second.api.runs.list({})).runs).toMatchObject([{ state: 'completed' }])
    expect(run.process.exitCode).toBe(null)
    expect((await slipway.run(['runs', '--json'], { folder })).code).toBe(0)
    await second.close()
    await waitFor(() => run.process.exitCode)
    expect(existsSync(join(folder, '.slipway/core.lock'))).toBe(false)
  })

  it('Ctrl-C ends what a command does itself, not what others do with its core; SIGTERM ends both', async () => {
    const folder = writeBlankProject(join(work, 'ctrl-c'), busyPipeline)
    const { command: holder, stepPid } = await startBusyRun(folder)
    const guest = slipway.start(['registry', 'serve', '--json'], { folder })
    await guest.firstLine()
    holder.process.kill('SIGINT')
    expect((await holder.ended).code).toBe(130)
    expect(findProcess(stepPid)).toBe(null)
    expect(await listRuns(folder)).toMatchObject([{ state: 'canceled' }])
    expect(guest.process.exitCode).toBe(null)
    holder.process.kill('SIGTERM')
    await waitFor(() => holder.process.exitCode)
    guest.process.kill('SIGINT')
    await guest.ended
  })

  it('eight short commands on top of each other all succeed, whichever of them holds the core', async () => {
    const folder = writeBlankProject(join(work, 'crowd'), busyPipeline)
    const ends = []
    for (let wave = 0; wave < 8; wave++) {
      ends.push(slipway.run(['plan', '--json'], { folder }))
      await new Promise((done) => setTimeout(done, 40))
    }
    expect((await Promise.all(ends)).map(({ code, stderr }) => [code, stderr])).toEqual(Array(8).fill([0, '']))
  })

  it('refuses a socket that somebody else may have prepared', async () => {
    const folder = writeBlankProject(join(work, 'planted'), busyPipeline)
    await slipway.run(['runs'], { folder })
    const open = mkdtempSync(join(work, 'open-'))
    const planted = { ...findProcess(process.pid), address: join(open, 'core.sock'), version: '0.1.0', nonce: 'abc' }
    writeFileSync(join(folder, '.slipway/core.lock'), JSON.stringify(planted))
    chmodSync(open, 0o777)
    const end = await slipway.run(['runs', '--json'], { folder })
    expect(end.json()).toMatchObject({ error: { code: 'host/runtimeFolderUnsafe' } })
    expect(end.code).toBe(4)
  })

  it('names the process that holds a project and does not answer', async () => {
    const folder = writeBlankProject(join(work, 'silent'), busyPipeline)
    await slipway.run(['runs'], { folder })
    const empty = mkdtempSync(join(tmpdir(), 'slipway-'))
    const silent = { ...findProcess(process.pid), address: join(empty, 'core.sock'), version: '0.1.0', nonce: 'abc' }
    writeFileSync(join(folder, '.slipway/core.lock'), JSON.stringify(silent))
    const end = await slipway.run(['runs', '--json'], { folder })
    rmSync(empty, { recursive: true, force: true })
    expect(end.code).toBe(3)
    expect(end.json()).toMatchObject({ error: { code: 'host/projectBusy', details: { pid: process.pid } } })
  })

  it('does not speak to another version of itself', async () => {
    const folder = writeBlankProject(join(work, 'version'), busyPipeline)
    await slipway.run(['runs'], { folder })
    const other = { ...findProcess(process.pid), address: '/nowhere/core.sock', version: '99.0.0', nonce: 'abc' }
    writeFileSync(join(folder, '.slipway/core.lock'), JSON.stringify(other))
    const end = await slipway.run(['runs', '--json'], { folder })
    expect(end.json()).toMatchObject({ error: { code: 'host/otherVersion', details: { theirs: '99.0.0' } } })
  })
})

const waitingPipeline = `import os, time
from slipway import step

@step
def wait():
    with open("pid", "w") as file:
        file.write(str(os.getpid()))
    while not os.path.exists("go"):
        time.sleep(0.02)
    return 1
`

async function waitFor<Value>(look: () => Value | null): Promise<Value> {
  const end = Date.now() + 120_000
  for (;;) {
    const found = look()
    if (found !== null) return found
    if (Date.now() > end) throw new Error('it did not come about')
    await new Promise((done) => setTimeout(done, 50))
  }
}
