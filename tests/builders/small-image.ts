import { randomBytes } from 'node:crypto'
import { ociMediaTypes } from '../../core/domain/descriptor.ts'
import type { Digest } from '../../core/domain/digest.ts'
import { fromBytes } from '../../core/images/file-content.ts'
import { toOciDescriptor } from '../../core/images/oci-manifest.ts'
import { writeTar } from '../../core/images/tar.ts'
import type { Store } from '../../core/store/store.ts'

export type SmallImage = {
  readonly manifest: Digest
  readonly config: Digest
  readonly layer: Digest
  readonly sizeBytes: number
}

/** An image of one layer with one file of random bytes; with a `subject` it is an artifact about that image. */
export async function writeSmallImage(
  store: Store,
  options: { readonly size: number; readonly label?: string; readonly subject?: SmallImage },
): Promise<SmallImage> {
  const content = fromBytes(randomBytes(options.size))
  const layer = await store.putStream(
    writeTar([{ kind: 'file', path: 'data', mode: 0o644, content }]),
    ociMediaTypes.layer,
  )
  const config = await store.putBytes(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      config: { Labels: { test: options.label ?? '' } },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
    ociMediaTypes.config,
  )
  const manifest = await store.putBytes(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociMediaTypes.manifest,
      config: toOciDescriptor(config),
      layers: [toOciDescriptor(layer)],
      ...(options.subject
        ? {
            artifactType: 'application/vnd.test',
            subject: {
              mediaType: ociMediaTypes.manifest,
              digest: options.subject.manifest,
              size: options.subject.sizeBytes,
            },
          }
        : {}),
    }),
    ociMediaTypes.manifest,
  )
  return { manifest: manifest.digest, config: config.digest, layer: layer.digest, sizeBytes: manifest.sizeBytes }
}
