import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ArtifactPart } from '../../../core/domain/artifact.ts'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
import { parseDigest } from '../../../core/domain/digest.ts'
import { exactJson } from '../../../core/domain/exact-json.ts'
import { fail } from '../../../core/domain/failure.ts'
import { canonicalJson, type JsonValue } from '../../../core/domain/json.ts'
import type { Evidence } from '../../../core/domain/model.ts'
import type { Dataset } from '../../../core/domain/project.ts'
import { createModels, type Models } from '../../../core/models/create-models.ts'
import { createModelWorker } from '../../../core/models/run-model-worker.ts'
import { type BuiltModelName, builtModel } from '../../builders/built-models.ts'
import { openRecording, point, type Recording } from '../tracking/open-recording.ts'

const worker = createModelWorker({
  entryFile: resolve(import.meta.dirname, '../../../core/models/model-worker.ts'),
  nodePath: process.execPath,
})
const wineTerms: Dataset = {
  name: 'flowers',
  path: 'data/*.csv',
  origin: 'the botanical garden',
  licence: 'CC-BY-4.0',
  purpose: [],
  expires: null,
  personal: false,
  contact: null,
}

let at: Recording
let models: Models
let datasets: readonly Dataset[]
let actor: string
beforeEach(async () => {
  at = await openRecording()
  datasets = [wineTerms]
  actor = 'Ada'
  const { database, store, lineage, runs: queries } = at
  models = createModels({
    database,
    store,
    lineage,
    queries,
    worker,
    actor: () => actor,
    datasets: async () => datasets,
  })
})
afterEach(() => at.close())

type Given = {
  readonly proof?: boolean
  readonly onnx?: boolean
  readonly summary?: Record<string, JsonValue>
  readonly native?: string
}

/** A run whose step gave this model, with the rows that prove it, as an execution records them. */
async function runWith(name: BuiltModelName, given: Given = {}) {
  const { onnxFile, signature, predictions } = await builtModel(name)
  const native = await at.store.putBytes(given.native ?? `native ${name}`, mediaTypes.skops)
  const onnx = await at.store.putBytes(await readFile(onnxFile), mediaTypes.onnx)
  const parts: ArtifactPart[] = [
    { name: 'native', descriptor: native },
    ...(given.onnx === false ? [] : [{ name: 'onnx', descriptor: onnx }]),
  ]
  const model = await at.give('model', canonicalJson(parts), {
    kind: 'model',
    parts,
    pythonType: 'sklearn.pipeline.Pipeline',
    summary: { signature: signature as unknown as JsonValue, onnxRefusal: null, ...given.summary },
  })
  const proof = await at.give('model', exactJson(predictions), {
    role: 'predictions',
    kind: 'predictions',
    summary: { model: model.descriptor.digest, origin: 'called' },
  })
  const table = await at.give('table', '{}', { kind: 'table' })
  const { runId, stepRunIds } = at.startRun(['load', 'train'], { params: { 'train.C': 1 } })
  const read = {
    path: 'data/iris.csv',
    digest: parseDigest(`sha256:${createHash('sha256').update('csv').digest('hex')}`),
  }
  await at.doStep(stepRunIds.load!, { step: 'load', gives: [table], filesRead: [read] })
  await at.doStep(stepRunIds.train!, {
    step: 'train',
    params: { C: 1 },
    inputs: [{ name: 'table', digest: table.descriptor.digest }],
    gives: given.proof === false ? [model] : [model, proof],
    metrics: [point('train.accuracy', 0.97)],
  })
  at.finish(runId)
  return { runId, digest: model.descriptor.digest, onnx, native, proof: proof.descriptor.digest }
}

