import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { BuildPlan, Image } from '../domain/image.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Evidence, ModelVersion } from '../domain/model.ts'
import type { ServedModel } from '../domain/served-model.ts'
import type { Store } from '../store/store.ts'
import { type Base, type FrozenLayer, parseBase } from './base.ts'
import { openHostBase } from './base-host.ts'
import { fromFile } from './file-content.ts'
import {
  appContents,
  dependencyContents,
  dependencyPrograms,
  type ImageParts,
  type LayerContents,
  modelContents,
  runtimeContents,
} from './layer-contents.ts'
import type { Layers } from './layers.ts'
import { writeImage } from './oci-layout.ts'
import { type BuildFacts, planImage } from './plan-image.ts'
import { type Platform, parsePlatform } from './platform.ts'

/** What to build: the model with its evidence, and where it is to run. */
export type BuildOrder = {
  readonly model: ModelVersion
  readonly evidence: Evidence
  readonly runtime: 'auto' | 'onnx' | 'python'
  readonly base: string
  readonly platform: string
}

/** Opens a base that is not the host's. */
export type OpenBase = (
  text: string,
  platform: Platform,
  programs: readonly string[],
  signal?: AbortSignal | undefined,
) => Promise<Base>

export type BuildTools = {
  readonly store: Store
  readonly layers: Layers
  readonly parts: ImageParts
  readonly openBase: OpenBase
  readonly now: () => Date
}

/** `base` is what the base is known by: its manifest, or the bytes of the host's. */
export type BuiltImage = { readonly image: Omit<Image, 'parity' | 'pushes'>; readonly base: Digest | null }

type PreparedBuild = { readonly facts: BuildFacts; readonly plan: BuildPlan }

/** Reads what a build would take; writes nothing but a base image that had to be fetched. */
export async function prepareBuild(
  { store, layers, parts, openBase }: BuildTools,
  order: BuildOrder,
  signal?: AbortSignal,
): Promise<PreparedBuild> {
  const { model, evidence } = order
  const name = `${model.name}@${model.version}`
  if (order.runtime === 'python') throw fail('images/pythonRuntimeAbsent', { model: name })
  refuseUnequalOnnx(model)
  const platform = parsePlatform(order.platform)
  const programs = [parts.nodeFile, ...dependencyPrograms(parts, platform)]
  const [runtime, dependencies, app] = await Promise.all([
    runtimeContents(parts, platform),
    dependencyContents(parts, platform),
    appContents(parts),
  ])
  const base =
    parseBase(order.base).kind === 'host'
      ? await openHostBase(programs, platform)
      : await openBase(order.base, platform, programs, signal)
  const served = toServedModel(model, evidence)
  const onnx = await fromFile(store.pathOf(served.onnxDigest))
  const contents: readonly LayerContents[] = [
    ...(base.contents ? [base.contents] : []),
    runtime,
    dependencies,
    modelContents(served, onnx),
    app,
  ]
  const facts: BuildFacts = {
    model: { name: model.name, version: model.version, digest: model.digest },
    reason:
      order.runtime === 'onnx'
        ? 'asked for'
        : 'the ONNX export answers as the native model does, and needs no Python to run',
    base,
    platform,
    layers: await Promise.all(
      contents.map(async (layer) => ({ contents: layer, frozen: layers.find(await layers.keyOf(layer)) })),
    ),
    lockDigest: evidence.lockDigest,
    licences: [...new Set(evidence.data.flatMap(({ licence }) => licence ?? []))].sort(),
  }
  return { facts, plan: planImage(facts) }
}

/** Builds what `prepareBuild` planned. The same order on the same files gives the same manifest digest. */
export async function buildImage(
  tools: BuildTools,
  order: BuildOrder,
  { report, signal }: { readonly report: ReportProgress; readonly signal?: AbortSignal | undefined },
): Promise<BuiltImage> {
  const { store, layers, now } = tools
  report({ phase: 'plan', fact: `${order.model.name}@${order.model.version}` })
  const { facts, plan } = await prepareBuild(tools, order, signal)
  const frozen: FrozenLayer[] = [...facts.base.layers]
  const total = plan.layers.reduce((sum, { sizeBytes, cached }) => sum + (cached ? 0 : sizeBytes), 0)
  let done = 0
  for (const { contents, frozen: before } of facts.layers) {
    signal?.throwIfAborted()
    const fact = before ? `${contents.name} (cached)` : contents.name
    report({ phase: 'layers', done, total, unit: 'bytes', fact })
    const onBytes = (bytes: number) => {
      done += bytes
      report({ phase: 'layers', done: Math.min(done, total), total, unit: 'bytes', fact })
    }
    frozen.push(before ?? (await layers.freeze(contents, { signal, onBytes })))
  }
  report({ phase: 'manifest', fact: null })
  const { manifest, imageId } = await writeImage(store, plan, frozen, facts.base.environment)
  const image = {
    manifestDigest: manifest.digest,
    imageId,
    platform: plan.platform,
    runtime: 'onnx' as const,
    sizeBytes: frozen.reduce((sum, { descriptor }) => sum + descriptor.sizeBytes, 0),
    layers: frozen.map(({ descriptor, diffId }, i) => ({
      ...descriptor,
      diffId,
      name: plan.layers[i]?.name ?? ('base' as const),
    })),
    model: plan.model,
    base: plan.base.name,
    builtAt: now().toISOString(),
  }
  return { image, base: plan.base.digest ?? frozen[0]?.diffId ?? null }
}

/** @throws images/onnxRefused with the first row that differs */
function refuseUnequalOnnx(model: ModelVersion): void {
  const name = `${model.name}@${model.version}`
  const { onnx } = model
  if (onnx.state === 'absent') throw fail('images/onnxRefused', { model: name, reason: onnx.reason, first: null })
  if (onnx.state === 'differs')
    throw fail('images/onnxRefused', {
      model: name,
      reason: `the export differs from the native model at ${onnx.parity.differences} places`,
      first: onnx.parity.first,
    })
  if (model.signature === null)
    throw fail('images/onnxRefused', { model: name, reason: 'its inputs and outputs are not known', first: null })
}

/**
 * What `GET /lineage` of the container answers: everything that made the model, by digest. No run id, no times and no
 * machine, so that two people who build the same model get the same image.
 */
function toServedModel(model: ModelVersion, evidence: Evidence): ServedModel {
  if (model.onnx.state === 'absent' || model.signature === null) throw new Error('refused before')
  const lineage = {
    model: { name: model.name, version: model.version, digest: model.digest, pythonType: model.pythonType },
    sources: evidence.sources,
    data: evidence.data,
    params: evidence.params,
    metrics: evidence.metrics,
    lockDigest: evidence.lockDigest,
    python: evidence.python,
  }
  return {
    format: 1,
    name: model.name,
    version: model.version,
    digest: model.digest,
    onnxDigest: model.onnx.descriptor.digest,
    signature: model.signature,
    lineage: JSON.parse(JSON.stringify(lineage)) as JsonValue,
  }
}
