import { type Digest, parseDigest } from '../domain/digest.ts'
import { accept } from './accept-taken.ts'
import type { BlobFolder } from './blob-folder.ts'
import type { ChunkedFiles } from './chunked-files.ts'
import type { FilePool } from './file-pool.ts'
import type { Staging } from './file-work.ts'
import { growFile } from './grow-file.ts'
import type { FileCall, FileToKeep, KeptFile } from './kept-files.ts'

/** Below this a file is stored anew whatever it shares with another: of such a one nobody need say what it grew from. */
export const leastToChunk = 256 * 1024

/** Keeps of a file that grew from a kept one what is new in it. */
export function createKeepingOfGrown({
  blobs,
  chunked,
  pool,
  has,
}: {
  readonly blobs: Omit<BlobFolder, 'folder'>
  readonly chunked: ChunkedFiles
  readonly pool: FilePool
  readonly has: (digest: Digest) => boolean
}) {
  function canGrow({ grewFrom, sizeBytes }: FileToKeep, staging: Staging): boolean {
    return !staging.link && sizeBytes >= leastToChunk && grewFrom != null && isGrowable(grewFrom)
  }

  const isGrowable = (digest: Digest) => blobs.sizeOf(digest) !== null || chunked.has(digest)

  /** Null when too little of it is known: then it is kept whole. */
  async function grow(file: FileToKeep, staging: Staging, call: FileCall): Promise<KeptFile | null> {
    const { grewFrom } = file
    if (grewFrom == null) return null
    const sizeBytes = blobs.sizeOf(grewFrom)
    const older = sizeBytes === null ? await chunked.read(grewFrom) : { digest: grewFrom, sizeBytes }
    if (older === null) return null
    const { signal } = call
    const grown = await growFile(file, older, {
      take: async (work, chunking, pieces) => accept(await pool.chunk(work, chunking, pieces, call), file),
      async cut(part, chunking) {
        const cut = await pool.cut(part, chunking, { signal })
        return 'refused' in cut ? [] : cut.chunks
      },
      pack: async (ranges) => accept(await pool.pack(file, ranges, staging, { signal }), file),
      has,
      pathOf: blobs.pathOf,
    })
    if (grown === null) return null
    if (grown.chunkedFile === null) {
      return {
        digest: grown.digest,
        sizeBytes: grown.stamp.sizeBytes,
        stamp: grown.stamp,
        how: 'present',
        storedBytes: 0,
      }
    }
    if (grown.packed !== null) {
      const { staged, hex, sizeBytes } = grown.packed
      await blobs.placeAll([{ unfinished: staged, digest: parseDigest(`sha256:${hex}`), sizeBytes }])
    }
    const listBytes = await chunked.write(grown.chunkedFile)
    const storedBytes = (grown.packed?.sizeBytes ?? 0) + listBytes
    return { digest: grown.digest, sizeBytes: grown.stamp.sizeBytes, stamp: grown.stamp, how: 'chunks', storedBytes }
  }

  return { canGrow, grow }
}
