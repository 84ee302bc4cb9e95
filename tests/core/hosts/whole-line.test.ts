import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createStore } from '../../../core/store/create-store.ts'
import { type CommandEnd, type CommandLine, createCommandLine } from '../../builders/command-line.ts'

/** The documents that the shell's contract promises, member by member; more may come. */
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const reason = z.looseObject({
  kind: z.string(),
  name: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
})
const step = z.looseObject({
  step: z.string(),
  state: z.string(),
  durationMs: z.number().nullable(),
  reasons: z.array(reason),
})
const run = z.looseObject({
  id: z.string(),
  state: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  params: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.number()),
})
const artifact = z.looseObject({
  name: z.string(),
  step: z.string(),
  digest,
  mediaType: z.string(),
  sizeBytes: z.number(),
})
const runDocument = z.looseObject({ run, steps: z.array(step), artifacts: z.array(artifact) })
const approval = z.looseObject({
  state: z.enum(['approved', 'rejected']),
  by: z.string(),
  at: z.string(),
  note: z.string(),
  evidenceDigest: digest,
})
const tensor = z.looseObject({ name: z.string(), type: z.string(), shape: z.array(z.number()) })
const model = z.looseObject({
  name: z.string(),
  version: z.number(),
  digest,
  signature: z.looseObject({ inputs: z.array(tensor), outputs: z.array(tensor) }),
  aliases: z.array(z.string()),
  approval: approval.nullable(),
})
const parity = z.looseObject({
  state: z.enum(['passed', 'failed']),
  level: z.string(),
  rows: z.number(),
  maxDifference: z.number(),
})
const image = z.looseObject({
  manifestDigest: digest,
  imageId: digest,
  platform: z.string(),
  runtime: z.string(),
  sizeBytes: z.number(),
  layers: z.array(z.looseObject({ digest, mediaType: z.string(), sizeBytes: z.number() })),
})
const lineage = z.object({
  nodes: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
  edges: z.array(z.looseObject({ from: z.string(), to: z.string(), kind: z.string() })),
})

let slipway: CommandLine
let work: string
let folder: string

beforeAll(() => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'whole-line-'))
  folder = join(work, 'penguins')
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

/** One command on the sample, its document checked against the contract. */
async function ask<Document>(line: string, schema: z.ZodType<Document>, code = 0): Promise<Document> {
  const end = await slipway.run([...line.split(' '), '--json'], { folder: existsSync(folder) ? folder : work })
  return read(end, schema, code)
}

function read<Document>(end: CommandEnd, schema: z.ZodType<Document>, code: number): Document {
  expect(end.code, end.stdout + end.stderr).toBe(code)
  return schema.parse(end.json())
}

