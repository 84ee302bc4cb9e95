import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Database } from '../../core/database/database.ts'
import { openProjectDatabase } from '../../core/database/open-database.ts'
import { mediaTypes } from '../../core/domain/descriptor.ts'
import { type Digest, parseDigest } from '../../core/domain/digest.ts'
import { exactJson, parseExactJson } from '../../core/domain/exact-json.ts'
import { fail } from '../../core/domain/failure.ts'
import type { Evidence, ModelVersion } from '../../core/domain/model.ts'
import type { RecordedPredictions } from '../../core/domain/predictions.ts'
import { createImages, type Images, type ImagesOptions } from '../../core/images/create-images.ts'
import { createDockerEngine } from '../../core/images/docker-engine.ts'
import { createLayerShelf } from '../../core/images/layer-shelf.ts'
import { createLayerStore } from '../../core/images/layer-store.ts'
import { createLayers } from '../../core/images/layers.ts'
import { buildServingBundle } from '../../core/images/serving-bundle.ts'
import { type LineageStore, lineageIds } from '../../core/lineage/lineage.ts'
import { createLineageStore } from '../../core/lineage/lineage-store.ts'
import { createStore } from '../../core/store/create-store.ts'
import type { Store } from '../../core/store/store.ts'
import { type BuiltModelName, builtModel } from './built-models.ts'

const repository = resolve(import.meta.dirname, '../..')

export type ImageProject = {
  readonly folder: string
  readonly slipwayFolder: string
  readonly database: Database
  readonly store: Store
  readonly lineage: LineageStore
  remove(): void
}

