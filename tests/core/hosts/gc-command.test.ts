import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SpaceFreed, SpaceSurvey } from '../../../core/domain/space.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

const pipeline = `import os, time
from slipway import step, log_metric

@step
def first(*, waits: bool = False):
    for n in range(100):
        log_metric("loss", n, iteration=n)
    while waits and not os.path.exists("go"):
        log_metric("loss", 100, iteration=100)
        time.sleep(0.01)
    return {"value": 1}

@step
def second(first):
    return {"value": first["value"] + 1}
`
type Document = { readonly dryRun: boolean; readonly space: SpaceSurvey; readonly freed: SpaceFreed | null }

let slipway: CommandLine
let folder: string
beforeAll(async () => {
  slipway = createCommandLine()
  folder = writeBlankProject(mkdtempSync(join(tmpdir(), 'gc-')), pipeline)
  expect((await run('run', '--trust', '-q')).code).toBe(0)
}, 240_000)
afterAll(() => {
  slipway.remove()
  rmSync(folder, { recursive: true, force: true })
})

const run = (...args: string[]) => slipway.run(args, { folder })
const trash = () => readdirSync(join(folder, '.slipway/trash')).filter((name) => /^\d/.test(name))
const addStrays = async (count: number) => {
  const store = await createStore(join(folder, '.slipway/store'))
  for (let n = 0; n < count; n++) await store.putBytes(`stray ${n} ${Math.random()}`.padEnd(1_000, '.'), 'x/y')
}

describe('slipway gc', { timeout: 240_000 }, () => {
  it('says what would go and what stays, in words and as a document, and changes nothing', async () => {
    await addStrays(2)
    const young = (await run('gc', '--dry-run', '--json')).json<Document>()
    expect(young).toMatchObject({
      dryRun: true,
      freed: null,
      space: { unused: { count: 0 }, young: { count: 2, bytes: 2_000 }, olderThanMs: 86_400_000 },
    })
    const shown = await run('gc', '--dry-run', '--older-than', '0')
    expect([shown.code, shown.stderr]).toEqual([0, ''])
    expect(shown.stdout).toContain('What runs gave and were made of')
    expect(shown.stdout).toContain('2 things (2 kB) needed by no run, dataset, model or image: would go to the trash')
    expect(shown.stdout).toMatch(/free on the disk/)
    expect(trash()).toEqual([])
  })

  it('moves it to the trash, from where it ends only when that is said and confirmed', async () => {
    const moved = (await run('gc', '--older-than', '0', '--json')).json<Document>()
    expect(moved.freed).toMatchObject({ moved: { count: 2, bytes: 2_000 }, ended: { count: 0 } })
    expect(trash()).toHaveLength(2)
    const asked = await run('gc', '--empty-trash', '--json')
    expect([asked.code, asked.json()]).toMatchObject([2, { error: { code: 'host/needsAnswer' } }])
    expect((await run('gc')).stdout).toContain('Nothing was to be given back.')
    expect(trash()).toHaveLength(2)
    const ended = await run('gc', '--empty-trash', '--yes')
    expect(ended.stdout).toContain('2 things (2 kB) ended')
    expect(trash()).toEqual([])
    expect((await run('doctor', '--json')).code).not.toBe(5)
  })

  it.each(['soon', '-1d', '3 weeks'])('refuses "%s" as an age', async (age) => {
    const { code, stdout } = await run('gc', `--older-than=${age}`, '--json')
    expect([code, JSON.parse(stdout)]).toMatchObject([2, { error: { code: 'host/usage' } }])
  })

  it('is refused where the trash leads elsewhere, and moves nothing there', async () => {
    await addStrays(1)
    const place = join(folder, '.slipway/trash')
    renameSync(place, `${place}-real`)
    symlinkSync(`${place}-real`, place)
    const { code, stderr } = await run('gc', '--older-than', '0')
    expect(code).toBe(4)
    expect(stderr).toContain('leads elsewhere')
    expect(readdirSync(`${place}-real`).filter((name) => /^\d/.test(name))).toEqual([])
    rmSync(place)
    renameSync(`${place}-real`, place)
  })

  it('goes while a run goes on that logs, and beside a second one: nothing acknowledged is lost', async () => {
    await addStrays(30)
    const going = slipway.start(['run', '--trust', '-p', 'first.waits=true', '--json'], { folder })
    const isRunning = async () => /running/.test((await run('runs', '--limit', '1', '--json')).stdout)
    for (let tries = 0; tries < 200 && !(await isRunning()); tries++) await new Promise((done) => setTimeout(done, 50))
    const clears = await Promise.all(
      ['a', 'b'].map(() => run('gc', '--older-than', '0', '--empty-trash', '--yes', '--json')),
    )
    expect(clears.map(({ code }) => code)).toEqual([0, 0])
    expect(going.process.exitCode).toBeNull()
    const moved = clears.map((one) => one.json<Document>().freed?.moved.count ?? 0)
    expect((moved[0] as number) + (moved[1] as number)).toBe(31)
    spawnSync('touch', [join(folder, 'go')])
    const ended = await going.ended
    expect([ended.code, ended.json()]).toMatchObject([0, { run: { state: 'completed' } }])
    const { run: ran, artifacts } = ended.json<{ run: { id: string }; artifacts: readonly { digest: string }[] }>()
    for (const { digest } of artifacts) expect((await run('artifact', 'get', digest)).code).toBe(0)
    expect((await run('logs', ran.id)).code).toBe(0)
    const { checks } = (await run('doctor', '--json')).json<{ checks: { name: string; state: string }[] }>()
    expect(checks.find(({ name }) => name === 'store')).toMatchObject({ state: 'ok' })
    const again = (await run('run', '--trust', '--json')).json<{ steps: { state: string }[] }>()
    expect(again.steps.map(({ state }) => state)).toEqual(['cached', 'cached'])
  })
})
