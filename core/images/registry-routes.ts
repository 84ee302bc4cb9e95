import { createReadStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import { describeFailure, isFailure } from '../domain/failure.ts'
import type { Store } from '../store/store.ts'
import { isReadable } from './oci-layout.ts'
import { type OciIndex, type OciManifest, parseManifest } from './oci-manifest.ts'
import type { PublishedImages } from './published-images.ts'
import { isTag } from './reference.ts'
import { type RegistryAnswer, RegistryRefusal, type RegistryRequest } from './registry-answer.ts'
import { describeRange, type RegistryUploads } from './registry-uploads.ts'

/** Whether a manifest may be taken from outside. @throws a failure that says why not */
export type AllowManifest = (digest: Digest, manifest: OciManifest | OciIndex) => Promise<void>

export type RegistryParts = {
  readonly store: Store
  readonly published: PublishedImages
  readonly uploads: RegistryUploads
  readonly allowManifest: AllowManifest
}

type Route = (request: RegistryRequest, rest: string) => Promise<RegistryAnswer>

const largestManifestBytes = 4 * 1024 * 1024

/** The distribution specification's endpoints, by the word that follows the repository. */
export function createRegistryRoutes({ store, published, uploads, allowManifest }: RegistryParts) {
  /** Blobs that came in through this registry and that no manifest names yet. */
  const arrived = new Set<string>()
  const holds = async (repository: string, digest: Digest) =>
    arrived.has(`${repository}@${digest}`) || (await published.holdsBlob(repository, digest))

  const manifests: Route = async (request, reference) => {
    if (request.method === 'PUT') return putManifest(request, reference)
    refuseUnless(request, ['GET', 'HEAD'])
    const found = await published.resolve(request.repository, reference)
    if (!found) throw new RegistryRefusal('MANIFEST_UNKNOWN', `there is no ${reference} in ${request.repository}`)
    return {
      status: 200,
      headers: { 'content-type': found.mediaType, 'docker-content-digest': found.digest, etag: `"${found.digest}"` },
      body: await store.readBytes(found.digest),
    }
  }

  async function putManifest(request: RegistryRequest, reference: string): Promise<RegistryAnswer> {
    const { repository, message } = request
    if (!isDigest(reference) && !isTag(reference)) throw new RegistryRefusal('MANIFEST_INVALID', 'it is no tag')
    const mediaType = (message.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
    if (!isReadable(mediaType)) throw new RegistryRefusal('MANIFEST_INVALID', `"${mediaType}" is no kind of manifest`)
    const bytes = await readLimited(message)
    const manifest = parse(bytes)
    const { createHash } = await import('node:crypto')
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
    if (isDigest(reference) && reference !== digest)
      throw new RegistryRefusal('DIGEST_INVALID', `the bytes are ${digest}`)
    if ('layers' in manifest && manifest.mediaType !== undefined && manifest.mediaType !== mediaType)
      throw new RegistryRefusal('MANIFEST_INVALID', 'its media type is not the announced one')
    await requireParts(repository, manifest)
    try {
      await allowManifest(digest, manifest)
    } catch (error) {
      if (!isFailure(error)) throw error
      const { message: why, remedy } = describeFailure(error)
      throw new RegistryRefusal('DENIED', `${why} ${remedy}`)
    }
    const descriptor = await store.putBytes(bytes, mediaType)
    await published.publish(repository, isDigest(reference) ? null : reference, descriptor)
    const subject = 'layers' in manifest ? manifest.subject : undefined
    return {
      status: 201,
      headers: {
        location: `/v2/${repository}/manifests/${digest}`,
        'docker-content-digest': digest,
        ...(subject ? { 'oci-subject': subject.digest } : {}),
      },
    }
  }

  async function requireParts(repository: string, manifest: OciManifest | OciIndex): Promise<void> {
    if ('manifests' in manifest) {
      for (const { digest } of manifest.manifests)
        if (!(await published.resolve(repository, digest)))
          throw new RegistryRefusal('MANIFEST_BLOB_UNKNOWN', `the manifest ${digest} is not here`)
      return
    }
    for (const { digest } of [manifest.config, ...manifest.layers])
      if (!store.has(digest) || !(await holds(repository, digest)))
        throw new RegistryRefusal('MANIFEST_BLOB_UNKNOWN', `the blob ${digest} is not here`)
  }

  const blobs: Route = async (request, reference) => {
    if (reference === 'uploads' || reference === 'uploads/') return startUpload(request)
    if (reference.startsWith('uploads/')) return continueUpload(request, reference.slice('uploads/'.length))
    refuseUnless(request, ['GET', 'HEAD'])
    const digest = parseDigestOf(reference)
    const sizeBytes = store.sizeOf(digest)
    if (sizeBytes === null || !(await holds(request.repository, digest)))
      throw new RegistryRefusal('BLOB_UNKNOWN', `there is no ${digest} in ${request.repository}`)
    const headers = {
      'content-type': 'application/octet-stream',
      'docker-content-digest': digest,
      'accept-ranges': 'bytes',
      etag: `"${digest}"`,
    }
    const range = parseRange(request.message.headers.range, sizeBytes)
    if (range === null) return { status: 200, headers, lengthBytes: sizeBytes, open: () => store.openStream(digest) }
    const { start, end } = range
    return {
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${start}-${end}/${sizeBytes}` },
      lengthBytes: end - start + 1,
      open: () => createReadStream(store.pathOf(digest), { start, end }),
    }
  }

  async function startUpload(request: RegistryRequest): Promise<RegistryAnswer> {
    const { repository, query, message } = request
    refuseUnless(request, ['POST'])
    const mount = query.get('mount')
    const from = query.get('from')
    if (mount !== null && from !== null && isDigest(mount) && store.has(mount) && (await holds(from, mount)))
      return created(repository, mount)
    const upload = await uploads.start(repository)
    const digest = query.get('digest')
    if (digest === null) return accepted(repository, upload)
    await uploads.append(repository, upload.id, message, undefined)
    return finishUpload(repository, upload.id, digest)
  }

  async function continueUpload(request: RegistryRequest, id: string): Promise<RegistryAnswer> {
    const { repository, method, message, query } = request
    const range = message.headers['content-range']
    if (method === 'GET') return { ...accepted(repository, uploads.find(repository, id)), status: 204 }
    if (method === 'PATCH') return accepted(repository, await uploads.append(repository, id, message, range))
    if (method === 'DELETE') {
      await uploads.cancel(repository, id)
      return { status: 204 }
    }
    refuseUnless(request, ['PUT'])
    await uploads.append(repository, id, message, range)
    return finishUpload(repository, id, query.get('digest') ?? '')
  }

  async function finishUpload(repository: string, id: string, digest: string): Promise<RegistryAnswer> {
    await uploads.finish(repository, id, parseDigestOf(digest))
    return created(repository, digest as Digest)
  }

  function created(repository: string, digest: Digest): RegistryAnswer {
    arrived.add(`${repository}@${digest}`)
    return {
      status: 201,
      headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest },
    }
  }

  const tags: Route = async (request, reference) => {
    refuseUnless(request, ['GET', 'HEAD'])
    if (reference !== 'list') throw new RegistryRefusal('NAME_UNKNOWN', 'there is nothing of that name')
    const all = await published.tags(request.repository)
    if (all.length === 0) throw new RegistryRefusal('NAME_UNKNOWN', `there is no repository ${request.repository}`)
    const last = request.query.get('last') ?? ''
    const rest = all.filter((tag) => tag > last)
    const most = parseCount(request.query.get('n'), rest.length)
    const page = rest.slice(0, most)
    const next = page.length < rest.length && page.length > 0 ? page.at(-1) : null
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        ...(next ? { link: `</v2/${request.repository}/tags/list?n=${most}&last=${next}>; rel="next"` } : {}),
      },
      body: JSON.stringify({ name: request.repository, tags: page }),
    }
  }

  const referrers: Route = async (request, reference) => {
    refuseUnless(request, ['GET', 'HEAD'])
    const wanted = request.query.get('artifactType')
    const all = await published.referrers(request.repository, parseDigestOf(reference))
    const found = wanted === null ? all : all.filter(({ artifactType }) => artifactType === wanted)
    return {
      status: 200,
      headers: {
        'content-type': ociMediaTypes.index,
        ...(wanted === null ? {} : { 'oci-filters-applied': 'artifactType' }),
      },
      body: JSON.stringify({ schemaVersion: 2, mediaType: ociMediaTypes.index, manifests: found }),
    }
  }

  return { manifests, blobs, tags, referrers } as const
}

function accepted(repository: string, upload: { readonly id: string; readonly sizeBytes: number }): RegistryAnswer {
  return {
    status: 202,
    headers: {
      location: `/v2/${repository}/blobs/uploads/${upload.id}`,
      range: describeRange(upload),
      'docker-upload-uuid': upload.id,
    },
  }
}

function refuseUnless({ method }: RegistryRequest, allowed: readonly string[]): void {
  if (!allowed.includes(method))
    throw new RegistryRefusal('UNSUPPORTED', `${method} is not offered here`, { allow: allowed.join(', ') })
}

function parseDigestOf(text: string): Digest {
  if (!isDigest(text)) throw new RegistryRefusal('DIGEST_INVALID', 'it is not sha256: and 64 hex digits')
  return text
}

function parse(bytes: Buffer): OciManifest | OciIndex {
  try {
    return parseManifest(bytes, 'the manifest')
  } catch (error) {
    throw new RegistryRefusal('MANIFEST_INVALID', describeFailure(error).message)
  }
}

function parseCount(text: string | null, normal: number): number {
  if (text === null) return normal
  if (!/^\d{1,6}$/.test(text)) throw new RegistryRefusal('NAME_INVALID', 'n is no number')
  return Number(text)
}

/** One range of bytes; anything else is answered whole. */
function parseRange(text: string | undefined, sizeBytes: number): { start: number; end: number } | null {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(text ?? '')
  if (!match) return null
  const start = Number(match[1])
  const end = match[2] === '' ? sizeBytes - 1 : Math.min(Number(match[2]), sizeBytes - 1)
  if (start > end)
    throw new RegistryRefusal('RANGE_INVALID', 'there are no such bytes', { 'content-range': `bytes */${sizeBytes}` })
  return { start, end }
}

async function readLimited(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of message) {
    length += (part as Buffer).length
    if (length > largestManifestBytes) throw new RegistryRefusal('SIZE_INVALID', 'the manifest is too large')
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts)
}
