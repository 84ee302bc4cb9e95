import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../core/hosts/cli/commands.ts'
import { writeBlankProject } from '../builders/blank-project.ts'
import { type CommandEnd, type CommandLine, createCommandLine } from '../builders/command-line.ts'

/** What the page of the shell's contract says, on one project without packages. Models and images: whole-line.test.ts. */
const pipeline = `import sys
from slipway import step, log_metric

@step
def table(*, rows: int = 3):
    print("reading")
    print("to the other stream", file=sys.stderr)
    return list(range(rows))

@step(outputs=("total", "score"))
def sums(table, *, factor: float = 2.0):
    log_metric("loss", 1 / (1 + factor))
    return sum(table) * factor, {"mean": sum(table) / len(table)}
`

type Step = {
  step: string
  state: string
  reasons: { kind: string; name: string; from: string | null; to: string | null }[]
}
type RunDocument = {
  run: { id: string; state: string; params: Record<string, unknown>; metrics: Record<string, number> }
  steps: Step[]
  artifacts: { name: string; digest: string }[]
}

let slipway: CommandLine
let work: string
let folder: string
let first: RunDocument
let second: RunDocument

beforeAll(async () => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'cli-contract-'))
  folder = writeBlankProject(join(work, 'project'), pipeline)
  first = (await run('run', '--trust', '--json')).json<RunDocument>()
  second = (
    await run('run', '--trust', '--json', '-p', 'sums.factor=3', '--experiment', 'tuning', '--tag', 'who=me')
  ).json<RunDocument>()
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

const run = (...args: string[]) => slipway.run(args, { folder })

/** The one document, whatever else was printed. */
function documentOf<Document>(end: CommandEnd, code = 0): Document {
  expect(end.code, end.stdout + end.stderr).toBe(code)
  expect(end.stdout.trimEnd().split('\n')).toHaveLength(1)
  return end.json<Document>()
}

describe('a run', () => {
  it('records params, metrics and artifacts, and says why a step was stale', () => {
    expect(first.run).toMatchObject({
      state: 'completed',
      params: { 'table.rows': 3, 'sums.factor': 2 },
      metrics: { 'score.mean': 1 },
    })
    expect(first.artifacts.map(({ name }) => name)).toEqual(expect.arrayContaining(['table', 'total', 'score']))
    expect(second.steps.map(({ step, state }) => `${step} ${state}`)).toEqual(['table cached', 'sums completed'])
    expect(second.steps[1]?.reasons).toEqual([{ kind: 'param', name: 'factor', from: '2', to: '3' }])
  })

  it('without a change is cached, and again with --no-cache is not', async () => {
    const again = documentOf<RunDocument>(await run('run', '--trust', '--json'))
    expect(again.steps.map(({ state }) => state)).toEqual(['cached', 'cached'])
    const anew = documentOf<RunDocument>(await run('run', 'table', '--trust', '--no-cache', '--json'))
    expect(anew.steps.map(({ step, state }) => `${step} ${state}`)).toEqual(['table completed'])
  })
})

describe('streams', () => {
  it('progress goes to stderr as plain lines, the answer to stdout', async () => {
    const { stdout, stderr } = await run('run', 'table', '--trust', '--no-cache')
    expect(stdout).toMatch(/^run [a-z2-7]{12} {2}completed/)
    expect(stderr).toMatch(/Run table: .*Run steps/)
    expect(stdout + stderr).not.toContain('\u001b')
  })

  it('--quiet silences progress, --verbose adds what the steps print', async () => {
    expect((await run('run', 'table', '--trust', '--no-cache', '--quiet')).stderr).toBe('')
    expect((await run('run', 'table', '--trust', '--no-cache', '--verbose')).stderr).toContain('table | reading')
  })

  it('logs are what both streams held', async () => {
    const { stdout } = await run('logs', first.run.id, 'table')
    expect(stdout).toContain('reading\n')
    expect(stdout).toContain('to the other stream\n')
  })
})

