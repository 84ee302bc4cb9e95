import { type Digest, digestHex } from '../domain/digest.ts'
import type { BlobFolder } from './blob-folder.ts'
import type { ChunkedFiles } from './chunked-files.ts'
import type { PackedFiles } from './packed-files.ts'
import { manyFiles } from './sync-disk.ts'

/** Which of many digests are kept, asked of the folder once and not for each of them. */
export function createHeldAmong({
  blobs,
  chunked,
  packed,
  has,
}: {
  readonly blobs: Pick<BlobFolder, 'names'>
  readonly chunked: Pick<ChunkedFiles, 'has'>
  readonly packed: Pick<PackedFiles, 'changes' | 'isAmong' | 'folder'>
  readonly has: (digest: Digest) => boolean
}): (digests: readonly Digest[]) => ReadonlySet<Digest> {
  /** The answer to the last question about many, good for the same list while the same blobs and packs are there. */
  let lastHeld: {
    readonly digests: readonly Digest[]
    readonly listed: readonly string[]
    readonly packs: readonly string[]
    readonly changes: number
    readonly held: ReadonlySet<Digest>
  } | null = null

  return (digests) => {
    if (digests.length < manyFiles) return new Set(digests.filter(has))
    const listed = blobs.names()
    const packs = packed.folder.names()
    const changes = packed.changes()
    const isAsBefore = lastHeld?.changes === changes && isSameList(lastHeld.packs, packs)
    if (lastHeld?.digests === digests && isAsBefore && isSameList(lastHeld.listed, listed)) return lastHeld.held
    const names = new Set(listed)
    const isPacked = packed.isAmong(names)
    const held = new Set(digests.filter((digest) => isPacked(digest) || names.has(digestHex(digest))))
    const others = digests.filter((digest) => !held.has(digest))
    if (others.length === 0) lastHeld = { digests, listed, packs, changes, held }
    for (const digest of others) if (chunked.has(digest)) held.add(digest)
    return held
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index])
}
