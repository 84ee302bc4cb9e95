import { createReadStream } from 'node:fs'
import type { Descriptor } from '../domain/descriptor.ts'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { Store } from '../store/store.ts'
import { discard, readComplaint } from './http-exchange.ts'
import { readImage } from './oci-layout.ts'
import { toDescriptor } from './oci-manifest.ts'
import { describeReference, type Reference } from './reference.ts'
import { createRegistryClient, type RegistryClient, type RegistryOptions } from './registry-client.ts'
import { type BlobSource, type UploadOptions, uploadBlob } from './upload-blob.ts'

export type PushResult = {
  readonly reference: string
  readonly manifestDigest: Digest
  readonly uploadedBytes: number
  readonly skippedBytes: number
}

export type PushTools = RegistryOptions & {
  readonly store: Store
  readonly report?: ReportProgress | undefined
  readonly mountFrom?: readonly string[] | undefined
  readonly chunkBytes?: number | undefined
}

const uploadsAtOnce = 3

/**
 * Sends an image of the store: what the registry has is skipped, the tag is moved last, and "pushed" is said only when
 * the manifest was fetched back by its digest with the same bytes.
 */
export async function pushImage(manifestDigest: Digest, target: Reference, tools: PushTools): Promise<PushResult> {
  const { store, report = () => undefined, signal } = tools
  const { manifest, layers } = await readImage(store, manifestDigest)
  const tag = target.tag ?? 'latest'
  const reference = describeReference({ ...target, tag, digest: null })
  if (target.digest !== null && target.digest !== manifestDigest)
    throw fail('images/referenceInvalid', {
      reference: describeReference(target),
      problem: `its digest is not that of this image, ${manifestDigest}`,
    })
  const client = createRegistryClient(target.host, target.repository, tools)
  const blobs = unique([...layers.map(({ descriptor }) => descriptor), toDescriptor(manifest.config)])
  const total = sumOf(blobs)

  report({ phase: 'compare', fact: reference })
  const missing = await findMissing(client, blobs)
  const skippedBytes = total - sumOf(missing)
  const sent = new Map<Digest, number>()
  let uploadedBytes = 0
  const tell = (descriptor: Descriptor, bytes: number) => {
    sent.set(descriptor.digest, Math.min(bytes, descriptor.sizeBytes))
    const done = skippedBytes + [...sent.values()].reduce((sum, count) => sum + count, 0)
    report({ phase: 'upload', done, total, unit: 'bytes', fact: descriptor.digest.slice(0, 19) })
  }
  const upload = async (descriptor: Descriptor): Promise<void> => {
    const options: UploadOptions = {
      mountFrom: tools.mountFrom,
      chunkBytes: tools.chunkBytes,
      pausesMs: tools.pausesMs,
      onBytes: (bytes) => tell(descriptor, (sent.get(descriptor.digest) ?? 0) + bytes),
    }
    const bytes = await uploadBlob(client, sourceOf(store, descriptor), options)
    uploadedBytes += bytes
    tell(descriptor, descriptor.sizeBytes)
  }
  await inTurns(missing, uploadsAtOnce, upload)
  signal?.throwIfAborted()

  report({ phase: 'manifest', fact: reference })
  const bytes = await store.readBytes(manifestDigest)
  await putManifest(client, tag, bytes, manifest.mediaType ?? '', reference)
  report({ phase: 'verify', fact: manifestDigest })
  await verify(client, tag, manifestDigest, bytes, reference)
  return { reference, manifestDigest, uploadedBytes, skippedBytes: total - uploadedBytes }
}

/** Reads the manifest by digest, and asks where the tag leads. @throws images/readBackDiffers */
async function verify(
  client: RegistryClient,
  tag: string,
  digest: Digest,
  bytes: Buffer,
  reference: string,
): Promise<void> {
  const [found, tagged] = await Promise.all([client.manifest(digest), client.manifest(tag)])
  if (!found.bytes.equals(bytes))
    throw fail('images/readBackDiffers', { reference, expected: digest, found: found.digest })
  if (tagged.digest !== digest)
    throw fail('images/readBackDiffers', { reference, expected: digest, found: tagged.digest })
}

export async function putManifest(
  client: RegistryClient,
  tagOrDigest: string,
  bytes: Buffer,
  mediaType: string,
  reference: string,
): Promise<void> {
  const answer = await client.call(client.address(`manifests/${tagOrDigest}`), {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: {
      lengthBytes: bytes.length,
      open: async function* () {
        yield bytes
      },
    },
    operation: 'take the manifest',
    repeatable: true,
  })
  const status = answer.statusCode ?? 0
  if (status === 201 || status === 200) return discard(answer)
  if (status === 409 || status === 412)
    throw fail('images/tagImmutable', { reference, answer: (await readComplaint(answer)) || `status ${status}` })
  throw await client.toFailure(answer, 'take the manifest')
}

/** A blob sent whole is re-hashed on its way; of one sent in chunks the registry checks the digest. */
function sourceOf(store: Store, descriptor: Descriptor): BlobSource {
  const { digest, sizeBytes } = descriptor
  return {
    descriptor,
    open: (start, end) =>
      start === 0 && end === sizeBytes
        ? store.openStream(digest)
        : createReadStream(store.pathOf(digest), { start, end: end - 1 }),
  }
}

function sumOf(blobs: readonly Descriptor[]): number {
  return blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

async function findMissing(client: RegistryClient, blobs: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  const sizes = await Promise.all(blobs.map(({ digest }) => client.blobSize(digest)))
  return blobs.filter((_, i) => sizes[i] === null)
}

function unique(blobs: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()]
}

/** Several at once; the first failure ends it when those under way are done. */
async function inTurns<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const failures: unknown[] = []
  const run = async () => {
    for (let item = waiting.shift(); item !== undefined && failures.length === 0; item = waiting.shift())
      await work(item).catch((error) => failures.push(error))
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, run))
  if (failures.length > 0) throw failures[0]
}
