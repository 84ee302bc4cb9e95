import { ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import { isFailure } from '../domain/failure.ts'
import type { StoreReference } from './store.ts'

type OciDocument = {
  readonly config?: { readonly digest?: unknown }
  readonly layers?: readonly { readonly digest?: unknown }[]
  readonly manifests?: readonly { readonly mediaType?: unknown; readonly digest?: unknown }[]
  readonly subject?: { readonly digest?: unknown }
}

/**
 * Every blob that the names of index.json lead to: manifests, nested indexes, configs, layers. Behind a manifest that
 * is damaged nothing can be found: whoever sweeps must be refused then, whoever checks finds the manifest anyway.
 */
export async function findReachable(
  references: readonly StoreReference[],
  readBytes: (digest: Digest) => Promise<Buffer>,
  damaged: 'refuse' | 'passOver' = 'passOver',
): Promise<ReadonlySet<Digest>> {
  const reached = new Set<Digest>()
  const waiting = references.map(({ descriptor }) => ({ digest: descriptor.digest, mediaType: descriptor.mediaType }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next.digest)) continue
    reached.add(next.digest)
    if (next.mediaType !== ociMediaTypes.manifest && next.mediaType !== ociMediaTypes.index) continue
    const document = await readDocument(next.digest)
    for (const { digest, mediaType } of document.manifests ?? []) {
      if (isDigest(digest)) waiting.push({ digest, mediaType: String(mediaType) })
    }
    for (const part of [document.config, document.subject, ...(document.layers ?? [])]) {
      if (isDigest(part?.digest)) waiting.push({ digest: part.digest, mediaType: '' })
    }
  }
  return reached

  async function readDocument(digest: Digest): Promise<OciDocument> {
    try {
      return JSON.parse((await readBytes(digest)).toString('utf8')) as OciDocument
    } catch (error) {
      const isDamage = isFailure(error) || error instanceof SyntaxError
      if (damaged === 'refuse' || !isDamage) throw error
      return {}
    }
  }
}
