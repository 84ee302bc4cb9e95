import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Descriptor, mediaTypes, ociMediaTypes } from '../domain/descriptor.ts'
import { type Digest, digestHex, isDigest, parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { BlobFolder } from './blob-folder.ts'
import type { Chunking } from './chunker.ts'
import { makeFolder, publishText } from './publish.ts'
import { findReachable } from './reachable.ts'
import type { StoreReference } from './store.ts'
import { temporaryName } from './temporary-names.ts'

/** A chunk, and where its bytes lie: in which blob, from where. */
export type PlacedChunk = {
  readonly hex: string
  readonly length: number
  readonly blob: Digest
  readonly offset: number
}

/** A file as the chunks that it consists of, in order. */
export type ChunkedFile = {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly chunking: Chunking
  readonly chunks: readonly PlacedChunk[]
}

/** Bytes that lie one after the other in one blob. */
export type Piece = { readonly blob: Digest; readonly offset: number; readonly length: number }

export type ChunkedFiles = {
  has(digest: Digest): boolean
  /** Of the whole; null when it is not kept so. */
  sizeOf(digest: Digest): number | null
  read(digest: Digest): Promise<ChunkedFile | null>
  write(file: ChunkedFile): Promise<number>
  /** The manifest and what it leads to, as far as that can be read. */
  partsOf(digest: Digest): Promise<readonly Digest[]>
  /** The manifest behind each file, for whoever checks or sweeps. */
  manifests(): readonly { readonly digest: Digest; readonly manifest: Digest }[]
}

const artifactType = 'application/vnd.slipway.chunked-file.v1'

/**
 * Each chunked file is an OCI artifact: its config lists the chunks, its layers are the blobs that hold them. `chunked`
 * in the layout's folder leads from the digest of the whole to that of the manifest.
 */
export function createChunkedFiles(folder: string, temporary: string, blobs: BlobFolder): ChunkedFiles {
  const pointerOf = (digest: Digest) => join(folder, digestHex(digest))

  /** A pointer holds the manifest's digest and the size of the whole. */
  function pointerTo(digest: Digest): { readonly manifest: Digest; readonly sizeBytes: number } | null {
    try {
      const [manifest, size] = readFileSync(pointerOf(digest), 'utf8').trim().split(' ')
      return isDigest(manifest) ? { manifest, sizeBytes: Number(size) } : null
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  return {
    has: (digest) => existsSync(pointerOf(digest)),
    sizeOf: (digest) => pointerTo(digest)?.sizeBytes ?? null,

    async read(digest) {
      const pointer = pointerTo(digest)
      if (pointer === null) return null
      const { config } = JSON.parse((await blobs.readBytes(pointer.manifest)).toString('utf8')) as {
        config: Descriptor
      }
      const stored = JSON.parse((await blobs.readBytes(config.digest)).toString('utf8')) as StoredChunks
      const file = toChunkedFile(stored)
      if (file.digest !== digest) throw fail('store/blobHurt', { digest, found: file.digest })
      return file
    },

    async write(file) {
      const layers = [...new Set(file.chunks.map(({ blob }) => blob))].map((digest): Descriptor => {
        const sizeBytes = blobs.sizeOf(digest)
        if (sizeBytes === null) throw fail('store/blobMissing', { digest })
        return { mediaType: mediaTypes.bytes, digest, sizeBytes }
      })
      const config = await blobs.putBytes(Buffer.from(canonicalJson(toStored(file, layers))))
      const manifest = await blobs.putBytes(
        Buffer.from(
          canonicalJson({
            schemaVersion: 2,
            mediaType: ociMediaTypes.manifest,
            artifactType,
            config: { mediaType: mediaTypes.chunks, digest: config.digest, size: config.sizeBytes },
            layers: layers.map(({ mediaType, digest, sizeBytes }) => ({ mediaType, digest, size: sizeBytes })),
          }),
        ),
      )
      await makeFolder(folder)
      await publishText(
        join(temporary, temporaryName('put')),
        pointerOf(file.digest),
        `${manifest.digest} ${file.sizeBytes}\n`,
      )
      return config.sizeBytes + manifest.sizeBytes
    },

    async partsOf(digest) {
      const pointer = pointerTo(digest)
      if (pointer === null) return []
      return [...(await findReachable([manifestReference(digest, pointer.manifest)], blobs.readBytes))]
    },

    manifests() {
      if (!existsSync(folder)) return []
      return readdirSync(folder).flatMap((name) => {
        if (!/^[0-9a-f]{64}$/.test(name)) return []
        const digest = parseDigest(`sha256:${name}`)
        const pointer = pointerTo(digest)
        return pointer === null ? [] : [{ digest, manifest: pointer.manifest }]
      })
    },
  }
}

/** As index.json would name it. */
export function manifestReference(digest: Digest, manifest: Digest): StoreReference {
  return { name: digest, descriptor: { mediaType: ociMediaTypes.manifest, digest: manifest, sizeBytes: 0 } }
}

/** Neighbours are read in one go. */
export function toPieces(chunks: readonly PlacedChunk[]): readonly Piece[] {
  const pieces: { blob: Digest; offset: number; length: number }[] = []
  for (const { blob, offset, length } of chunks) {
    const last = pieces.at(-1)
    if (last?.blob === blob && last.offset + last.length === offset) last.length += length
    else pieces.push({ blob, offset, length })
  }
  return pieces
}

/** A chunk is its hash, its length, the number of its layer, and where it begins there. */
type StoredChunks = {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly chunking: Chunking
  readonly blobs: readonly Digest[]
  readonly chunks: readonly (readonly [hex: string, length: number, blob: number, offset: number])[]
}

function toStored({ digest, sizeBytes, chunking, chunks }: ChunkedFile, layers: readonly Descriptor[]): StoredChunks {
  const blobs = layers.map((layer) => layer.digest)
  const numbers = new Map(blobs.map((blob, number) => [blob, number]))
  return {
    digest,
    sizeBytes,
    chunking,
    blobs,
    chunks: chunks.map(({ hex, length, blob, offset }) => [hex, length, numbers.get(blob) as number, offset] as const),
  }
}

function toChunkedFile({ digest, sizeBytes, chunking, blobs, chunks }: StoredChunks): ChunkedFile {
  return {
    digest,
    sizeBytes,
    chunking,
    chunks: chunks.map(([hex, length, blob, offset]) => ({ hex, length, blob: blobs[blob] as Digest, offset })),
  }
}