describe('references', () => {
  it.each([
    ['its id', () => first.run.id],
    ['a unique prefix', () => first.run.id.slice(0, 6)],
  ])('a run by %s', async (_, reference) => {
    expect(documentOf<RunDocument>(await run('show', reference(), '--json')).run.id).toBe(first.run.id)
  })

  it('latest is the newest run', async () => {
    const { runs } = documentOf<{ runs: { id: string }[] }>(await run('runs', '--limit', '1', '--json'))
    expect(documentOf<RunDocument>(await run('show', 'latest', '--json')).run.id).toBe(runs[0]?.id)
  })

  it('an artifact by RUN:NAME is the bytes of its digest', async () => {
    const { digest } = first.artifacts.find(({ name }) => name === 'score') as { digest: string }
    const file = join(work, 'score.json')
    for (const reference of [`${first.run.id.slice(0, 6)}:score`, digest]) {
      const end = await run('artifact', 'get', reference, file, '--json')
      expect(documentOf(end)).toMatchObject({ artifact: { name: 'score', digest }, file })
      expect(`sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`).toBe(digest)
      expect((await run('artifact', 'get', reference)).stdout).toBe(readFileSync(file, 'utf8'))
    }
  })

  it.each([
    ['show', 'nope', 'tracking/runNotFound'],
    ['show', 'abc', 'tracking/runNotFound'],
    ['logs', 'nope', 'tracking/runNotFound'],
    ['artifact get', 'latest:nope', 'tracking/artifactNotFound'],
    ['lineage', 'nope', 'lineage/notFound'],
    ['lineage', 'nope@1', 'lineage/notFound'],
    ['lineage', 'nope@champion', 'lineage/notFound'],
    ['models show', 'nope@1', 'models/notFound'],
    ['image plan', 'nope', 'models/notFound'],
    ['image show', 'sha256:00', 'images/notFound'],
    ['image parity', 'nope@1', 'images/notFound'],
    ['image serve', 'nope@1', 'images/notFound'],
  ])('%s %s is answered with 2: there is no such thing', async (words, reference, code) => {
    const { error } = documentOf<{ error: Record<string, unknown> }>(
      await run(...words.split(' '), reference, '--json'),
      2,
    )
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(reference),
      kept: expect.any(String),
      remedy: expect.any(String),
      details: expect.any(Object),
    })
  })
})

describe('filters and comparison', () => {
  it.each([
    [['--filter', 'experiment = tuning'], 1],
    [['--filter', 'metric.score.mean > 5'], 0],
    [['--filter', 'tag.who = me and param.sums.factor = 3'], 1],
  ])('runs %s', async (args, count) => {
    expect(documentOf<{ runs: unknown[] }>(await run('runs', ...args, '--json')).runs).toHaveLength(count)
  })

  it.each([
    ['--filter', 'metric. >'],
    ['--sort', 'nonsense'],
    ['--limit', 'ten'],
  ])('runs %s %s is wrong usage', async (...args) => {
    documentOf(await run('runs', ...args, '--json'), 2)
  })

  it('compares what differs', async () => {
    const comparison = documentOf<Record<string, { key: string; values: unknown[]; differs: boolean }[]>>(
      await run('compare', first.run.id, second.run.id, '--json'),
    )
    expect(Object.keys(comparison)).toEqual(expect.arrayContaining(['params', 'metrics', 'code', 'data', 'packages']))
    expect(comparison.params?.filter(({ differs }) => differs)).toEqual([
      { key: 'sums.factor', values: [2, 3], differs: true },
    ])
  })
})

describe('wrong usage is answered with 2, in words that lead on', () => {
  it.each([
    [['rnu'], /Did you mean "slipway run"/],
    [['image', 'biuld'], /Did you mean "slipway image build"/],
    [['run', '--tursted'], /Did you mean --trust/],
    [['image'], /slipway image --help/],
    [['models', 'approve', 'x', '--note', ' '], /--note "why"/],
    [['models', 'approve', 'x'], /--note "why"/],
    [['completion', 'tcsh'], /bash, zsh, fish, powershell/],
    [['init', '.', '--template', 'nope'], /./],
  ])('%s', async (args, remedy) => {
    const end = await run(...args)
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end.stderr.trimEnd().split('\n').at(-1)).toMatch(remedy)
  })
})

