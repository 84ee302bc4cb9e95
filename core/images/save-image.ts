import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, digestHex } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { Image } from '../domain/image.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Store } from '../store/store.ts'
import { type FileContent, fromBytes } from './file-content.ts'
import { type TarEntry, writeTar } from './tar.ts'

/** The name that an image goes by outside its registry: `wine:3`. */
export type ImageTag = { readonly repository: string; readonly tag: string }
export type ArchiveFormat = 'docker' | 'oci'

type Archived = Pick<Image, 'manifestDigest' | 'imageId' | 'layers'>

/**
 * An image as one tar. It is an OCI layout; `docker` adds the list that engines before version 25 look for, so that
 * old and new ones load it. HEALTHCHECK is a field of Docker's own image format which OCI does not have: whoever runs
 * the image probes /readyz.
 */
export function archiveImage(
  store: Store,
  image: Archived,
  { repository, tag }: ImageTag,
  format: ArchiveFormat,
): Readable {
  const blobs = [...new Set([image.manifestDigest, image.imageId, ...image.layers.map(({ digest }) => digest)])]
  const blobPath = (digest: Digest) => `blobs/sha256/${digestHex(digest)}`
  const file = (path: string, content: FileContent): TarEntry => ({ kind: 'file', path, mode: 0o644, content })
  const index = {
    schemaVersion: 2,
    mediaType: ociMediaTypes.index,
    manifests: [
      {
        mediaType: ociMediaTypes.manifest,
        digest: image.manifestDigest,
        size: store.sizeOf(image.manifestDigest),
        annotations: {
          'io.containerd.image.name': `docker.io/library/${repository}:${tag}`,
          'org.opencontainers.image.ref.name': tag,
        },
      },
    ],
  }
  const list = [
    {
      Config: blobPath(image.imageId),
      RepoTags: [`${repository}:${tag}`],
      Layers: image.layers.map(({ digest }) => blobPath(digest)),
    },
  ]
  return writeTar([
    file('oci-layout', fromBytes('{"imageLayoutVersion":"1.0.0"}')),
    file('index.json', fromBytes(canonicalJson(index))),
    ...(format === 'docker' ? [file('manifest.json', fromBytes(canonicalJson(list)))] : []),
    ...blobs.map((digest) => file(blobPath(digest), fromStore(store, digest))),
  ])
}

/** Writes the archive beside `file` and puts it in place whole. @throws images/saveFailed */
export async function saveImage(
  store: Store,
  image: Archived,
  tag: ImageTag,
  target: { readonly file: string; readonly format: ArchiveFormat; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly sizeBytes: number }> {
  const suffix = createHash('sha256').update(`${process.pid}:${performance.now()}`).digest('hex').slice(0, 8)
  const unfinished = join(dirname(target.file), `.${basename(target.file)}.${suffix}`)
  try {
    const sink = createWriteStream(unfinished, { flags: 'wx' })
    await pipeline(archiveImage(store, image, tag, target.format), sink, { signal: target.signal })
    const handle = await open(unfinished, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, target.file)
    return { sizeBytes: sink.bytesWritten }
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    target.signal?.throwIfAborted()
    if (isFailure(cause)) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    throw fail('images/saveFailed', { file: target.file, cause: code ?? message }, { cause })
  }
}

function fromStore(store: Store, digest: Digest): FileContent {
  return {
    sizeBytes: store.sizeOf(digest) ?? 0,
    digest: async () => digest,
    open: () => store.openStream(digest),
  }
}
