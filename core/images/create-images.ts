import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { Database } from '../database/database.ts'
import { ociMediaTypes } from '../domain/descriptor.ts'
import { fail } from '../domain/failure.ts'
import type { BuildPlan, EngineStatus, Image, Push, Serving } from '../domain/image.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'
import type { Parity } from '../domain/parity.ts'
import type { LineageStore } from '../lineage/lineage.ts'
import type { Models } from '../models/create-models.ts'
import type { ProjectSettings } from '../project/project-settings.ts'
import type { Store } from '../store/store.ts'
import { type BuildOrder, type BuildTools, buildImage, prepareBuild } from './build-image.ts'
import { createDockerEngine, type Engine } from './docker-engine.ts'
import { recordImageLineage, recordPushLineage } from './image-lineage.ts'
import { createImageStore } from './image-store.ts'
import type { ImageParts } from './layer-contents.ts'
import { createLayerShelf } from './layer-shelf.ts'
import { createLayerStore } from './layer-store.ts'
import { createLayers } from './layers.ts'
import { createMaterialised } from './materialise.ts'
import { createBaseOpener } from './open-base.ts'
import { openDoor, tagOf } from './open-door.ts'
import { type ParityLevel, proveParity } from './prove-parity.ts'
import { requireLicences, requireShippable } from './push-rules.ts'
import { pushToRegistry, toRegistryOptions } from './push-to-registry.ts'
import { parseReference } from './reference.ts'
import { createEmbeddedRegistry } from './registry.ts'
import { readTrustedRealms, type TrustedRealms } from './registry-hosts.ts'
import { saveImage } from './save-image.ts'
import { createServings } from './servings.ts'

export type ImagesOptions = {
  readonly database: Database
  readonly store: Store
  readonly lineage: LineageStore
  readonly models: Pick<Models, 'get' | 'evidence' | 'requirePushable' | 'predictions' | 'exampleRow'>
  /** Relative paths of bases and saved files start here. */
  readonly projectFolder: string
  /** Tells this project's containers from those of others. */
  readonly projectKey: string
  readonly settings: () => Promise<Pick<ProjectSettings, 'image' | 'registry'>>
  readonly parts: ImageParts
  /** Where big layers are kept for all projects of this computer; null keeps none. */
  readonly sharedLayersFolder: string | null
  readonly actor: () => string
  readonly trustedRealms?: TrustedRealms | undefined
  readonly engine?: Engine | undefined
  readonly now?: (() => Date) | undefined
}

/** How a long one tells where it stands and hears that it shall end. */
export type LongCall = { readonly report: ReportProgress; readonly signal?: AbortSignal | undefined }

export type ImageBuild = {
  readonly model: string
  readonly runtime?: 'auto' | 'onnx' | 'python' | undefined
  readonly base?: string | undefined
  readonly platform?: string | undefined
}

export type ImagePush = {
  readonly plainHttp?: boolean | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly acknowledgeUnstatedLicence?: boolean | undefined
}

export type Images = {
  plan(request: ImageBuild): Promise<BuildPlan>
  /** Builds, then compares. A parity that fails is an answer, not an error. */
  build(request: ImageBuild, call: LongCall): Promise<Image>
  parity(image: string, level: ParityLevel, call: LongCall): Promise<Parity>
  list(): readonly Image[]
  get(image: string): Image
  save(image: string, file: string, format: 'docker' | 'oci', call: LongCall): Promise<{ readonly sizeBytes: number }>
  push(image: string, reference: string, options: ImagePush, call: LongCall): Promise<Push>
  engine(): Promise<EngineStatus>
  serve(
    image: string,
    options: { readonly engine: 'auto' | 'docker' | 'process'; readonly port?: number | undefined },
    call: LongCall,
  ): Promise<Serving>
  servings(): readonly Serving[]
  stopServing(id: string): Promise<void>
  watchServings(emit: (servings: readonly Serving[]) => void): () => void
  tryPredict(id: string, body: JsonValue): Promise<{ status: number; body: JsonValue; durationMs: number }>
  exampleRow(model: string): Promise<JsonValue>
  readonly registry: {
    start(port?: number): Promise<{ readonly url: string }>
    default(): Promise<{ readonly reference: string; readonly embedded: boolean }>
  }
  /** Ends servings and the registry; resolves when nothing of them is left. */
  close(): Promise<void>
}

