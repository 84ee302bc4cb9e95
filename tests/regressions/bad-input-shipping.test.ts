import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, createCommandLine } from '../builders/command-line.ts'
import { startCuttingProxy } from '../builders/cutting-proxy.ts'
import { startDockerRegistry } from '../builders/docker-registry.ts'
import { shipSample } from '../builders/sample-project.ts'

/** Models and registries that do not do what they should: refused with the reason, and nothing is lost. */
const models = `
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def far(a, b):
    return abs(a - b).sum()

@step
def neighbours(train_rows):
    return KNeighborsClassifier(metric=far).fit(train_rows[MEASUREMENTS], train_rows[TARGET])

@step
def near_edges():
    import numpy
    generator = numpy.random.default_rng(1)
    rows = generator.normal(size=(3000, 4))
    return pd.DataFrame(rows, columns=MEASUREMENTS).assign(species=(rows.sum(axis=1) > 0).astype(int))

@step
def boosted(near_edges):
    model = make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=200))
    return model.fit(near_edges[MEASUREMENTS], near_edges["species"])

@step
def asked(neighbours, boosted, test_rows, near_edges):
    return {"neighbours": len(neighbours.predict(test_rows[MEASUREMENTS])), "boosted": len(boosted.predict(near_edges[MEASUREMENTS]))}
`

let slipway: CommandLine
let work: string
let folder: string

beforeAll(async () => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'bad-shipping-'))
  folder = (await shipSample(slipway, work)).folder
}, 600_000)
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

type Refusal = { error: { code: string; message: string; kept: string; remedy: string } }

async function refused(
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<Refusal['error'] & { exit: number | null }> {
  const end = await slipway.run([...args, '--json'], { folder, variables })
  expect(end.code, end.stdout + end.stderr).not.toBe(0)
  const { error } = end.json<Refusal>()
  expect(error.kept).toMatch(/^[A-Z].*\.$/)
  expect(error.remedy).toMatch(/^[A-Z].*\.$/)
  return { ...error, exit: end.code }
}

async function expectSound() {
  const end = await slipway.run(['doctor', '--json'], { folder })
  const { checks } = end.json<{ checks: { name: string; state: string }[] }>()
  expect(checks.filter(({ state }) => state === 'hurt')).toEqual([])
  expect((await slipway.run(['image', 'show', 'penguins@1', '--json'], { folder })).code).toBe(0)
}

describe('a registry', { timeout: 120_000 }, () => {
  afterAll(expectSound)
  const push = (host: string) => ['image', 'push', 'penguins@1', `${host}/team/penguins:1`]

  it('that refuses connections is named', async () => {
    const error = await refused(push('127.0.0.1:1'))
    expect(error).toMatchObject({
      exit: 3,
      code: 'images/registryUnreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    })
  })

  it('that demands a login says how to give one, and shows no password', async () => {
    const registry = await startDockerRegistry({ login: true })
    const error = await refused(push(registry.host))
    expect(error.exit).toBe(3)
    expect(error.message).toMatch(/log ?in|password|401/i)
    const wrong = await refused([...push(registry.host), '--username', 'tester'], {
      SLIPWAY_REGISTRY_PASSWORD: 'hunter2!',
    })
    expect(wrong.exit).toBe(3)
    expect(JSON.stringify(wrong)).not.toContain('hunter2!')
    await registry.stop()
  })

  it('that dies in mid-upload leaves the image here, and the next push goes on', async () => {
    const registry = await startDockerRegistry()
    const proxy = await startCuttingProxy(registry.host)
    proxy.breakAfter(5_000_000)
    const error = await refused(push(proxy.host))
    expect(error).toMatchObject({ exit: 3, kept: expect.stringContaining('image stays') })
    await proxy.stop()
    const again = await slipway.run([...push(registry.host), '--json'], { folder })
    expect(again.code, again.stdout).toBe(0)
    await registry.stop()
  })

  it('whose reference is none, or that names no registry', async () => {
    for (const reference of ['bad ref', 'penguins', '127.0.0.1:5000/UPPER'])
      expect(await refused(['image', 'push', 'penguins@1', reference]), reference).toMatchObject({
        exit: 2,
        code: 'images/referenceInvalid',
      })
  })
})

describe('an engine that is not there', { timeout: 120_000 }, () => {
  const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }

  it('is named with its socket, and the image can be served without it', async () => {
    const error = await refused(['image', 'serve', 'penguins@1', '--engine', 'docker'], nowhere)
    expect(error).toMatchObject({
      exit: 3,
      code: 'images/engineUnavailable',
      message: expect.stringContaining('/nowhere/docker.sock'),
      remedy: expect.stringContaining('--engine process'),
    })
    const serving = slipway.start(['image', 'serve', 'penguins@1', '--json'], { folder, variables: nowhere })
    expect(JSON.parse(await serving.firstLine())).toMatchObject({ engine: 'process' })
    serving.process.kill('SIGINT')
    expect((await serving.ended).code).toBe(130)
  })

  it('is missing, not hurt, to the doctor', async () => {
    const end = await slipway.run(['doctor', '--json'], { folder, variables: nowhere })
    expect(end.code).toBe(0)
    expect(end.json<{ checks: unknown[] }>().checks).toContainEqual(
      expect.objectContaining({ name: 'engine', state: 'missing' }),
    )
  })
})

describe('a model', { timeout: 300_000 }, () => {
  afterAll(expectSound)

  beforeAll(async () => {
    appendFileSync(join(folder, 'pipeline.py'), models)
    const end = await slipway.run(['run', 'asked', '--trust', '--json'], { folder })
    expect(end.code, end.stdout + end.stderr).toBe(0)
    await slipway.run(['models', 'register', 'latest:neighbours', 'neighbours'], { folder })
    await slipway.run(['models', 'register', 'latest:boosted', 'boosted'], { folder })
  })

  it('that ONNX cannot express is kept in its native form, and is not shipped through ONNX', async () => {
    const shown = await slipway.run(['models', 'show', 'neighbours', '--json'], { folder })
    expect(shown.json()).toMatchObject({
      model: { onnx: { state: 'absent' }, native: { digest: expect.stringMatching(/^sha256:/) } },
    })
    const error = await refused(['image', 'build', 'neighbours@1'])
    expect(error).toMatchObject({ exit: 4, code: 'images/onnxRefused', kept: expect.stringContaining('native') })
    expect(error.message).toMatch(/^neighbours@1 cannot be shipped through ONNX: .*metric=<function far>.*[^.]\.$/)
  })

  it('whose export answers otherwise is refused with the first row that differs, and both answers', async () => {
    const shown = await slipway.run(['models', 'show', 'boosted', '--json'], { folder })
    expect(shown.json()).toMatchObject({ model: { onnx: { state: 'differs', parity: { rows: 3000 } } } })
    const error = await refused(['image', 'build', 'boosted@1'])
    expect(error).toMatchObject({ exit: 4, code: 'images/onnxRefused', kept: expect.stringContaining('native') })
    expect(error.message).toMatch(
      /first at row \d+, predict_proba\[\d\]: the native model says [\d.e-]+, ONNX [\d.e-]+\.$/,
    )
  })
})