describe('the whole line, from the shell', { timeout: 300_000 }, () => {
  let firstRun: string
  let manifestDigest: string

  it('offers templates and makes the sample', async () => {
    const templates = z.object({
      templates: z.array(z.object({ name: z.string(), title: z.string(), description: z.string() })),
    })
    expect((await ask('templates', templates)).templates.map(({ name }) => name)).toContain('penguins')
    const made = await ask(
      'init penguins --template penguins',
      z.object({ project: z.object({ path: z.string(), name: z.string() }), template: z.string() }),
    )
    expect(made).toEqual({ project: { path: folder, name: 'penguins' }, template: 'penguins' })
    expect(existsSync(join(folder, 'slipway.toml'))).toBe(true)
  })

  it('makes the environment and the lock, and shows them', async () => {
    const environment = z.looseObject({
      environment: z.looseObject({
        python: z.string().regex(/^3\.\d+\.\d+/),
        lockDigest: digest,
        packages: z.array(z.object({ name: z.string(), version: z.string() })),
      }),
    })
    expect((await slipway.run(['env', 'sync', '--json'], { folder })).code).toBe(4)
    const synced = await ask('env sync --trust', environment)
    const lock = readFileSync(join(folder, 'slipway.lock'))
    expect(synced.environment.lockDigest).toBe(`sha256:${createHash('sha256').update(lock).digest('hex')}`)
    expect((await ask('env show', environment)).environment).toEqual(synced.environment)
  })

  it('plans without running, runs, and records what was made', async () => {
    const planned = z.object({
      steps: z.array(
        z.looseObject({ step: z.string(), state: z.enum(['cached', 'stale', 'new']), reasons: z.array(reason) }),
      ),
    })
    expect((await ask('plan', planned)).steps.map(({ state }) => state)).toEqual(Array(5).fill('new'))
    const done = await ask('run --trust', runDocument)
    firstRun = done.run.id
    expect(done.run.state).toBe('completed')
    expect(done.run.metrics['evaluation.accuracy']).toBeGreaterThan(0.9)
    expect(done.artifacts.map(({ name }) => name)).toEqual(expect.arrayContaining(['model', 'evaluation', 'quality']))
    expect((await ask('plan', planned)).steps.map(({ state }) => state)).toEqual(Array(5).fill('cached'))
    const changed = await ask('plan -p train.C=3', planned)
    expect(changed.steps.find((one) => one.step === 'train')).toMatchObject({
      state: 'stale',
      reasons: [{ kind: 'param', name: 'C', from: '1', to: '3' }],
    })
  })

  it('runs only what a changed param reaches, and compares the two', async () => {
    const second = await ask('run --trust -p train.C=0.01 --experiment tuning --tag who=test', runDocument)
    expect(second.steps.map(({ step: name, state }) => `${name} ${state}`)).toEqual([
      'load cached',
      'validate cached',
      'split cached',
      'train completed',
      'evaluate completed',
    ])
    const { runs } = await ask('runs --limit 10', z.looseObject({ runs: z.array(run) }))
    expect(runs.map(({ id }) => id)).toEqual([second.run.id, firstRun])
    const differing = z.looseObject({ differs: z.boolean() })
    const comparison = await ask(
      `compare ${firstRun} latest`,
      z.looseObject({
        params: z.array(differing),
        metrics: z.array(differing),
        code: z.array(differing),
        data: z.array(differing),
        packages: z.array(differing),
      }),
    )
    expect(comparison.params.filter(({ differs }) => differs)).toEqual([
      { key: 'train.C', values: [1, 0.01], differs: true },
    ])
    expect(comparison.code.some(({ differs }) => differs)).toBe(false)
  })

  it('shows a run whole, its logs, and the bytes of its artifacts', async () => {
    const detail = runDocument.extend({ environment: z.looseObject({ lockDigest: digest }), git: z.unknown() })
    const shown = await ask(`show ${firstRun.slice(0, 6)}`, detail)
    expect(shown.run.id).toBe(firstRun)
    expect((await slipway.run(['logs', firstRun], { folder })).code).toBe(0)
    const evaluation = shown.artifacts.find(({ name }) => name === 'evaluation')
    const bytes = await slipway.run(['artifact', 'get', `${firstRun}:evaluation`], { folder })
    expect(JSON.parse(bytes.stdout).accuracy).toBe(shown.run.metrics['evaluation.accuracy'])
    const file = join(work, 'evaluation.json')
    await slipway.run(['artifact', 'get', evaluation?.digest as string, file], { folder })
    expect(`sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`).toBe(evaluation?.digest)
  })

  it('registers a model, shows its evidence, and binds the approval to it', async () => {
    const registered = await ask(`models register ${firstRun}:model penguins`, z.object({ model }))
    expect(registered.model).toMatchObject({ name: 'penguins', version: 1, approval: null })
    expect(registered.model.signature.inputs.map(({ name }) => name)).toContain('bill_length_mm')
    const shown = await ask(
      'models show penguins',
      z.object({ model, evidence: z.looseObject({ metrics: z.unknown() }) }),
    )
    expect(shown.model.digest).toBe(registered.model.digest)
    expect((await ask('models alias penguins@1 champion', z.object({ model }))).model.aliases).toEqual(['champion'])
    const listed = await ask(
      'models',
      z.object({ models: z.array(z.looseObject({ name: z.string(), versions: z.array(model) })) }),
    )
    expect(listed.models.map(({ name }) => name)).toEqual(['penguins'])
  })

  it('plans an image, builds it, and proves it equal row by row', async () => {
    const plan = await ask(
      'image plan penguins@champion',
      z.looseObject({
        runtime: z.enum(['onnx', 'python']),
        reason: z.string(),
        base: z.string(),
        platform: z.string(),
        layers: z.array(z.looseObject({ name: z.string(), sizeBytes: z.number(), cached: z.boolean() })),
      }),
    )
    expect(plan.runtime).toBe('onnx')
    const built = await ask('image build penguins@1', z.object({ image, parity }))
    manifestDigest = built.image.manifestDigest
    expect(built.parity).toMatchObject({ state: 'passed' })
    expect(built.parity.rows).toBeGreaterThan(50)
    const images = z.object({ images: z.array(image) })
    expect((await ask('image list', images)).images.map((one) => one.manifestDigest)).toEqual([manifestDigest])
    expect((await ask('image show penguins@1', z.object({ image }))).image.manifestDigest).toBe(manifestDigest)
    const again = await ask(`image parity ${manifestDigest.slice(0, 20)} --level server`, z.object({ parity }))
    expect(again.parity).toMatchObject({ state: 'passed', level: 'server' })
    const archive = join(work, 'penguins.tar')
    await ask(`image save penguins@1 ${archive} --format oci`, z.looseObject({ file: z.string(), format: z.string() }))
    expect(readFileSync(archive).length).toBeGreaterThan(1_000_000)
  })

  it('pushes nothing that is not approved, from this door either', async () => {
    const refused = await slipway.run(['image', 'push', 'penguins@1', '127.0.0.1:1/penguins', '--json'], { folder })
    expect(refused.code).toBe(4)
    expect(refused.json()).toMatchObject({ error: { code: 'models/notApproved' } })
  })

  it('pushes what is approved to the embedded registry, and reads it back', async () => {
    const decided = await slipway.run(['models', 'approve', 'penguins@1', '--note', 'Metrics reviewed', '--json'], {
      folder,
    })
    expect(read(decided, z.object({ approval }), 0).approval).toMatchObject({
      state: 'approved',
      note: 'Metrics reviewed',
    })
    const registry = slipway.start(['registry', 'serve', '--json'], { folder })
    const { url } = JSON.parse(await registry.firstLine())
    const push = z.looseObject({
      reference: z.string(),
      manifestDigest: digest,
      uploadedBytes: z.number(),
      skippedBytes: z.number(),
      referrers: z.array(digest),
    })
    const pushed = await ask(`image push penguins@1 ${new URL(url).host}/penguins:1`, push)
    expect(pushed.manifestDigest).toBe(manifestDigest)
    const manifest = await fetch(`${url}/v2/penguins/manifests/1`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    })
    expect(
      `sha256:${createHash('sha256')
        .update(new Uint8Array(await manifest.arrayBuffer()))
        .digest('hex')}`,
    ).toBe(manifestDigest)
    registry.process.kill('SIGINT')
    expect((await registry.ended).code).toBe(130)
  })

  it('serves the image until it is interrupted, and answers a prediction', async () => {
    const serving = slipway.start(['image', 'serve', 'penguins@1', '--engine', 'process', '--json'], { folder })
    const ready = JSON.parse(await serving.firstLine())
    expect(ready).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+/), engine: 'process' })
    const answer = await fetch(`${ready.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        {
          bill_length_mm: 39.1,
          bill_depth_mm: 18.7,
          flipper_length_mm: 181,
          body_mass_g: 3750,
          island: 'Torgersen',
          sex: 'male',
        },
      ]),
    })
    expect(await answer.json()).toMatchObject({ predictions: ['Adelie'] })
    serving.process.kill('SIGINT')
    expect((await serving.ended).code).toBe(130)
    await expect(fetch(`${ready.url}/healthz`)).rejects.toThrow()
  })

  it('walks back from the pushed digest to source, data, lock and approval', async () => {
    const graph = await ask(`lineage ${manifestDigest} --up`, lineage)
    const kinds = new Set(graph.nodes.map(({ kind }) => kind))
    for (const kind of [
      'source',
      'file',
      'environment',
      'params',
      'stepRun',
      'artifact',
      'run',
      'modelVersion',
      'image',
    ]) {
      expect(kinds, `lineage holds ${kind}`).toContain(kind)
    }
    const known = new Set(graph.nodes.map(({ id }) => id))
    expect(graph.edges.filter(({ from, to }) => !known.has(from) || !known.has(to))).toEqual([])
    const pushed = graph.nodes.find(({ kind }) => kind === 'push') ?? (await findPush())
    const fromPush = await ask(`lineage ${pushed.id} --up`, lineage)
    const names = fromPush.nodes.filter(({ kind }) => kind === 'source' || kind === 'file').map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['pipeline.py', 'features.py', 'data/penguins.csv']))
    expect(fromPush.nodes.some(({ kind }) => kind === 'approval')).toBe(true)
    const prov = await slipway.run(['lineage', 'penguins@1', '--format', 'prov', '--json'], { folder })
    expect(prov.json()).toMatchObject({ entity: expect.any(Object), activity: expect.any(Object) })
  })

  async function findPush() {
    const down = await ask(`lineage ${manifestDigest} --down`, lineage)
    return down.nodes.find(({ kind }) => kind === 'push') as { readonly id: string }
  }

  it('gives back what nothing needs, and no byte that the run, the model, the approval, the image or its push need', async () => {
    const blobs = () => readdirSync(join(folder, '.slipway/store/blobs/sha256'))
    const strays = await createStore(join(folder, '.slipway/store'))
    const stray = await strays.putBytes('needed by nothing', 'x/y')
    const before = blobs()
    const amount = z.object({ count: z.number(), bytes: z.number() })
    const document = z.looseObject({ freed: z.looseObject({ moved: amount, ended: amount }) })
    const { freed } = await ask('gc --older-than 0 --empty-trash --yes', document)
    const gone = before.filter((name) => !blobs().includes(name))
    expect(gone).toContain(stray.digest.slice(7))
    expect([freed.moved.count, freed.ended.count]).toEqual([gone.length, gone.length])
    const saved = await slipway.run(['image', 'save', manifestDigest, join(work, 'after-gc.tar')], { folder })
    expect(saved.code, saved.stderr).toBe(0)
    const again = await ask('run --trust', runDocument)
    expect(new Set(again.steps.map(({ state }) => state))).toEqual(new Set(['cached']))
  })

  it('finds everything sound, then names every byte that was hurt', async () => {
    const checks = z.object({
      checks: z.array(
        z.object({ name: z.string(), state: z.string(), detail: z.string(), remedy: z.string().nullable() }),
      ),
    })
    const sound = await ask('doctor', checks)
    expect(sound.checks.filter(({ state }) => state === 'hurt')).toEqual([])
    const shown = await ask(`show ${firstRun}`, runDocument)
    const victim = shown.artifacts.find(({ name }) => name === 'evaluation')?.digest as string
    const blob = join(folder, '.slipway/store/blobs/sha256', victim.slice(7))
    const original = readFileSync(blob)
    rmSync(blob)
    writeFileSync(blob, 'something else')
    const hurt = await ask('doctor', checks, 5)
    expect(hurt.checks.filter(({ state, name }) => state === 'hurt' && name.includes(victim))).toHaveLength(1)
    const refused = await slipway.run(['artifact', 'get', victim, '--json', join(work, 'x')], { folder })
    expect(refused.code).toBe(5)
    rmSync(blob, { force: true })
    writeFileSync(blob, original)
  })
})

describe('a step that fails', { timeout: 300_000 }, () => {
  it('ends the run with 1, and shows where in the user’s own code', async () => {
    const failing = join(work, 'failing')
    await slipway.run(['init', failing, '-t', 'blank'])
    writeFileSync(join(failing, 'requirements.txt'), '')
    const code = 'from slipway import step\n\n@step\ndef broken():\n    raise ValueError("no rows left")\n'
    writeFileSync(join(failing, 'pipeline.py'), code)
    const end = await slipway.run(['run', '--trust'], { folder: failing })
    expect(end.code).toBe(1)
    expect(end.stderr).toContain('no rows left')
    expect(end.stderr).toMatch(/pipeline\.py:5 in broken/)
    const document = await slipway.run(['run', '--trust', '--json'], { folder: failing })
    expect(document.code).toBe(1)
    expect(document.json()).toMatchObject({ run: { state: 'failed' }, steps: [{ step: 'broken', state: 'failed' }] })
  })
})
