import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mediaTypes, ociMediaTypes } from '../../core/domain/descriptor.ts'
import { type Digest, digestHex } from '../../core/domain/digest.ts'
import { canonicalJson } from '../../core/domain/json.ts'

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest

/** Keeps small files as stores of the first versions hold them: in one blob, listed by an OCI artifact. */
export function writeBlobPack(store: string, contents: readonly Buffer[]) {
  const put = (bytes: Buffer) => {
    mkdirSync(join(store, 'blobs', 'sha256'), { recursive: true })
    writeFileSync(join(store, 'blobs', 'sha256', digestHex(digestOf(bytes))), bytes, { mode: 0o444 })
    return digestOf(bytes)
  }
  const whole = Buffer.concat(contents)
  const pack = put(whole)
  let offset = 0
  const files = contents.map((bytes) => {
    offset += bytes.length
    return [digestHex(digestOf(bytes)), offset - bytes.length, bytes.length]
  })
  const listed = Buffer.from(canonicalJson({ files, pack }))
  const list = put(listed)
  const manifest = put(
    Buffer.from(
      canonicalJson({
        schemaVersion: 2,
        mediaType: ociMediaTypes.manifest,
        artifactType: 'application/vnd.slipway.packed-files.v1',
        config: { mediaType: 'application/vnd.slipway.pack-list.v1+json', digest: list, size: listed.length },
        layers: [{ mediaType: mediaTypes.bytes, digest: pack, size: whole.length }],
      }),
    ),
  )
  mkdirSync(join(store, 'packs'), { recursive: true })
  writeFileSync(join(store, 'packs', digestHex(manifest)), `${pack}\n`)
  return { manifest, list, pack }
}
