import { type Digest, parseDigest } from '../domain/digest.ts'
import type { ChunkedFile, PlacedChunk } from './chunked-files.ts'
import { type Chunking, chunkingFor } from './chunker.ts'
import type { ByteRange, Chunked, FileStamp, Packed, WorkFile } from './file-work.ts'

/** With more than this share of new bytes a file is stored whole: it is read back faster, and little would be saved. */
const largestNewShare = 0.5

export type GrownFile = {
  readonly digest: Digest
  readonly stamp: FileStamp
  /** Null when the store has these bytes already. */
  readonly chunkedFile: ChunkedFile | null
  /** The bytes that are new; null when all were known. */
  readonly packed: Packed | null
}

/**
 * The file as chunks of an older state of it and a pack of what is new.
 * @returns null when it shares too little with the older one
 */
export async function growFile(
  file: WorkFile & { readonly sizeBytes: number },
  base: ChunkedFile | { readonly digest: Digest; readonly file: string },
  use: {
    take(file: WorkFile, chunking: Chunking): Promise<Chunked>
    pack(ranges: readonly ByteRange[]): Promise<Packed>
    has(digest: Digest): boolean
  },
): Promise<GrownFile | null> {
  const chunking = 'chunks' in base ? base.chunking : chunkingFor(file.sizeBytes)
  const [now, old] = await Promise.all([
    use.take(file, chunking),
    'chunks' in base
      ? base.chunks
      : use.take({ file: base.file }, chunking).then((whole) => placeWhole(whole, base.digest)),
  ])
  const digest = parseDigest(`sha256:${now.hex}`)
  if (use.has(digest)) return { digest, stamp: now.stamp, chunkedFile: null, packed: null }
  const known = new Map(old.map((chunk) => [chunk.hex, chunk]))
  const fresh = new Map<string, ByteRange>()
  let offset = 0
  for (const { hex, length } of now.chunks) {
    if (!known.has(hex) && !fresh.has(hex)) fresh.set(hex, { offset, length, hex })
    offset += length
  }
  const freshBytes = [...fresh.values()].reduce((sum, { length }) => sum + length, 0)
  if (freshBytes > now.stamp.sizeBytes * largestNewShare) return null
  const packed = fresh.size === 0 ? null : await use.pack([...fresh.values()])
  if (packed !== null) for (const chunk of placeFresh([...fresh.values()], packed)) known.set(chunk.hex, chunk)
  const chunks = now.chunks.map(({ hex }) => known.get(hex) as PlacedChunk)
  return { digest, stamp: now.stamp, chunkedFile: { digest, sizeBytes: now.stamp.sizeBytes, chunking, chunks }, packed }
}

function placeWhole({ chunks }: Chunked, blob: Digest): readonly PlacedChunk[] {
  let offset = 0
  return chunks.map(({ hex, length }) => {
    const placed = { hex, length, blob, offset }
    offset += length
    return placed
  })
}

function placeFresh(ranges: readonly ByteRange[], packed: Packed): readonly PlacedChunk[] {
  const blob = parseDigest(`sha256:${packed.hex}`)
  let offset = 0
  return ranges.map(({ hex, length }) => {
    const placed = { hex, length, blob, offset }
    offset += length
    return placed
  })
}
