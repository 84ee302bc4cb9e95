import { type Descriptor, ociMediaTypes } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { BuildPlan } from '../domain/image.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Store } from '../store/store.ts'
import type { FrozenLayer } from './base.ts'
import { imagePaths } from './layer-contents.ts'
import {
  isIndex,
  isManifest,
  type OciConfig,
  type OciManifest,
  parseConfig,
  parseManifest,
  toOciDescriptor,
} from './oci-manifest.ts'
import { servedPort } from './plan-image.ts'
import { parsePlatform } from './platform.ts'

/** No clock: the same parts give the same image on every day. */
const epoch = '1970-01-01T00:00:00Z'

export type WrittenImage = { readonly manifest: Descriptor; readonly imageId: Digest }

/** Config and manifest of a planned image whose layers are in the store, bottom first. */
export async function writeImage(
  store: Store,
  plan: BuildPlan,
  layers: readonly FrozenLayer[],
  baseEnvironment: readonly string[],
): Promise<WrittenImage> {
  const configBytes = canonicalJson(toConfig(plan, layers, baseEnvironment))
  const config = await store.putBytes(configBytes, ociMediaTypes.config)
  const manifestBytes = canonicalJson({
    schemaVersion: 2,
    mediaType: ociMediaTypes.manifest,
    config: toOciDescriptor(config),
    layers: layers.map(({ descriptor }) => toOciDescriptor(descriptor)),
    annotations: plan.labels,
  })
  return { manifest: await store.putBytes(manifestBytes, ociMediaTypes.manifest), imageId: config.digest }
}

function toConfig(plan: BuildPlan, layers: readonly FrozenLayer[], baseEnvironment: readonly string[]): OciConfig {
  const { os, architecture } = parsePlatform(plan.platform)
  return {
    created: epoch,
    os,
    architecture,
    config: {
      User: plan.user,
      Entrypoint: plan.entrypoint,
      WorkingDir: '/',
      Env: mergeEnvironment(baseEnvironment, {
        HOME: '/tmp',
        NODE_ENV: 'production',
        PORT: String(servedPort),
        SLIPWAY_MODEL: `/${imagePaths.model}`,
      }),
      ExposedPorts: { [`${servedPort}/tcp`]: {} },
      Labels: plan.labels,
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: plan.layers.map(({ name }) => ({ created: epoch, created_by: `slipway: ${name}` })),
  }
}

/** Ours win; of the base's only what programs look each other up by is kept. */
function mergeEnvironment(base: readonly string[], own: Readonly<Record<string, string>>): readonly string[] {
  const kept = base.filter((entry) => /^(PATH|LANG|LC_ALL|SSL_CERT_FILE|LD_LIBRARY_PATH)=/.test(entry))
  return [...kept, ...Object.entries(own).map(([name, value]) => `${name}=${value}`)].sort()
}

/** An image of the store, read and checked. @throws images/manifestInvalid, store/blobHurt, store/blobMissing */
export async function readImage(
  store: Store,
  manifestDigest: Digest,
): Promise<{ readonly manifest: OciManifest; readonly config: OciConfig; readonly layers: readonly FrozenLayer[] }> {
  const manifest = parseManifest(await store.readBytes(manifestDigest), manifestDigest)
  if ('manifests' in manifest)
    throw fail('images/manifestInvalid', { source: manifestDigest, problem: 'it is an index, not one image' })
  const config = parseConfig(await store.readBytes(manifest.config.digest), manifestDigest)
  return { manifest, config, layers: pairLayers(manifest, config, manifestDigest) }
}

/** @throws images/manifestInvalid when the two files disagree */
export function pairLayers(manifest: OciManifest, config: OciConfig, source: string): readonly FrozenLayer[] {
  if (manifest.layers.length !== config.rootfs.diff_ids.length)
    throw fail('images/manifestInvalid', {
      source,
      problem: `its manifest names ${manifest.layers.length} layers, its config ${config.rootfs.diff_ids.length}`,
    })
  return manifest.layers.map((layer, i) => ({
    descriptor: { mediaType: toOciLayerType(layer.mediaType), digest: layer.digest, sizeBytes: layer.size },
    diffId: config.rootfs.diff_ids[i] as Digest,
  }))
}

/** The same bytes under OCI's name. */
export function toOciLayerType(mediaType: string): string {
  if (mediaType.endsWith('.zstd') || mediaType.endsWith('+zstd')) return ociMediaTypes.layerZstd
  if (mediaType.endsWith('.gzip') || mediaType.endsWith('+gzip')) return ociMediaTypes.layerGzip
  return ociMediaTypes.layer
}

/** Whether a media type is one that `parseManifest` reads. */
export function isReadable(mediaType: string): boolean {
  return isIndex(mediaType) || isManifest(mediaType)
}
