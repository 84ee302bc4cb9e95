import { ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import type { StoreReference } from './store.ts'

type OciDocument = {
  readonly config?: { readonly digest?: unknown }
  readonly layers?: readonly { readonly digest?: unknown }[]
  readonly manifests?: readonly { readonly mediaType?: unknown; readonly digest?: unknown }[]
  readonly subject?: { readonly digest?: unknown }
}

/** Every blob that the names of index.json lead to: manifests, nested indexes, configs, layers. */
export async function findReachable(
  references: readonly StoreReference[],
  readBytes: (digest: Digest) => Promise<Buffer>,
): Promise<ReadonlySet<Digest>> {
  const reached = new Set<Digest>()
  const waiting = references.map(({ descriptor }) => ({ digest: descriptor.digest, mediaType: descriptor.mediaType }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next.digest)) continue
    reached.add(next.digest)
    if (next.mediaType !== ociMediaTypes.manifest && next.mediaType !== ociMediaTypes.index) continue
    const document = JSON.parse((await readBytes(next.digest)).toString('utf8')) as OciDocument
    for (const { digest, mediaType } of document.manifests ?? []) {
      if (isDigest(digest)) waiting.push({ digest, mediaType: String(mediaType) })
    }
    for (const part of [document.config, document.subject, ...(document.layers ?? [])]) {
      if (isDigest(part?.digest)) waiting.push({ digest: part.digest, mediaType: '' })
    }
  }
  return reached
}
