import { createHash } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { mediaTypes } from '../domain/descriptor.ts'
import { type Digest, parseDigest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { Approval, Evidence, ModelVersion, OnnxState, RegisteredModel } from '../domain/model.ts'
import type { RecordedPredictions } from '../domain/predictions.ts'
import type { Dataset } from '../domain/project.ts'
import type { Signature } from '../domain/signature.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'
import type { Store } from '../store/store.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import type { RecordedArtifact } from '../tracking/run-records.ts'
import { checkOnnx, readPredictions } from './check-onnx.ts'
import { collectEvidence, describeEvidenceChange } from './evidence.ts'
import { toExampleRow } from './example-row.ts'
import { readModelArtifact } from './model-artifact.ts'
import { parseAlias, parseModelName, toModelReference } from './model-reference.ts'
import { createModelStore, type StoredApproval, type StoredVersion } from './model-store.ts'
import type { ModelWorker } from './run-model-worker.ts'
import { signatureFromOnnx } from './signature-from-onnx.ts'

export type ModelsOptions = {
  readonly database: Database
  readonly store: Store
  readonly lineage: LineageStore
  readonly queries: RunQueries
  readonly worker: ModelWorker
  /** Who acts, for the record. */
  readonly actor: () => string
  /** The datasets that the project declares, with their terms. */
  readonly datasets: () => Promise<readonly Dataset[]>
  readonly now?: () => Date
}

/** Registered models: MODEL is `name@VERSION`, `name@ALIAS` or `name` (its newest version). */
export type Models = {
  list(): Promise<readonly RegisteredModel[]>
  /** `artifact` is a digest or `RUN:NAME`. The same bytes under the same name answer the version that is there. */
  register(artifact: string, name: string): Promise<ModelVersion>
  get(model: string): Promise<ModelVersion>
  evidence(model: string): Promise<Evidence>
  decide(model: string, state: 'approved' | 'rejected', note: string): Promise<Approval>
  alias(model: string, alias: string): Promise<ModelVersion>
  /** The approved version and the lineage node of its approval. @throws models/notApproved */
  requirePushable(model: string): Promise<{ readonly version: ModelVersion; readonly approvalNode: string }>
  /** The rows that prove a version; null when there are none. */
  predictions(model: string): Promise<RecordedPredictions | null>
  /** A recorded row, as /predict takes it. @throws models/noExample */
  exampleRow(model: string): Promise<JsonValue>
}

export function createModels(options: ModelsOptions): Models {
  const { database, store, lineage, queries, worker } = options
  const rows = createModelStore(database)
  const now = () => (options.now?.() ?? new Date()).toISOString()

  function find(model: string): StoredVersion {
    const found = rows.find(toModelReference(model))
    if (found === null) throw fail('models/notFound', { model })
    return found
  }

  async function complete(version: StoredVersion): Promise<ModelVersion> {
    const { number, ...rest } = version
    const approval = rows.latestApproval(number)
    return {
      ...rest,
      aliases: rows.aliases(version.name, version.version),
      approval: approval && (await judge(version, approval)),
    }
  }

  async function collect(version: StoredVersion): Promise<Evidence> {
    return collectEvidence({
      version,
      detail: queries.get(version.runId),
      candidates: queries.candidatesOf(version.runId),
      datasets: await options.datasets(),
    })
  }

  /**
   * A decision holds while the evidence, collected anew, has the digest that it was bound to. What cannot be
   * collected or compared proves nothing, so the decision is stale then too, and the list of models still opens.
   */
  async function judge(version: StoredVersion, { number: _, ...approval }: StoredApproval): Promise<Approval> {
    try {
      const evidence = await collect(version)
      if (digestOfText(canonicalJson(evidence)) === approval.evidenceDigest) return { ...approval, stale: null }
      const then = JSON.parse(await store.readText(approval.evidenceDigest)) as Evidence
      return { ...approval, stale: describeEvidenceChange(then, evidence) ?? 'the evidence changed since the decision' }
    } catch (error) {
      if (!isFailure(error)) throw error
      return { ...approval, stale: `its evidence cannot be checked: ${error.message}` }
    }
  }

  async function register(reference: string, wantedName: string): Promise<ModelVersion> {
    const name = parseModelName(wantedName)
    const artifact = queries.findArtifact(reference)
    const known = rows.findByDigest(name, artifact.descriptor.digest)
    if (known) return complete(known)
    const examined = await examine(artifact, reference)
    const { digest } = artifact.descriptor
    const registeredAt = now()
    database.transaction(() => {
      if (rows.findByDigest(name, digest)) return
      const version = rows.nextVersion(name)
      rows.insert({
        name,
        version,
        digest,
        runId: artifact.runId,
        step: artifact.step,
        artifact: artifact.name,
        pythonType: artifact.pythonType,
        registeredAt,
        registeredBy: options.actor(),
        ...examined,
      })
      const id = lineageIds.modelVersion(name, version)
      const label = `${name}@${version}`
      lineage.record(
        [{ id, kind: 'modelVersion', digest, name: label, at: registeredAt, runId: artifact.runId }],
        [digest, ...(examined.predictionsDigest ? [examined.predictionsDigest] : [])].map((cause) => ({
          from: lineageIds.artifact(cause),
          to: id,
          kind: 'used' as const,
        })),
      )
    })
    return complete(rows.findByDigest(name, digest) as StoredVersion)
  }

  async function examine(
    artifact: RecordedArtifact,
    reference: string,
  ): Promise<Pick<ModelVersion, 'native' | 'signature' | 'onnx' | 'predictionsDigest'>> {
    const model = readModelArtifact(artifact, reference)
    const proof = queries.predictionsOf(artifact.descriptor.digest)[0] ?? null
    const predictionsDigest = proof?.descriptor.digest ?? null
    const { native, onnx } = model
    if (onnx === null) return { native, predictionsDigest, signature: model.signature, onnx: absent(model.onnxRefusal) }
    const signature: Signature | null =
      model.signature ?? signatureFromOnnx(await worker.inspect(store.pathOf(onnx.digest)))
    const predictions = predictionsDigest && (await readPredictions(store, predictionsDigest))
    const checked = await checkOnnx({ store, worker, descriptor: onnx, signature, predictions, at: now() })
    return { native, predictionsDigest, signature, onnx: checked }
  }

  async function decide(model: string, state: Approval['state'], note: string): Promise<Approval> {
    const version = find(model)
    const { digest: evidenceDigest } = await store.putBytes(canonicalJson(await collect(version)), mediaTypes.json)
    const { digest: modelDigest } = version
    const approval = { state, by: options.actor(), at: now(), note, modelDigest, evidenceDigest }
    database.transaction(() => {
      const number = rows.insertApproval(version.number, approval)
      const id = approvalNode(version, number)
      const label = `${state} by ${approval.by}`
      lineage.record(
        [{ id, kind: 'approval', digest: evidenceDigest, name: label, at: approval.at, runId: version.runId }],
        [{ from: lineageIds.modelVersion(version.name, version.version), to: id, kind: 'used' }],
      )
    })
    return { ...approval, stale: null }
  }

  async function requirePushable(model: string) {
    const stored = find(model)
    const version = await complete(stored)
    const label = `${version.name}@${version.version}`
    const { approval } = version
    const refuse = (reason: string) => fail('models/notApproved', { model: label, reason })
    if (approval === null) throw refuse('nobody has approved it')
    if (approval.state === 'rejected') throw refuse(`it was rejected by ${approval.by} (${approval.note})`)
    if (approval.stale !== null) throw refuse(`its approval is stale: ${approval.stale}`)
    const number = (rows.latestApproval(stored.number) as StoredApproval).number
    return { version, approvalNode: approvalNode(stored, number) }
  }

  async function predictions(model: string): Promise<RecordedPredictions | null> {
    const { predictionsDigest } = find(model)
    return predictionsDigest && (await readPredictions(store, predictionsDigest))
  }

  return {
    async list() {
      const versions = await Promise.all(rows.list().map(complete))
      const names = [...new Set(versions.map((version) => version.name))]
      return names.map((name) => ({ name, versions: versions.filter((version) => version.name === name).reverse() }))
    },
    register,
    get: async (model) => complete(find(model)),
    evidence: async (model) => collect(find(model)),
    decide,
    async alias(model, alias) {
      const version = find(model)
      rows.setAlias(version.name, parseAlias(alias), version.version)
      return complete(version)
    },
    requirePushable,
    predictions,
    async exampleRow(model) {
      const version = find(model)
      const row = toExampleRow(await predictions(model), version.signature)
      if (row === null) throw fail('models/noExample', { model: `${version.name}@${version.version}` })
      return row
    },
  }
}

function absent(reason: string): OnnxState {
  return { state: 'absent', reason }
}

function approvalNode(version: StoredVersion, number: number): string {
  return lineageIds.approval(`${version.name}@${version.version}/${number}`)
}

function digestOfText(text: string): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
}