/** The images and the registry of one open project. */
export function createImages(options: ImagesOptions): Images {
  const { database, store, lineage, models } = options
  const now = options.now ?? (() => new Date())
  const trustedRealms = options.trustedRealms ?? readTrustedRealms(process.env.SLIPWAY_TRUSTED_REALMS)
  const rows = createImageStore(database)
  const layerRows = createLayerStore(database)
  const shelf = options.sharedLayersFolder === null ? null : createLayerShelf(options.sharedLayersFolder)
  const materialised = createMaterialised(store)
  const servings = createServings(now)
  const engine = options.engine ?? createDockerEngine()
  const doors = { store, engine, materialised, project: options.projectKey }
  const building: BuildTools = {
    store,
    layers: createLayers(store, layerRows, shelf),
    parts: options.parts,
    openBase: createBaseOpener(
      store,
      (host) => toRegistryOptions(host, trustedRealms),
      (path) => resolve(options.projectFolder, path),
    ),
    now,
  }
  const embedded = createEmbeddedRegistry({
    store,
    /** What comes in from outside may carry a model of this project no sooner than our own push may. */
    async allowManifest(_, manifest) {
      const parts = 'layers' in manifest ? [manifest.config, ...manifest.layers] : []
      for (const image of rows.findCarrying(parts.map(({ digest }) => digest)))
        await requireShippable(image, rows.newestProof(image.manifestDigest), models.requirePushable)
    },
  })
  // Containers of an earlier process that was killed. An engine that cannot be asked now has none of ours to show.
  const cleaned = engine.removeLeftovers(options.projectKey).catch(() => 0)

  async function toOrder(request: ImageBuild): Promise<BuildOrder> {
    const { image } = await options.settings()
    const [model, evidence] = await Promise.all([models.get(request.model), models.evidence(request.model)])
    return {
      model,
      evidence,
      runtime: request.runtime ?? image.runtime,
      base: request.base ?? image.base,
      platform: request.platform ?? image.platform,
    }
  }

  function requireWritable(): void {
    if (database.readOnly) throw fail('database/readOnly', { reason: database.readOnly.message })
  }

  async function prove(image: Image, level: ParityLevel, { report, signal }: LongCall): Promise<Parity> {
    const name = `${image.model.name}@${image.model.version}`
    const [version, recorded] = await Promise.all([models.get(name), models.predictions(name)])
    const parity = await proveParity(doors, { image, version, recorded, level, report, signal, now })
    rows.recordParity(image.manifestDigest, parity)
    return parity
  }

  async function build(request: ImageBuild, call: LongCall): Promise<Image> {
    requireWritable()
    const order = await toOrder(request)
    const { image, base } = await buildImage(building, order, call)
    const { repository, tag } = tagOf(image)
    const sizeBytes = store.sizeOf(image.manifestDigest) as number
    const descriptor = { mediaType: ociMediaTypes.manifest, digest: image.manifestDigest, sizeBytes }
    await store.setReference({ name: `${repository}:${tag}`, descriptor })
    database.transaction(() => {
      rows.record(image)
      recordImageLineage(lineage, image, base, order.model.runId)
    })
    await prove(rows.findByManifest(image.manifestDigest) as Image, 'auto', call)
    return rows.findByManifest(image.manifestDigest) as Image
  }

  async function push(reference: string, target: string, wanted: ImagePush, call: LongCall): Promise<Push> {
    requireWritable()
    const image = rows.find(reference)
    const name = `${image.model.name}@${image.model.version}`
    call.report({ phase: 'rules', fact: name })
    parseReference(target)
    const { approvalNode } = await requireShippable(
      image,
      rows.newestProof(image.manifestDigest),
      models.requirePushable,
    )
    requireLicences(await models.evidence(name), wanted.acknowledgeUnstatedLicence === true)
    const parts = { store, embedded, trustedRealms, knownRepositories }
    const result = await pushToRegistry(parts, { ...wanted, ...call, image, reference: target })
    const pushed: Push = { ...result, pushedAt: now().toISOString(), pushedBy: options.actor() }
    const { runId } = await models.get(name)
    database.transaction(() => {
      rows.recordPush(image.manifestDigest, pushed)
      recordPushLineage(lineage, pushed, approvalNode, runId)
    })
    return pushed
  }

  function knownRepositories(registry: string): readonly string[] {
    const pushed = rows.list().flatMap(({ pushes }) => pushes.map(({ reference }) => parseReference(reference)))
    return [...new Set(pushed.filter(({ host }) => host === registry).map(({ repository }) => repository))]
  }

  return {
    plan: async (request) => (await prepareBuild(building, await toOrder(request))).plan,
    build,
    parity(image, level, call) {
      requireWritable()
      return prove(rows.find(image), level, call)
    },
    list: rows.list,
    get: rows.find,
    save(reference, file, format, { report, signal }) {
      const image = rows.find(reference)
      report({ phase: 'write', fact: file })
      return saveImage(store, image, tagOf(image), { file: resolve(options.projectFolder, file), format, signal })
    },
    push,
    engine: () => engine.status(),
    async serve(reference, { engine: wanted, port = 0 }, { report, signal }) {
      await cleaned
      const image = rows.find(reference)
      return servings.add(image, await openDoor(doors, image, { engine: wanted, port, report, signal }))
    },
    servings: servings.list,
    stopServing: servings.stop,
    watchServings: servings.watch,
    tryPredict: servings.tryPredict,
    exampleRow: models.exampleRow,
    registry: {
      start: async (port = preferredPort(options.projectKey)) => ({ url: (await embedded.start(port)).url }),
      async default() {
        const { registry } = await options.settings()
        if (registry.default !== 'embedded') return { reference: registry.default, embedded: false }
        const { host } = await embedded.start(preferredPort(options.projectKey))
        return { reference: host, embedded: true }
      },
    },
    async close() {
      await Promise.all([servings.close(), embedded.stop()])
      await materialised.close()
    },
  }
}

/** The same project has the same port when it is free, so that a reference of yesterday leads somewhere today. */
function preferredPort(projectKey: string): number {
  return 20_000 + (createHash('sha256').update(projectKey).digest().readUInt32BE(0) % 12_000)
}
