import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

const pipeline = `from slipway import step

@step
def total():
    with open("data/wine.csv") as file:
        return {"rows": len(file.read().splitlines()) - 1}
`

let root: string
let folder: string
let cli: CommandLine
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'data-commands-'))
  folder = writeBlankProject(join(root, 'project'), pipeline)
  mkdirSync(join(folder, 'data'))
  cli = createCommandLine()
})
afterAll(() => {
  cli.remove()
  rmSync(root, { recursive: true, force: true })
})

const slipway = (...args: string[]) => cli.run([...args, '--json'], { folder })
const write = (text: string) => writeFileSync(join(folder, 'data', 'wine.csv'), text)

describe('slipway data', { timeout: 300_000 }, () => {
  it('adds, lists, shows, and says what is wrong', async () => {
    write('id,alcohol\n1,13\n2,14\n')
    const added = await slipway(
      'data',
      'add',
      'wine',
      'data/wine.csv',
      '--licence',
      'CC-BY-4.0',
      '--purpose',
      'research',
      '--expires',
      '2099-12-31',
    )
    expect(added.code, added.stderr).toBe(0)
    expect(added.json()).toMatchObject({
      dataset: { name: 'wine', version: 1, rows: 2, columns: 2, licence: 'CC-BY-4.0' },
      isNew: true,
    })
    expect((await slipway('data')).json()).toMatchObject({
      datasets: [
        {
          name: 'wine',
          path: 'data/wine.csv',
          rows: 2,
          columns: 2,
          licence: 'CC-BY-4.0',
          origin: null,
          purpose: ['research'],
          digest: expect.stringMatching(/^sha256:/),
          state: 'current',
        },
      ],
    })
    const text = await cli.run(['data', 'show', 'wine'], { folder })
    expect(text.stdout).toMatch(/alcohol +int64/)
    const lost = await slipway('data', 'show', 'wien')
    expect(lost.code).toBe(2)
    expect(lost.json()).toMatchObject({ error: { code: 'data/unknown', details: { nearest: 'wine' } } })
  })

  it('lets a run name the version that it read, and a plan say what changed in it', async () => {
    const first = await slipway('run', '--trust')
    expect(first.code, first.stderr).toBe(0)
    const runId = first.json<{ run: { id: string } }>().run.id
    const graph = (await slipway('lineage', 'dataset/wine@1', '--down')).json<{
      nodes: { id: string }[]
      edges: { from: string; to: string }[]
    }>()
    expect(graph.nodes.map(({ id }) => id)).toContain('file:dataset/wine@1')
    expect(graph.edges).toContainEqual(
      expect.objectContaining({ from: 'file:dataset/wine@1', to: expect.stringMatching(/^stepRun:/), kind: 'used' }),
    )

    write('id,alcohol\n1,13.5\n2,14\n3,12\n')
    const second = await slipway('run', '--trust')
    expect(second.code, second.stderr).toBe(0)
    const listed = (await slipway('data')).json<{ datasets: Record<string, unknown>[] }>().datasets[0]
    expect(listed).toMatchObject({ version: 2, versions: 2, state: 'current', usedBy: ['total'] })
    expect(listed?.runId).toBe(second.json<{ run: { id: string } }>().run.id)
    expect(listed?.runId).not.toBe(runId)

    write('id,alcohol\n1,13\n2,14\n')
    await slipway('data', 'add', 'wine', '--licence', 'MIT')
    await slipway('data', 'show', 'wine@2')
    const plan = (await slipway('plan')).json<{
      steps: { state: string; reasons: { kind: string; summary?: string }[] }[]
    }>()
    expect(plan.steps[0]?.state).toBe('cached')

    write('id,alcohol\n1,13\n2,14\n4,15\n5,16\n')
    await slipway('data', 'add', 'wine')
    const stale = (await slipway('plan')).json<typeof plan extends infer P ? P : never>()
    expect(stale.steps[0]?.reasons[0]).toMatchObject({
      kind: 'file',
      summary: expect.stringMatching(/^rows \+1, column alcohol: float64 → int64$/),
    })
  })

  it('compares, restores and exports', async () => {
    const diff = await slipway('data', 'diff', 'wine', '1', '2', '--key', 'id')
    expect(diff.json()).toMatchObject({ diff: { rows: { added: 1, removed: 0, changed: 1 }, key: ['id'] } })
    const words = await cli.run(['data', 'diff', 'wine', '1', '2'], { folder })
    expect(words.stdout).toContain('column alcohol: int64 → float64')
    const restored = await slipway('data', 'restore', 'wine@1')
    expect(restored.json()).toMatchObject({ written: 1, trashed: ['data/wine.csv'] })
    expect(readFileSync(join(folder, 'data', 'wine.csv'), 'utf8')).toBe('id,alcohol\n1,13\n2,14\n')
    const file = join(root, 'wine.json')
    expect((await slipway('data', 'export', 'wine@2', file, '--format', 'croissant')).code).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      '@type': 'sc:Dataset',
      conformsTo: 'http://mlcommons.org/croissant/1.1',
      distribution: [{ '@type': 'cr:FileObject', contentUrl: 'data/wine.csv' }],
      recordSet: [{ field: [{ dataType: 'sc:Integer' }, { dataType: 'sc:Float' }] }],
    })
  })

  it('copies a file from outside in first where that is asked for, and takes the place of none', async () => {
    const outside = join(root, 'grapes.csv')
    writeFileSync(outside, 'id\n1\n2\n')
    const added = await slipway('data', 'add', 'grapes', '--from', outside)
    expect(added.json(), added.stderr).toMatchObject({ dataset: { name: 'grapes', path: 'data/grapes.csv', rows: 2 } })
    expect(readFileSync(join(folder, 'data/grapes.csv'), 'utf8')).toBe('id\n1\n2\n')
    const again = await slipway('data', 'add', 'more', 'data/grapes.csv', '--from', outside)
    expect([again.code, again.json()]).toMatchObject([2, { error: { code: 'data/outExists' } }])
    expect(readFileSync(outside, 'utf8')).toBe('id\n1\n2\n')
  })

  it('copies a folder, or several files to one folder, and fetches no address', async () => {
    mkdirSync(join(root, 'photos', 'red'), { recursive: true })
    for (const path of ['photos/a.csv', 'photos/red/b.csv', 'c.csv']) writeFileSync(join(root, path), 'id\n1\n')
    const photos = await slipway('data', 'add', 'photos', '--from', join(root, 'photos'), '--licence', 'CC0-1.0')
    expect(photos.json(), photos.stderr).toMatchObject({
      dataset: { path: 'data/photos', fileCount: 2, licence: 'CC0-1.0' },
    })
    const from = ['--from', join(root, 'photos'), '--from', join(root, 'c.csv')]
    const all = await slipway('data', 'add', 'all', ...from)
    expect(all.json(), all.stderr).toMatchObject({ dataset: { path: 'data/all', fileCount: 3 } })
    expect(existsSync(join(folder, 'data/all/photos/red/b.csv'))).toBe(true)
    const spaced = join(root, 'late harvest.csv')
    writeFileSync(spaced, 'id\n1\n')
    const late = await slipway('data', 'add', 'late', '--from', pathToFileURL(spaced).href)
    expect(late.json(), late.stderr).toMatchObject({ dataset: { path: 'data/late harvest.csv', rows: 1 } })
    const elsewhere = await slipway('data', 'add', 'far', '--from', 'file://nas/a.csv')
    expect([elsewhere.code, elsewhere.json()]).toMatchObject([
      2,
      { error: { message: expect.stringContaining('another computer, nas') } },
    ])
    const address = await slipway('data', 'add', 'far', '--from', 'https://example.org/a.csv')
    expect([address.code, address.json()]).toMatchObject([2, { error: { code: 'host/usage' } }])
  })

  it('refuses a run while the files have other columns than are expected, before a step runs', async () => {
    writeFileSync(join(folder, 'data', 'grapes.csv'), 'id,ripe\n1,green\n')
    expect((await slipway('data', 'add', 'grapes')).code).toBe(0)
    const set = await slipway('data', 'expect', 'grapes')
    expect(set.json(), set.stderr).toMatchObject({ dataset: { expectedSchema: { id: 'int64', ripe: 'string' } } })
    writeFileSync(join(folder, 'data', 'grapes.csv'), 'id\n1\n')
    const refused = await slipway('run', '--trust')
    expect([refused.code, refused.json()]).toMatchObject([
      4,
      { error: { code: 'data/schemaDiffers', message: expect.stringContaining('column ripe is missing') } },
    ])
    const before = (await slipway('runs')).json<{ total: number }>().total
    expect((await slipway('data', 'expect', 'grapes', '--clear')).code).toBe(0)
    expect((await slipway('run', '--trust')).code).toBe(0)
    expect((await slipway('runs')).json<{ total: number }>().total).toBe(before + 1)
  })
})
