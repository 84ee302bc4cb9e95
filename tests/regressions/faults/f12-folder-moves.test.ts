import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { openWindow, type WindowLine } from '../../builders/window-line.ts'

/** Says that it is at work, then logs and writes until `stop` appears, then goes on to a second step. */
const pipeline = `import os, sys, time
from slipway import step, log_metric, log_artifact

@step
def work():
    print("at work", flush=True)
    for i in range(2000):
        log_metric("loss", i, iteration=i)
        print(i, flush=True)
        time.sleep(0.02)
        if i > 100: break
    log_artifact({"made": "late"}, "late")
    return 1

@step
def after(work):
    return work
`

let slipway: CommandLine
let base: string
let folder: string
let window: WindowLine
beforeEach(async () => {
  slipway = createCommandLine()
  base = mkdtempSync(join(tmpdir(), 'slipway-moves-'))
  folder = writeBlankProject(join(base, 'here'), pipeline)
  expect((await slipway.run(['env', 'sync', '--trust', '-q'], { folder })).code).toBe(0)
  window = await openWindow(slipway, folder)
  await window.api.project.trust({})
})
afterEach(async () => {
  await window.close()
  slipway.remove()
  rmSync(base, { recursive: true, force: true })
})

async function startRun(): Promise<string> {
  let log = ''
  window.api.runs.watch({}, (event) => {
    if (event.kind === 'log') log += event.text
  })
  const { runId } = await window.api.runs.start({ steps: [], params: {} })
  await until(async () => log.includes('at work'))
  return runId
}

describe('f12 the folder of an open project', { timeout: 240_000 }, () => {
  it.each([
    ['moved', () => renameSync(folder, join(base, 'there'))],
    ['deleted', () => rmSync(folder, { recursive: true, force: true })],
  ])(
    'f12 that is %s in mid-run: it is noticed, nothing is made in its place, and every call says so',
    async (what, act) => {
      const events: boolean[] = []
      window.api.project.watch({}, ({ gone }) => events.push(gone))
      const runId = await startRun()
      act()
      await until(async () => events.includes(true))
      expect(await window.api.project.get({})).toMatchObject({ folder, readOnly: 'its folder is gone' })
      const refused = await window.api.runs.start({ steps: [], params: {} }).catch((error) => error.wire)
      expect(refused).toMatchObject({ code: 'project/folderGone', message: expect.stringContaining(folder) })
      await until(async () => (await window.api.jobs.list({})).every((job) => job.endedAt !== null))
      const [job] = await window.api.jobs.list({})
      expect(job).toMatchObject({ failure: { code: 'project/folderGone' } })
      expect(existsSync(folder)).toBe(false)
      await window.close()
      expect(existsSync(folder)).toBe(false)
      expect(readdirSync(base)).toEqual(what === 'moved' ? ['there'] : [])
      if (what === 'moved') {
        const there = join(base, 'there')
        const shown = await slipway.run(['show', runId, '--json'], { folder: there })
        expect(shown.json()).toMatchObject({ run: { state: 'failed', failure: { code: 'project/folderGone' } } })
        const doctor = await slipway.run(['doctor', '--json'], { folder: there })
        expect(doctor.json<Checks>().checks.filter(({ state }) => state === 'hurt')).toEqual([])
      }
    },
  )

  it('f12 that is copied while a run goes on: the copy opens, and its run is interrupted there alone', async () => {
    const runId = await startRun()
    const copy = join(base, 'copy')
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true })
    const shown = await slipway.run(['show', runId, '--json'], { folder: copy })
    expect(shown.json()).toMatchObject({ run: { state: 'failed', failure: { code: 'tracking/interrupted' } } })
    await until(async () => (await window.api.runs.get({ run: runId })).run.state !== 'running')
    expect(await window.api.runs.get({ run: runId })).toMatchObject({ run: { state: 'completed' } })
    const doctor = await slipway.run(['doctor', '--json'], { folder: copy })
    expect(doctor.json<Checks>().checks.filter(({ state }) => state === 'hurt')).toEqual([])
    expect(readdirSync(join(copy, '.slipway')).filter((name) => name.startsWith('core.lock'))).toEqual([])
  })
})

type Checks = { readonly checks: readonly { readonly name: string; readonly state: string }[] }

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !(await holds()); await sleep(50)) {
    if (performance.now() > end) throw new Error('it did not come about')
  }
}
