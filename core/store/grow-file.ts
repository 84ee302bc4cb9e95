import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import type { ChunkedFile, PlacedChunk } from './chunked-files.ts'
import { type Chunking, chunkingFor } from './chunker.ts'
import type { ByteRange, Chunk, Chunked, FileStamp, OldPiece, Packed, WorkFile } from './file-work.ts'

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

/** What is kept of an older state: the list of its chunks, or the blob that it is. */
export type OlderFile = ChunkedFile | { readonly digest: Digest; readonly sizeBytes: number }

/**
 * The file as pieces of an older state of it and a pack of what is new. Bytes with which both begin stay where they are,
 * uncut; what follows is matched by the chunks that content divides it into.
 * @returns null when it shares too little with the older one
 */
export async function growFile(
  file: WorkFile & { readonly sizeBytes: number },
  older: OlderFile,
  use: {
    take(file: WorkFile, chunking: Chunking, older: readonly OldPiece[]): Promise<Chunked>
    /** Nothing when it cannot be read. */
    cut(part: OldPiece, chunking: Chunking): Promise<readonly Chunk[]>
    pack(ranges: readonly ByteRange[]): Promise<Packed>
    has(digest: Digest): boolean
    pathOf(digest: Digest): string
  },
): Promise<GrownFile | null> {
  const isList = 'chunks' in older
  const chunking = isList ? older.chunking : chunkingFor(file.sizeBytes)
  const { digest: whole, sizeBytes } = older
  const placed = isList ? older.chunks : [{ hex: digestHex(whole), length: sizeBytes, blob: whole, offset: 0 }]
  const pieceOf = ({ blob, offset, length }: PlacedChunk, index: number): OldPiece => {
    // Only the first was ever left uncut: what is longer than a chunk can be.
    return { file: use.pathOf(blob), offset, length, isUncut: index === 0 && length > chunking.most }
  }
  const now = await use.take(file, chunking, placed.map(pieceOf))
  const digest = parseDigest(`sha256:${now.hex}`)
  if (use.has(digest)) return { digest, stamp: now.stamp, chunkedFile: null, packed: null }
  const { same, rest } = divide(placed, now.same)
  const known = new Map([...same, ...rest].map((chunk) => [chunk.hex, chunk]))
  const [next] = rest
  if (next !== undefined && (next.hex === '' || next.length > chunking.most) && now.chunks.length > 0) {
    known.delete(next.hex)
    const cut = await use.cut(pieceOf(next, 0), chunking)
    for (const chunk of placeIn(cut, next.blob, next.offset)) known.set(chunk.hex, chunk)
  }
  const fresh = new Map<string, ByteRange>()
  let offset = now.same.bytes
  for (const { hex, length } of now.chunks) {
    if (!known.has(hex) && !fresh.has(hex)) fresh.set(hex, { offset, length, hex })
    offset += length
  }
  const freshBytes = [...fresh.values()].reduce((sum, { length }) => sum + length, 0)
  if (freshBytes > now.stamp.sizeBytes * largestNewShare) return null
  const packed = fresh.size === 0 ? null : await use.pack([...fresh.values()])
  if (packed !== null)
    for (const chunk of placeIn([...fresh.values()], parseDigest(`sha256:${packed.hex}`), 0))
      known.set(chunk.hex, chunk)
  const chunks = [...same, ...now.chunks.map(({ hex }) => known.get(hex) as PlacedChunk)]
  return { digest, stamp: now.stamp, chunkedFile: { digest, sizeBytes: now.stamp.sizeBytes, chunking, chunks }, packed }
}

/** What lies before and after the end of what is the same; an uncut piece, which is the first, may lie on both sides. */
function divide(placed: readonly PlacedChunk[], { bytes, hex }: Chunked['same']) {
  const same: PlacedChunk[] = []
  const rest: PlacedChunk[] = []
  let at = 0
  for (const chunk of placed) {
    const before = Math.min(chunk.length, Math.max(0, bytes - at))
    if (before === chunk.length) same.push(chunk)
    else if (before === 0) rest.push(chunk)
    else {
      same.push({ ...chunk, hex, length: before })
      // Not hashed yet: it is cut, when anything follows in the file.
      rest.push({ ...chunk, hex: '', length: chunk.length - before, offset: chunk.offset + before })
    }
    at += chunk.length
  }
  return { same, rest }
}

/** Chunks that lie one after the other in a blob. */
function placeIn(chunks: readonly Chunk[], blob: Digest, from: number): readonly PlacedChunk[] {
  let offset = from
  return chunks.map(({ hex, length }) => {
    const placed = { hex, length, blob, offset }
    offset += length
    return placed
  })
}
