import type { Descriptor } from '../domain/descriptor.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import type { Store, StoreReference } from '../store/store.ts'
import { isIndex, type OciDescriptor, type OciIndex, type OciManifest, parseManifest } from './oci-manifest.ts'

/** Where published names stand in the layout's index.json; other names there are not the registry's. */
const prefix = 'registry/'

export type PublishedImages = {
  publish(repository: string, tag: string | null, manifest: Descriptor): Promise<void>
  resolve(repository: string, reference: string): Promise<Descriptor | null>
  tags(repository: string): Promise<readonly string[]>
  /** Whether the repository leads to these bytes: what it does not lead to is nobody's business. */
  holdsBlob(repository: string, digest: Digest): Promise<boolean>
  referrers(repository: string, subject: Digest): Promise<readonly OciDescriptor[]>
}

type Entry = { readonly repository: string; readonly tag: string | null; readonly descriptor: Descriptor }

/** The images that were pushed to the embedded registry: names in the store's index, and what they lead to. */
export function createPublishedImages(store: Store): PublishedImages {
  const manifests = new Map<Digest, OciManifest | OciIndex>()

  async function read(digest: Digest): Promise<OciManifest | OciIndex> {
    const known = manifests.get(digest)
    if (known) return known
    const manifest = parseManifest(await store.readBytes(digest), digest)
    manifests.set(digest, manifest)
    return manifest
  }

  async function entriesOf(repository: string): Promise<readonly Entry[]> {
    const references = await store.references()
    return references
      .flatMap((reference) => toEntry(reference) ?? [])
      .filter((entry) => entry.repository === repository)
  }

  /** Every manifest of the repository: those named, and the members of those that are indexes. */
  async function manifestsOf(repository: string): Promise<readonly Descriptor[]> {
    const found = new Map<Digest, Descriptor>()
    const queue = (await entriesOf(repository)).map(({ descriptor }) => descriptor)
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (found.has(next.digest) || !store.has(next.digest)) continue
      found.set(next.digest, next)
      if (!isIndex(next.mediaType)) continue
      const index = await read(next.digest)
      if ('manifests' in index)
        queue.push(...index.manifests.map(({ mediaType, digest, size }) => ({ mediaType, digest, sizeBytes: size })))
    }
    return [...found.values()]
  }

  return {
    async publish(repository, tag, manifest) {
      await store.setReference({
        name: `${prefix}${repository}${tag === null ? `@${manifest.digest}` : `:${tag}`}`,
        descriptor: manifest,
      })
    },
    async resolve(repository, reference) {
      if (!isDigest(reference))
        return (await entriesOf(repository)).find(({ tag }) => tag === reference)?.descriptor ?? null
      return (await manifestsOf(repository)).find(({ digest }) => digest === reference) ?? null
    },
    async tags(repository) {
      return (await entriesOf(repository)).flatMap(({ tag }) => tag ?? []).sort()
    },
    async holdsBlob(repository, digest) {
      for (const descriptor of await manifestsOf(repository)) {
        const manifest = await read(descriptor.digest)
        if ('layers' in manifest && [manifest.config, ...manifest.layers].some((part) => part.digest === digest))
          return true
      }
      return false
    },
    async referrers(repository, subject) {
      const found: OciDescriptor[] = []
      for (const { digest, mediaType, sizeBytes } of await manifestsOf(repository)) {
        const manifest = await read(digest)
        if (!('layers' in manifest) || manifest.subject?.digest !== subject) continue
        found.push({
          mediaType,
          digest,
          size: sizeBytes,
          artifactType: manifest.artifactType ?? manifest.config.mediaType,
          ...(manifest.annotations ? { annotations: manifest.annotations } : {}),
        })
      }
      return found
    },
  }
}

function toEntry({ name, descriptor }: StoreReference): Entry | null {
  if (!name.startsWith(prefix)) return null
  const rest = name.slice(prefix.length)
  const at = rest.indexOf('@')
  if (at > 0) return { repository: rest.slice(0, at), tag: null, descriptor }
  const colon = rest.lastIndexOf(':')
  return colon > 0 ? { repository: rest.slice(0, colon), tag: rest.slice(colon + 1), descriptor } : null
}
