import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

const pipeline = `import json
from slipway import step

@step
def total():
    with open("data/wine.csv") as wine, open("data/notes.txt") as notes:
        return {"rows": len(wine.read().splitlines()) - 1, "notes": len(notes.read())}

@step
def again(total):
    with open("data/notes.txt") as notes:
        return {"notes": len(notes.read())}
`

let root: string
let folder: string
let cli: CommandLine
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'data-entries-'))
  folder = writeBlankProject(join(root, 'project'), pipeline)
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'wine.csv'), 'id,alcohol\n1,13\n')
  writeFileSync(join(folder, 'data', 'notes.txt'), 'dry\n')
  cli = createCommandLine()
})
afterAll(() => {
  cli.remove()
  rmSync(root, { recursive: true, force: true })
})

const slipway = (...args: string[]) => cli.run([...args, '--json'], { folder })

describe('slipway data', { timeout: 300_000 }, () => {
  it('names the files that steps read and nobody declared, until they are declared', async () => {
    expect((await slipway('data', 'undeclared')).json()).toEqual({ files: [] })
    const run = await slipway('run', '--trust')
    expect(run.code, run.stderr).toBe(0)
    const runId = run.json<{ run: { id: string } }>().run.id
    expect((await slipway('data', 'undeclared')).json()).toEqual({
      files: [
        { path: 'data/notes.txt', steps: ['total', 'again'], runId, sizeBytes: 4 },
        { path: 'data/wine.csv', steps: ['total'], runId, sizeBytes: 16 },
      ],
    })
    const declared = await slipway('data', 'declare', 'wine', 'data/wine.csv', '--licence', 'CC-BY-4.0')
    expect(declared.json()).toMatchObject({ dataset: { path: 'data/wine.csv', licence: 'CC-BY-4.0' } })
    expect((await slipway('data', 'undeclared')).json()).toMatchObject({ files: [{ path: 'data/notes.txt' }] })
  })

  it('says which runs read which version, and how files stand to it', async () => {
    const run = await slipway('run', '--no-cache', '--trust')
    const runId = run.json<{ run: { id: string } }>().run.id
    expect((await slipway('data', 'versions', 'wine')).json()).toMatchObject({
      versions: [{ version: 1, licence: 'CC-BY-4.0', runs: [runId] }],
    })
    writeFileSync(join(folder, 'data', 'wine.csv'), 'id,alcohol\n1,13\n2,14\n')
    expect((await slipway('data', 'files', 'wine')).json()).toMatchObject({
      version: 1,
      files: [{ path: 'data/wine.csv', change: 'changed', sizeBytes: 21, recordedBytes: 16 }],
    })
    expect((await cli.run(['data', 'versions', 'wine'], { folder })).stdout).toContain(runId)
  })

  it('takes a term away, and refuses to set and remove the same one', async () => {
    const removed = await slipway('data', 'declare', 'wine', '--remove', 'licence', '--purpose', 'research')
    expect(removed.json()).toMatchObject({ dataset: { licence: null, purpose: ['research'] } })
    const both = await slipway('data', 'declare', 'wine', '--remove', 'licence', '--licence', 'MIT')
    expect(both.code).toBe(2)
    const wrong = await slipway('data', 'declare', 'wine', '--licence', 'whatever you like!')
    expect(wrong.json()).toMatchObject({ error: { code: 'project/settingsInvalid' } })
    expect((await slipway('data')).json()).toMatchObject({ datasets: [{ name: 'wine', licence: null }] })
  })
})