describe('every command', () => {
  it.each(commands.map(({ words }) => [words.join(' ')] as const))(
    'slipway %s --help shows usage and two examples',
    async (words) => {
      const { code, stdout } = await run(...words.split(' '), '--help')
      expect(code).toBe(0)
      expect(stdout).toContain('Usage: slipway ')
      expect(stdout.slice(stdout.indexOf('Examples:')).match(/^ {2}slipway /gm)?.length).toBeGreaterThanOrEqual(2)
    },
  )
})

describe('where the project is', () => {
  it('the nearest parent, or -C from anywhere', async () => {
    const inner = join(folder, 'a', 'b')
    mkdirSync(inner, { recursive: true })
    const total = documentOf<{ total: number }>(await run('runs', '--json')).total
    expect(documentOf<{ total: number }>(await slipway.run(['runs', '--json'], { folder: inner })).total).toBe(total)
    expect(
      documentOf<{ total: number }>(await slipway.run(['-C', folder, 'runs', '--json'], { folder: work })).total,
    ).toBe(total)
    documentOf(await slipway.run(['runs', '--json'], { folder: work }), 2)
  })

  it('a slipway.toml that is wrong is told with its line', async () => {
    const broken = writeBlankProject(join(work, 'broken'), pipeline, '[environment\n')
    const { error } = documentOf<{ error: { message: string } }>(
      await slipway.run(['plan', '--json'], { folder: broken }),
      1,
    )
    expect(error.message).toMatch(/slipway\.toml, line 4/)
  })
})

describe('rules are answered with 4', () => {
  it('a project that is not trusted is not run, and its environment not made', async () => {
    const strange = writeBlankProject(join(work, 'strange'), pipeline)
    for (const args of [['run'], ['env', 'sync']]) {
      const { error } = documentOf<{ error: { code: string } }>(
        await slipway.run([...args, '--json'], { folder: strange }),
        4,
      )
      expect(error.code).toBe('project/notTrusted')
    }
    expect(
      documentOf<{ steps: Step[] }>(await slipway.run(['plan', '--json'], { folder: strange })).steps,
    ).toHaveLength(2)
  })
})

describe('stored data that is hurt is answered with 5', () => {
  it('by whoever reads it, and by the doctor, and is sound again when it is back', async () => {
    const { digest } = first.artifacts.find(({ name }) => name === 'table') as { digest: string }
    const blob = join(folder, '.slipway/store/blobs/sha256', digest.slice(7))
    const bytes = readFileSync(blob)
    rmSync(blob)
    writeFileSync(blob, 'x'.repeat(bytes.length))
    documentOf(await run('artifact', 'get', digest, join(work, 'hurt'), '--json'), 5)
    const { checks } = documentOf<{ checks: { name: string; state: string }[] }>(await run('doctor', '--json'), 5)
    const hurt = checks.filter(({ state }) => state === 'hurt').map(({ name }) => name)
    expect(hurt).toEqual(['store', expect.stringContaining(digest)])
    rmSync(blob)
    writeFileSync(blob, bytes)
    expect((await run('doctor', '--json')).code).toBe(0)
  })
})

describe('while another host holds the project', () => {
  it('a command is answered by that host, and leaves it as it was', async () => {
    const host = slipway.start(['registry', 'serve', '--json'], { folder })
    const { url } = JSON.parse(await host.firstLine())
    expect(documentOf<RunDocument>(await run('run', '--trust', '--json')).run.state).toBe('completed')
    expect(documentOf<RunDocument>(await run('show', first.run.id, '--json')).run.id).toBe(first.run.id)
    expect((await fetch(`${url}/v2/`)).status).toBe(200)
    host.process.kill('SIGINT')
    expect((await host.ended).code).toBe(130)
    await expect(fetch(`${url}/v2/`)).rejects.toThrow()
  })
})
