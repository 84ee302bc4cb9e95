import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

const pipeline = `import random
from slipway import step

@step
def numbers(*, count: int = 3, fails: bool = False):
    if fails: raise ValueError("as asked")
    return list(range(count))

@step
def drawn(numbers, *, seeded: bool = True):
    if seeded: random.seed(7)
    return {"value": random.choice(numbers) + random.random()}
`

let slipway: CommandLine
let work: string
let folder: string
beforeAll(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'prove-command-'))
  folder = writeBlankProject(join(work, 'project'), pipeline)
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

const run = (...args: string[]) => slipway.run([...args, '--trust', '--json'], { folder })
type RunDocument = { run: { id: string }; artifacts: { name: string; digest: string }[] }
type ProofDocument = {
  runId: string
  verdict: string
  first?: { step: string; artifact: string; column?: string; recorded: unknown; reproduced: unknown }
  cause?: { factor: string; description: string }
}

describe('slipway prove', () => {
  it('answers 0 and identical, 1 with the first difference and its cause, and refuses by its own codes', async () => {
    const steady = (await run('run')).json<RunDocument>()
    const same = await run('prove', steady.run.id)
    expect(same.code, same.stderr).toBe(0)
    const proof = same.json<ProofDocument>()
    expect(proof).toMatchObject({ runId: steady.run.id, verdict: 'identical' })
    expect('first' in proof || 'cause' in proof).toBe(false)

    const loose = (await run('run', '-p', 'drawn.seeded=false')).json<RunDocument>()
    const other = await run('prove', 'latest', '--why')
    expect(other.code, other.stderr).toBe(1)
    const { first, cause, verdict } = other.json<ProofDocument>()
    expect(verdict).toBe('differs')
    expect(first).toMatchObject({ step: 'drawn', artifact: 'drawn', column: 'value' })
    expect(first?.recorded).not.toBe(first?.reproduced)
    expect(cause?.factor).toBe('randomness')
    const words = await slipway.run(['prove', 'latest', '--trust'], { folder })
    expect(words.stdout).toMatch(/DIFFERS[\s\S]*first: step drawn, drawn, value: recorded/)
    expect(words.stdout).toMatch(/^drawn +drawn +json +DIFFERS +value: [\d.]+ → [\d.]+; largest difference [\d.]+$/m)

    const shown = (await run('show', 'latest')).json<{ proofs: { verdict: string; first?: { step: string } }[] }>()
    expect(shown.proofs).toMatchObject([{ verdict: 'differs' }, { verdict: 'differs', first: { step: 'drawn' } }])
    expect((await slipway.run(['show', steady.run.id], { folder })).stdout).toMatch(/^proved \S+: identical$/m)

    // Nothing was made again for it: the present environment was the recorded one.
    expect((await run('env', 'list')).json()).toEqual({ environments: [] })
    expect((await run('env', 'clean')).json()).toEqual({ removed: [], freedBytes: 0 })
    const unknown = await run('env', 'clean', 'nothing')
    expect([unknown.code, unknown.json<{ error: { code: string } }>().error.code]).toEqual([
      2,
      'environments/keptUnknown',
    ])

    const failed = (await run('run', '-p', 'numbers.fails=true')).json<RunDocument>()
    const refused = await run('prove', failed.run.id)
    expect(refused.code).toBe(4)
    expect(refused.json<{ error: { code: string } }>().error.code).toBe('proving/runNotCompleted')
    expect((await run('prove', 'nothing-like-it')).code).toBe(2)

    const input = loose.artifacts.find(({ name }) => name === 'numbers')?.digest as string
    rmSync(join(folder, '.slipway', 'store', 'blobs', input.replace(':', '/')), { force: true })
    const hurt = await run('prove', loose.run.id)
    expect(hurt.code).toBe(5)
    expect(hurt.json<{ error: { code: string } }>().error.code).toBe('store/blobMissing')
  }, 480_000)
})
