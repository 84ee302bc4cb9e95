import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

const pipeline = `from slipway import step

@step
def value(*, n: int = 1):
    return {"score": n * 100}
`
type RunDocument = { readonly run: { readonly id: string }; readonly steps: readonly { readonly state: string }[] }

let slipway: CommandLine
let folder: string
let first: string
let second: string
beforeAll(async () => {
  slipway = createCommandLine()
  folder = writeBlankProject(mkdtempSync(join(tmpdir(), 'deleted-')), pipeline)
  first = (await run('run', '--trust', '--json')).json<RunDocument>().run.id
  second = (await run('run', '--trust', '--json', '-p', 'value.n=2')).json<RunDocument>().run.id
}, 240_000)
afterAll(() => {
  slipway.remove()
  rmSync(folder, { recursive: true, force: true })
})

const run = (...args: string[]) => slipway.run(args, { folder })
const listed = async () =>
  (await run('runs', '--json')).json<{ runs: readonly { id: string }[] }>().runs.map(({ id }) => id)

describe('slipway runs delete, deleted and restore', { timeout: 240_000 }, () => {
  it('take a run away and bring it back, and say until when that can be had', async () => {
    const deleted = await run('runs', 'delete', 'latest')
    expect([deleted.code, deleted.stderr]).toEqual([0, ''])
    expect(deleted.stdout).toContain(`"slipway runs restore ${second}" takes that back`)
    expect(await listed()).toEqual([first])
    expect((await run('runs', 'deleted', '--json')).json()).toMatchObject({
      deleted: [{ run: { id: second, state: 'completed' }, usedBy: null, endsAt: expect.stringMatching(/^20/) }],
    })
    const shown = await run('show', second, '--json')
    expect([shown.code, shown.json()]).toMatchObject([
      2,
      { error: { code: 'tracking/runDeleted', remedy: expect.stringContaining(`slipway runs restore ${second}`) } },
    ])
    const refused = await run('lineage', second, '--json')
    expect([refused.code, refused.json()]).toMatchObject([
      2,
      { error: { code: 'lineage/deleted', remedy: expect.stringContaining(`slipway lineage ${second} --deleted`) } },
    ])
    type Graph = { readonly nodes: readonly { readonly id: string; readonly deleted?: boolean }[] }
    const marked = (await run('lineage', second, '--deleted', '--json')).json<Graph>().nodes
    expect(marked.find(({ id }) => id === `run:${second}`)?.deleted).toBe(true)
    expect((await run('lineage', second, '--deleted')).stdout).toContain('stepRun, deleted')
    const ofFirst = (await run('lineage', first, '--json')).json<Graph>().nodes
    expect(ofFirst.map(({ id }) => id)).toContain(`run:${first}`)
    expect(ofFirst.some(({ deleted }) => deleted !== undefined)).toBe(false)
    const restored = await run('runs', 'restore', second.slice(0, 4), '--json')
    expect(restored.json()).toMatchObject({ runs: [{ id: second }] })
    expect(await listed()).toEqual([second, first])
    expect((await run('runs', 'restore', second)).code).toBe(2)
    expect((await run('runs', 'deleted')).stdout).toContain('No runs are deleted.')
  })

  it('make no new run reuse what was deleted, and gc ends it when that is said', async () => {
    await run('runs', 'delete', second)
    const again = (await run('run', '--trust', '--json', '-p', 'value.n=2')).json<RunDocument>()
    expect(again.steps.map(({ state }) => state)).toEqual(['completed'])
    const survey = await run('gc', '--dry-run')
    expect(survey.stdout).toContain('1 deleted run')
    expect((await run('gc', '--empty-trash')).code).toBe(2)
    const freed = await run('gc', '--older-than', '0', '--empty-trash', '--yes')
    expect(freed.stdout).toContain('1 deleted run went for good')
    expect((await run('runs', 'restore', second)).code).toBe(2)
    expect(await listed()).toEqual([again.run.id, first])
    expect(readdirSync(join(folder, '.slipway/trash')).filter((name) => /^\d/.test(name))).toEqual([])
    const { checks } = (await run('doctor', '--json')).json<{ checks: { name: string; state: string }[] }>()
    expect(checks.filter(({ name }) => /^(store|database)/.test(name)).map(({ state }) => state)).toEqual(['ok', 'ok'])
  })

  it('refuse a run that nobody knows, and delete none of those named with it', async () => {
    const refused = await run('runs', 'delete', first, 'nosuchrun', '--json')
    expect([refused.code, refused.json()]).toMatchObject([2, { error: { code: 'tracking/runNotFound' } }])
    expect(await listed()).toContain(first)
  })
})
