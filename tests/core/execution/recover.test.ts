import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { findStepProcesses, stepRunVariable } from '../../../core/execution/process-tree.ts'
import { findProcess, ownIdentity } from '../../../core/tracking/process-identity.ts'
import { openExecution } from './open-execution.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

const code = `
import os, time
from slipway import step

@step
def quick():
    return 1

@step
def slow(quick):
    print("at work", flush=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    time.sleep(600)
`

/** Starts a core of its own on the project and waits until it has said `word`. */
async function startCore(folder: string, word: string): Promise<{ core: ChildProcess; said: () => string }> {
  const core = spawn(process.execPath, [resolve(import.meta.dirname, 'core-process.ts'), folder, testFolder('home')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  core.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  for (let i = 0; i < 600 && !said.includes(word); i++) await sleep(50)
  expect(said).toContain(word)
  return { core, said: () => said }
}

async function until(holds: () => boolean, ms: number): Promise<void> {
  for (const end = Date.now() + ms; !holds() && Date.now() < end; ) await sleep(50)
  expect(holds()).toBe(true)
}

describe('after core was killed', () => {
  it('f14-ends-the-steps-marks-the-run-interrupted-and-loses-nothing-acknowledged', async () => {
    const { folder } = await openExecution({ 'pipeline.py': code })
    const { core, said } = await startCore(folder, 'log at work')
    const stepRunId = /slow running (\S+)/.exec(said())?.[1] as string
    const before = findStepProcesses(stepRunId, null)
    expect(before.length).toBeGreaterThan(1)
    core.kill('SIGKILL')
    // The step itself ends with core; a daemon of its own session waits for the next start.
    await until(() => findStepProcesses(stepRunId, null).length < before.length, 10_000)

    const { execution, queries, database, run, journal, slipwayFolder } = await openExecution(null, { folder })
    const [interrupted] = await execution.recover()
    expect(interrupted).toMatchObject({ state: 'failed', failure: { message: expect.stringContaining('interrupted') } })
    expect(findStepProcesses(stepRunId, null)).toEqual([])
    expect(journal.list()).toEqual([])
    const { steps } = queries.get(interrupted?.id as string)
    expect(steps.map(({ step, state }) => [step, state])).toEqual([
      ['quick', 'completed'],
      ['slow', 'failed'],
    ])
    expect(steps[1]).toMatchObject({ failure: { kind: 'interrupted' } })
    expect((await queries.log(interrupted?.id as string, 'slow')).text).toContain('at work')
    expect(database.findDamage()).toEqual([])
    expect(await execution.recover()).toEqual([])
    expect(readdirSync(join(slipwayFolder, 'tmp'))).toEqual([])
    expect((await run({ steps: ['quick'] })).states).toEqual({ quick: 'cached' })
  })

  it('f19-never-signals-a-stranger-that-took-the-number', async () => {
    const { execution, journal, slipwayFolder } = await openExecution({ 'pipeline.py': code })
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' })
    const pid = stranger.pid as number
    const dead = { pid: 2 ** 22 - 7, startedAt: '1', bootId: null }
    journal.write({
      stepRunId: 'reused-number',
      process: { pid, startedAt: '12345', bootId: null },
      group: null,
      owner: dead,
    })
    journal.write({
      stepRunId: 'other-boot',
      process: { ...(findProcess(pid) as ReturnType<typeof ownIdentity>), bootId: 'another' },
      group: null,
      owner: dead,
    })
    mkdirSync(join(slipwayFolder, 'processes'), { recursive: true })
    writeFileSync(join(slipwayFolder, 'processes', 'half.json'), '{"stepRunId": "ha')
    await execution.recover()
    expect(findProcess(pid)).not.toBeNull()
    expect(journal.list()).toEqual([])
    stranger.kill('SIGKILL')
  })

  it('leaves the steps of a core that lives alone, as when the folder was copied while it ran', async () => {
    const { execution, journal } = await openExecution({ 'pipeline.py': code })
    const step = spawn('sleep', ['600'], { stdio: 'ignore', env: { ...process.env, [stepRunVariable]: 'of-another' } })
    await until(() => readFileSync(`/proc/${step.pid}/environ`, 'utf8').includes('of-another'), 5_000)
    const recorded = findProcess(step.pid as number)
    journal.write({
      stepRunId: 'of-another',
      process: recorded as NonNullable<typeof recorded>,
      group: null,
      owner: ownIdentity(),
    })
    await execution.recover()
    expect(findProcess(step.pid as number)).not.toBeNull()
    expect(journal.list()).toHaveLength(1)
    step.kill('SIGKILL')
  })

  it('i2-interrupts-no-run-whose-core-lives', async () => {
    const { folder } = await openExecution({ 'pipeline.py': code })
    const { core } = await startCore(folder, 'log at work')
    const { execution } = await openExecution(null, { folder })
    expect(await execution.recover()).toEqual([])
    core.kill('SIGKILL')
    await until(() => findProcess(core.pid as number) === null, 5_000)
    expect(await execution.recover()).toHaveLength(1)
  })
})