/** A project's records and store in a fresh folder, without its runs. */
export async function createImageProject(): Promise<ImageProject> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-images-'))
  const slipwayFolder = join(folder, '.slipway')
  const database = openProjectDatabase(slipwayFolder)
  const store = await createStore(join(slipwayFolder, 'store'))
  return {
    folder,
    slipwayFolder,
    database,
    store,
    lineage: createLineageStore(database),
    remove() {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What an installation brings for images, the server bundled from its source. */
export async function imageParts() {
  const servingBundleFile = join(repository, '.cache', 'test-serving', `${process.pid}`, 'server.mjs')
  await buildServingBundle(join(repository, 'core/serving/server.ts'), servingBundleFile)
  return {
    nodeFile: join(repository, 'node_modules/node/bin/node'),
    nodeModulesFolder: join(repository, 'node_modules'),
    servingBundleFile,
  }
}

/** Layers of Node and ONNX Runtime are compressed once for all tests. */
export const layerShelf = createLayerShelf(join(repository, '.cache', 'test-layers'))

export function layersOf(project: ImageProject) {
  return createLayers(project.store, createLayerStore(project.database), layerShelf)
}

/** A real fitted model, put into the project as if it had been registered. */
export async function putModel(
  project: ImageProject,
  built: BuiltModelName,
  change: Partial<ModelVersion> = {},
): Promise<{ readonly model: ModelVersion; readonly evidence: Evidence }> {
  const made = await builtModel(built)
  const bytes = await readFile(made.onnxFile)
  const descriptor = await project.store.putBytes(bytes, mediaTypes.onnx)
  const predictions = await project.store.putBytes(exactJson(made.predictions), mediaTypes.oldPredictions)
  const digest = `sha256:${createHash('sha256').update('native').update(bytes).digest('hex')}` as Digest
  const lockDigest = parseDigest(`sha256:${'1'.repeat(64)}`)
  const model: ModelVersion = {
    name: built,
    version: 1,
    digest,
    runId: 'run-1',
    step: 'train',
    artifact: 'model',
    pythonType: 'sklearn.pipeline.Pipeline',
    registeredAt: '2026-01-01T00:00:00.000Z',
    registeredBy: 'tester',
    signature: made.signature,
    onnx: { state: 'unproved', descriptor, reason: 'not compared in this test' },
    native: descriptor,
    predictionsDigest: predictions.digest,
    aliases: [],
    approval: null,
    ...change,
  }
  insertModel(project.database, model)
  project.lineage.record(
    [
      {
        id: lineageIds.modelVersion(model.name, model.version),
        kind: 'modelVersion',
        digest,
        name: `${model.name}@${model.version}`,
        at: model.registeredAt,
      },
    ],
    [],
  )
  return {
    model,
    evidence: {
      model: { name: model.name, version: model.version, digest },
      run: { id: model.runId, startedAt: '2026-01-01T00:00:00.000Z', gitCommit: null },
      metrics: { 'evaluation.accuracy': 0.97 },
      params: { 'train.C': 1 },
      sources: [{ path: 'pipeline.py', digest: parseDigest(`sha256:${'2'.repeat(64)}`) }],
      data: [
        {
          path: 'data/flowers.csv',
          digest: parseDigest(`sha256:${'3'.repeat(64)}`),
          origin: 'scikit-learn',
          licence: 'BSD-3-Clause',
        },
      ],
      lockDigest,
      python: '3.11.2',
      signature: model.signature,
      onnx: model.onnx,
    },
  }
}

function insertModel(database: Database, model: ModelVersion): void {
  database
    .prepare(`INSERT INTO run (id, state, started_at) VALUES ($id, 'completed', $at) ON CONFLICT (id) DO NOTHING`)
    .run({ id: model.runId, at: model.registeredAt })
  database
    .prepare(`
      INSERT INTO model_version (name, version, digest, run, detail)
      VALUES ($name, $version, $digest, (SELECT number FROM run WHERE id = $run), $detail)`)
    .run({
      name: model.name,
      version: model.version,
      digest: model.digest,
      run: model.runId,
      detail: JSON.stringify(model),
    })
}

export type PutModel = Awaited<ReturnType<typeof putModel>>

/** The door to registered models, over what was put; approvals are given by adding to `approved`. */
export function modelsOf(
  project: ImageProject,
  put: readonly PutModel[],
  approved: Set<string>,
): ImagesOptions['models'] {
  const find = (reference: string) => {
    const found = put.find(({ model }) => [model.name, `${model.name}@${model.version}`].includes(reference))
    if (!found) throw fail('models/notFound', { model: reference })
    return found
  }
  const predictions = async (reference: string) => {
    const { predictionsDigest } = find(reference).model
    return (predictionsDigest && parseExactJson(await project.store.readText(predictionsDigest))) as RecordedPredictions
  }
  return {
    get: async (reference) => find(reference).model,
    evidence: async (reference) => find(reference).evidence,
    predictions,
    async exampleRow(reference) {
      const { inputs } = await predictions(reference)
      return Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, values[0] ?? null]))
    },
    async requirePushable(reference) {
      const { model } = find(reference)
      if (!approved.has(model.name))
        throw fail('models/notApproved', { model: reference, reason: 'nobody has approved it' })
      const approvalNode = lineageIds.approval(`${model.name}@${model.version}/1`)
      project.lineage.record([{ id: approvalNode, kind: 'approval', digest: null, name: 'approved', at: null }], [])
      return { version: model, approvalNode }
    },
  }
}

export async function imagesOf(
  project: ImageProject,
  models: ImagesOptions['models'],
  change: Partial<ImagesOptions> = {},
): Promise<Images> {
  return createImages({
    database: project.database,
    store: project.store,
    lineage: project.lineage,
    models,
    projectFolder: project.folder,
    projectKey: `test-${project.folder.slice(-6).toLowerCase()}`,
    settings: async () => ({
      image: { runtime: 'auto', base: 'auto', platform: 'linux/amd64' },
      registry: { default: 'embedded' },
    }),
    parts: await imageParts(),
    sharedLayersFolder: join(repository, '.cache', 'test-layers'),
    actor: () => 'tester',
    ...change,
  })
}

/** An engine that is not there. */
export const absentEngine = createDockerEngine({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })

export const quietly = { report: () => undefined }