describe('register', () => {
  it('makes a version with its signature, its ONNX proved row by row, and what it came from', async () => {
    const { runId, digest, onnx, native, proof } = await runWith('flowers')
    const version = await models.register(`${runId}:model`, 'Iris flowers')
    expect(version).toMatchObject({
      name: 'Iris flowers',
      version: 1,
      digest,
      runId,
      step: 'train',
      artifact: 'model',
      registeredBy: 'Ada',
      native,
      predictionsDigest: proof,
      aliases: [],
      approval: null,
      onnx: {
        state: 'equal',
        descriptor: onnx,
        parity: { state: 'passed', level: 'model', rows: 150, differences: 0 },
      },
    })
    expect(version.signature?.inputs.map((input) => input.name)).toEqual([
      'petal length',
      'épaisseur',
      'leaves',
      'wild',
      'soil',
    ])
    expect(await models.get('Iris flowers@1')).toEqual(version)
  })

  it('answers the version that is there when the same bytes come under the same name', async () => {
    const { digest } = await runWith('boolean')
    const [first, again] = [await models.register(digest, 'm'), await models.register(digest, 'm')]
    expect(again).toEqual(first)
    expect((await models.register(digest, 'other')).version).toBe(1)
    const second = await runWith('boolean', { native: 'trained anew' })
    expect((await models.register(second.digest, 'm')).version).toBe(2)
    expect((await models.list()).map(({ name, versions }) => [name, versions.map((one) => one.version)])).toEqual([
      ['m', [2, 1]],
      ['other', [1]],
    ])
  })

  it('keeps a model whose ONNX differs, says where, and does not call it equal', async () => {
    const { digest } = await runWith('drifting')
    const { onnx } = await models.register(digest, 'm')
    expect(onnx).toMatchObject({
      state: 'differs',
      parity: { state: 'failed', first: { row: expect.any(Number), column: expect.any(String) } },
    })
  })

  it('says unproved without rows, and absent with the exporter’s reason without ONNX', async () => {
    const unproved = await models.register((await runWith('boolean', { proof: false })).digest, 'unproved')
    expect(unproved.onnx).toMatchObject({ state: 'unproved', reason: expect.stringContaining('no rows') })
    const refused = { onnx: false, summary: { onnxRefusal: 'no converter for IsolationForest' } }
    const absent = await models.register((await runWith('strict', refused)).digest, 'absent')
    expect(absent.onnx).toEqual({ state: 'absent', reason: 'no converter for IsolationForest' })
  })

  it('calls ONNX absent that does not fit its signature, instead of failing', async () => {
    const { signature } = await builtModel('regressor')
    const given = { summary: { signature: signature as unknown as JsonValue } }
    const { onnx } = await models.register((await runWith('strict', given)).digest, 'm')
    expect(onnx).toMatchObject({ state: 'absent', reason: expect.stringMatching(/has no input/) })
  })

  it('reads the signature from the graph when the artifact has none', async () => {
    const { digest } = await runWith('regressor', { summary: { signature: null } })
    expect((await models.register(digest, 'm')).signature).toMatchObject({
      layout: 'tensor',
      inputs: [{ name: 'X', type: 'FP32', shape: [-1, 4] }],
    })
  })

  it('b28-refuses what is no single model: a pickled dict of models, a table', async () => {
    const dict = await at.give('both', 'pickle', {
      kind: 'pickle',
      pythonType: 'builtins.dict',
      runsCodeWhenLoaded: true,
    })
    const table = await at.give('table', 'rows', { kind: 'table', pythonType: 'pandas.DataFrame' })
    const { runId, stepRunIds } = at.startRun(['train'])
    await at.doStep(stepRunIds.train!, { step: 'train', gives: [dict, table] })
    at.finish(runId)
    await expect(models.register('latest:both', 'm')).rejects.toMatchObject({
      code: 'models/notAModel',
      message: expect.stringMatching(/give the chosen model an output of its own/),
    })
    await expect(models.register('latest:table', 'm')).rejects.toMatchObject({ code: 'models/notAModel' })
    expect(await models.list()).toEqual([])
  })

  it.each(['', 'a/b', 'a@1', '-x', 'a\nb', '../x', 'x'.repeat(300), 'a:b', ' x'])(
    'refuses the name %j',
    async (name) => {
      const { digest } = await runWith('boolean', { proof: false })
      await expect(models.register(digest, name)).rejects.toMatchObject({ code: 'models/badName' })
    },
  )
})

describe('references and aliases', () => {
  it('finds by version, alias and name, and refuses what is not there', async () => {
    await models.register((await runWith('boolean', { proof: false })).digest, 'm')
    await models.register((await runWith('boolean', { proof: false, native: 'new' })).digest, 'm')
    expect((await models.alias('m@1', 'champion')).aliases).toEqual(['champion'])
    expect((await models.get('m@champion')).version).toBe(1)
    expect((await models.get('m')).version).toBe(2)
    await models.alias('m', 'champion')
    expect((await models.get('m@champion')).version).toBe(2)
    expect((await models.get('m@1')).aliases).toEqual([])
    for (const missing of ['n', 'm@3', 'm@best', 'm@0', '@1', 'm@'])
      await expect(models.get(missing)).rejects.toMatchObject({ code: 'models/notFound' })
    for (const alias of ['latest', 'v3', '3', 'a b', '']) {
      await expect(models.alias('m', alias)).rejects.toMatchObject({ code: 'models/badName' })
    }
  })
})

