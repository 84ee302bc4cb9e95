import { fail, isFailure } from '../domain/failure.ts'
import type { Store, StoreReference } from '../store/store.ts'
import type { Base } from './base.ts'
import { readImage } from './oci-layout.ts'
import { describePlatform, type Platform } from './platform.ts'
import { pullImage } from './pull.ts'
import { describeReference, type Reference } from './reference.ts'
import type { RegistryOptions } from './registry-client.ts'

/**
 * A base by reference. One that was fetched before is used without asking anybody: a digest cannot change, and a tag
 * stays what it was until the project drops it, so that two builds are the same build.
 * @throws images/baseUnavailable naming what is missing when it was never fetched and cannot be now
 */
export async function openRegistryBase(
  store: Store,
  reference: Reference,
  platform: Platform,
  options: RegistryOptions,
): Promise<Base> {
  const name = describeReference(reference)
  const cacheName = `base/${name}/${platform.architecture}`
  const known = (await store.references()).find((entry) => entry.name === cacheName)
  const cached = known && (await tryCached(store, name, known))
  if (cached) return cached
  try {
    const pulled = await pullImage(reference, platform, { ...options, store })
    await store.setReference({ name: cacheName, descriptor: pulled.manifest, platform })
    return {
      kind: 'registry',
      name,
      digest: pulled.manifest.digest,
      layers: pulled.layers,
      contents: null,
      environment: pulled.config.config.Env ?? [],
    }
  } catch (cause) {
    if (isFailure(cause, 'images/registryUnreachable'))
      throw fail(
        'images/baseUnavailable',
        { base: `${name} (${describePlatform(platform)})`, cause: (cause.details as { cause: string }).cause },
        { cause },
      )
    throw cause
  }
}

/** Null when a part of it is gone: it is fetched again then. */
async function tryCached(store: Store, name: string, { descriptor }: StoreReference): Promise<Base | null> {
  try {
    const { config, layers } = await readImage(store, descriptor.digest)
    if (layers.some(({ descriptor: layer }) => store.sizeOf(layer.digest) !== layer.sizeBytes)) return null
    const { digest } = descriptor
    return { kind: 'registry', name, digest, layers, contents: null, environment: config.config.Env ?? [] }
  } catch (error) {
    if (isFailure(error, 'store/blobMissing')) return null
    throw error
  }
}
