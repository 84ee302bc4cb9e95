import { ociMediaTypes } from '../domain/descriptor.ts'
import { fail } from '../domain/failure.ts'
import type { Image } from '../domain/image.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Store } from '../store/store.ts'
import { type Credentials, readDockerCredentials } from './docker-credentials.ts'
import { type PushResult, pushImage } from './push.ts'
import { describeReference, isLoopback, parseReference, type Reference } from './reference.ts'
import type { EmbeddedRegistry } from './registry.ts'
import { createRegistryClient, type RegistryOptions } from './registry-client.ts'
import type { TrustedRealms } from './registry-hosts.ts'

export type PushOrder = {
  readonly image: Image
  readonly reference: string
  readonly plainHttp?: boolean | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly report: ReportProgress
  readonly signal?: AbortSignal | undefined
}

export type PushParts = {
  readonly store: Store
  readonly embedded: EmbeddedRegistry
  readonly trustedRealms: TrustedRealms
  /** Repositories that this project pushed to, per registry: their layers may be mounted. */
  readonly knownRepositories: (registry: string) => readonly string[]
}

/** Brings an image to where the reference leads: into the embedded registry by name alone, elsewhere byte by byte. */
export async function pushToRegistry(parts: PushParts, order: PushOrder): Promise<PushResult> {
  const target = parseReference(order.reference)
  if (isEmbedded(parts.embedded, target)) return publish(parts, order, target)
  const options = await toRegistryOptions(target.host, parts.trustedRealms, order)
  return pushImage(order.image.manifestDigest, target, {
    ...options,
    store: parts.store,
    report: order.report,
    mountFrom: parts.knownRepositories(target.host).filter((name) => name !== target.repository),
  })
}

/** The login that was given, else what `docker login` left for this registry. */
export async function toRegistryOptions(
  host: string,
  trustedRealms: TrustedRealms,
  { plainHttp, username, password, signal }: Partial<PushOrder> = {},
): Promise<RegistryOptions> {
  const given: Credentials | null =
    username !== undefined && password !== undefined ? { username, password, origin: 'given' } : null
  return { plainHttp, signal, trustedRealms, credentials: given ?? (await readDockerCredentials(host)) }
}

function isEmbedded(embedded: EmbeddedRegistry, target: Reference): boolean {
  const host = embedded.host()
  return host !== null && isLoopback(target.host) && target.host.split(':').at(-1) === host.split(':').at(-1)
}

/** Its blobs are the store's: only the name is new. Read back over the network all the same. */
async function publish({ store, embedded }: PushParts, order: PushOrder, target: Reference): Promise<PushResult> {
  const { manifestDigest, imageId, layers } = order.image
  const tag = target.tag ?? 'latest'
  const reference = describeReference({ ...target, tag, digest: null })
  order.report({ phase: 'manifest', fact: reference })
  const sizeBytes = store.sizeOf(manifestDigest)
  if (sizeBytes === null) throw fail('store/blobMissing', { digest: manifestDigest })
  await embedded.published.publish(target.repository, tag, {
    mediaType: ociMediaTypes.manifest,
    digest: manifestDigest,
    sizeBytes,
  })
  order.report({ phase: 'verify', fact: manifestDigest })
  const client = createRegistryClient(target.host, target.repository, { signal: order.signal })
  for (const asked of [manifestDigest, tag]) {
    const { digest } = await client.manifest(asked)
    if (digest !== manifestDigest)
      throw fail('images/readBackDiffers', { reference, expected: manifestDigest, found: digest })
  }
  const skippedBytes = layers.reduce((sum, layer) => sum + layer.sizeBytes, store.sizeOf(imageId) ?? 0)
  return { reference, manifestDigest, uploadedBytes: 0, skippedBytes }
}
