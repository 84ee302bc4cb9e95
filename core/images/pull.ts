import { type Descriptor, ociMediaTypes } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { Store } from '../store/store.ts'
import type { FrozenLayer } from './base.ts'
import { choosePlatform } from './choose-platform.ts'
import { pairLayers } from './oci-layout.ts'
import { type OciConfig, type OciDescriptor, parseConfig, parseManifest } from './oci-manifest.ts'
import type { Platform } from './platform.ts'
import { describeReference, type Reference } from './reference.ts'
import { createRegistryClient, type RegistryOptions } from './registry-client.ts'

export type PulledImage = {
  /** Of what the reference names: an index, or the manifest itself. */
  readonly manifest: Descriptor
  readonly config: OciConfig
  readonly layers: readonly FrozenLayer[]
}

/**
 * Fetches the image for one platform into the store. Every byte is checked against its digest on the way; addresses
 * that a manifest gives for foreign layers are ignored. What is in the store already is not fetched.
 * @throws images/notInRegistry, images/baseUnfit, images/manifestInvalid, store/digestMismatch and line failures
 */
export async function pullImage(
  reference: Reference,
  platform: Platform,
  tools: RegistryOptions & { readonly store: Store; readonly onBytes?: ((bytes: number) => void) | undefined },
): Promise<PulledImage> {
  const { store, onBytes } = tools
  const name = describeReference(reference)
  const client = createRegistryClient(reference.host, reference.repository, tools)
  const first = await client.manifest(reference.digest ?? reference.tag ?? 'latest')
  const top = parseManifest(first.bytes, name)
  const fetched =
    'manifests' in top ? await client.manifest(choosePlatform(top.manifests, platform, name).digest) : first
  const manifest = parseManifest(fetched.bytes, name)
  if ('manifests' in manifest) throw fail('images/manifestInvalid', { source: name, problem: 'it leads to no image' })

  const fetchBlob = async ({ digest, size, mediaType }: OciDescriptor): Promise<void> => {
    if (store.sizeOf(digest) === size) return
    const answer = await client.openBlob(digest)
    await store.putStream(counted(answer, onBytes), mediaType, { digest, sizeBytes: size })
  }
  await fetchBlob(manifest.config)
  const config = parseConfig(await store.readBytes(manifest.config.digest as Digest), name)
  if (config.os !== platform.os || config.architecture !== platform.architecture)
    throw fail('images/baseUnfit', { base: name, problem: `it is made for ${config.os}/${config.architecture}` })
  const layers = pairLayers(manifest, config, name)
  for (const layer of manifest.layers) await fetchBlob(layer)
  const stored = await store.putBytes(fetched.bytes, fetched.mediaType || ociMediaTypes.manifest)
  return { manifest: stored, config, layers }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const part of bytes) {
    onBytes?.(part.length)
    yield part
  }
}
