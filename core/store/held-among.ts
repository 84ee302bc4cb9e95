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
}): (digests: readonly (Digest | null)[]) => ReadonlySet<Digest> {
  /** The answer to the last question about many, good for the same list while the same blobs and packs are there. */
  let lastHeld: LastHeld | null = null

  return (digests) => {
    if (digests.length < manyFiles) return new Set(digests.filter((digest) => digest !== null).filter(has))
    const listed = blobs.names()
    const packs = packed.folder.names()
    const changes = packed.changes()
    const last = lastHeld?.changes === changes && isSameList(lastHeld.packs, packs) ? lastHeld : null
    if (last?.digests === digests && isSameList(last.listed, listed)) return last.held
    const names = new Set(listed)
    const isPacked = packed.isAmong(names)
    const isThere = (digest: Digest) => isPacked(digest) || names.has(digestHex(digest))
    // Where only blobs came, what was held is held: of most lists few digests are others than before.
    const begun = last?.listed.every((name) => names.has(name)) ? carryOver(last, digests) : null
    const held = begun?.held ?? new Set<Digest>()
    const others: Digest[] = []
    for (const digest of begun?.others ?? digests) {
      if (digest === null) continue
      if (isThere(digest)) held.add(digest)
      else others.push(digest)
    }
    if (others.length === 0) lastHeld = { digests, listed, packs, changes, held }
    for (const digest of others) if (chunked.has(digest)) held.add(digest)
    return held
  }
}

type LastHeld = {
  readonly digests: readonly (Digest | null)[]
  readonly listed: readonly string[]
  readonly packs: readonly string[]
  readonly changes: number
  readonly held: ReadonlySet<Digest>
}

/** What is held of a list as long as the last one, and those of its digests that this does not say anything of. */
function carryOver(last: LastHeld, digests: readonly (Digest | null)[]) {
  if (last.digests.length !== digests.length) return null
  const others = digests.filter((digest, index) => digest !== last.digests[index])
  const gone = new Set(last.digests.filter((digest, index) => digest !== digests[index]))
  const held = new Set(last.held)
  for (const digest of gone) if (digest !== null) held.delete(digest)
  // It may stand in the list more than once.
  for (const digest of digests) if (gone.has(digest)) others.push(digest)
  return { held, others }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index])
}