describe('approval', () => {
  it('binds to the evidence, which is stored, and opens the door to pushing', async () => {
    const { digest, runId } = await runWith('boolean')
    await models.register(digest, 'm')
    await expect(models.requirePushable('m')).rejects.toMatchObject({
      code: 'models/notApproved',
      message: expect.stringContaining('nobody has approved it'),
    })
    const approval = await models.decide('m', 'approved', 'looked at it')
    expect(approval).toMatchObject({
      state: 'approved',
      by: 'Ada',
      note: 'looked at it',
      modelDigest: digest,
      stale: null,
    })
    const frozen = JSON.parse(await at.store.readText(approval.evidenceDigest)) as Evidence
    expect(frozen).toEqual(JSON.parse(JSON.stringify(await models.evidence('m'))))
    expect(frozen).toMatchObject({
      model: { name: 'm', version: 1, digest },
      run: { id: runId },
      metrics: { 'train.accuracy': 0.97 },
      params: { 'train.C': 1 },
      data: [{ path: 'data/iris.csv', origin: 'the botanical garden', licence: 'CC-BY-4.0' }],
      python: '3.11.7',
      onnx: { state: 'equal' },
    })
    expect(frozen.sources.length).toBeGreaterThan(0)
    expect((await models.get('m')).approval).toEqual(approval)
    expect(await models.requirePushable('m')).toMatchObject({ approvalNode: 'approval:m@1/1', version: { version: 1 } })
  })

  it('is stale, saying what changed, once something that it bound to is another', async () => {
    await models.register((await runWith('boolean')).digest, 'm')
    await models.decide('m', 'approved', 'fine')
    datasets = [{ ...wineTerms, licence: 'LicenseRef-secret' }]
    expect((await models.get('m')).approval?.stale).toBe(
      'the data or the terms of data/iris.csv changed since the decision',
    )
    await expect(models.requirePushable('m')).rejects.toMatchObject({
      code: 'models/notApproved',
      message: expect.stringContaining('data/iris.csv'),
    })
    datasets = [wineTerms]
    await expect(models.requirePushable('m')).resolves.toMatchObject({ approvalNode: 'approval:m@1/1' })
  })

  it('still lists when the terms of the data cannot be read, and says so', async () => {
    await models.register((await runWith('boolean')).digest, 'm')
    await models.decide('m', 'approved', 'fine')
    const { database, store, lineage, runs: queries } = at
    const broken = createModels({
      database,
      store,
      lineage,
      queries,
      worker,
      actor: () => actor,
      datasets: () => Promise.reject(fail('project/notFound', { folder: '/gone' })),
    })
    expect((await broken.list())[0]?.versions[0]?.approval?.stale).toMatch(/cannot be checked: .*\/gone/)
    await expect(broken.requirePushable('m')).rejects.toMatchObject({ code: 'models/notApproved' })
  })

  it('is append-only: the last decision counts, the earlier ones stay', async () => {
    await models.register((await runWith('boolean')).digest, 'm')
    await models.decide('m', 'approved', 'fine')
    actor = 'Grace'
    await models.decide('m', 'rejected', 'biased')
    expect((await models.get('m')).approval).toMatchObject({ state: 'rejected', by: 'Grace', note: 'biased' })
    await expect(models.requirePushable('m')).rejects.toMatchObject({ message: expect.stringContaining('biased') })
    expect(at.database.prepare<{ n: number }>('SELECT count(*) AS n FROM approval').get()?.n).toBe(2)
    expect(() => at.database.prepare("UPDATE approval SET note = ''").run()).toThrow()
  })

  it('is a node downstream of the version, which is downstream of data, source and run', async () => {
    const { digest } = await runWith('boolean')
    await models.register(digest, 'm')
    const { evidenceDigest } = await models.decide('m', 'approved', 'fine')
    const up = at.lineage.walk('approval:m@1/1', 'up')
    const kinds = new Set(up.nodes.map((node) => node.kind))
    expect(kinds).toEqual(
      new Set(['approval', 'modelVersion', 'artifact', 'stepRun', 'run', 'source', 'file', 'environment', 'params']),
    )
    expect(up.nodes.find((node) => node.kind === 'approval')?.digest).toBe(evidenceDigest)
    expect(up.nodes.find((node) => node.kind === 'modelVersion')).toMatchObject({ id: 'modelVersion:m@1', digest })
  })
})

describe('a row to try', () => {
  it('is a recorded one without gaps, in the form of /predict', async () => {
    await models.register((await runWith('flowers')).digest, 'm')
    expect(await models.exampleRow('m')).toEqual({
      'petal length': 1.4,
      épaisseur: 3.5,
      leaves: 0,
      wild: true,
      soil: 'clay',
    })
    await models.register((await runWith('regressor')).digest, 'r')
    expect(await models.exampleRow('r')).toHaveLength(4)
  })

  it('is missed by name where no rows were recorded', async () => {
    await models.register((await runWith('boolean', { proof: false })).digest, 'm')
    await expect(models.exampleRow('m')).rejects.toMatchObject({ code: 'models/noExample' })
  })
})
