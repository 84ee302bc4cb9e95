import { type Digest, digestHex } from '../domain/digest.ts'
import type { BlobFolder } from './blob-folder.ts'
import type { FilePool } from './file-pool.ts'
import type { Gathered, GatheredFile, Refusal, Staging } from './file-work.ts'
import type { FileCall, FileToKeep, KeptFile } from './kept-files.ts'
import type { PackedFiles } from './packed-files.ts'
import { syncAll } from './sync-disk.ts'

/** Of fewer files each is a blob of its own, which every OCI tool and every person can look at. */
export const fewestPacked = 500
export const mostPackedBytes = 128 * 1024
const digestBytes = 32

/** Keeps many small files together: one sync, and few new files. What two threads meet at once may be stored by both. */
export async function keepPacked(
  files: readonly FileToKeep[],
  staging: Staging,
  use: {
    readonly pool: FilePool
    readonly blobs: Pick<BlobFolder, 'names' | 'isStored'>
    readonly packed: PackedFiles
    accept<Result extends object>(result: Result | Refusal, file: FileToKeep): Result
    readonly call: FileCall
  },
): Promise<readonly KeptFile[]> {
  const { pool, blobs, packed, accept, call } = use
  const kept: KeptFile[] = new Array(files.length)
  /** While threads go on with the others: afterwards everybody would wait for it. */
  const take = (part: Gathered | Refusal, firstFile: number) => {
    if ('refused' in part) return
    for (const [index, one] of part.files.entries()) {
      if ('refused' in one) continue
      const file = files[firstFile + index] as FileToKeep
      const result = toKept(one)
      kept[firstFile + index] = result
      call.onHashed?.(file, result)
    }
  }
  const known = knownDigests(blobs.names(), packed)
  const gathered = (await pool.gather(files, staging, known, call, take)).map((one) =>
    accept(one, files[0] as FileToKeep),
  )
  for (const [index, result] of gathered.flatMap((one) => one.files).entries())
    accept(result, files[index] as FileToKeep)
  const made = gathered.flatMap(({ pack }) => (pack === null ? [] : [pack.staged]))
  if (made.length > 0) {
    await syncAll(staging.folder, made)
    await packed.publish(gathered)
  }
  // What was there already may have been put there by somebody who has not synced its name yet.
  const present = kept.filter(({ how }) => how === 'present')
  const isPacked = packed.isAmong(new Set(blobs.names()))
  for (const { digest, sizeBytes } of present) if (!isPacked(digest)) await blobs.isStored({ digest, sizeBytes })
  packed.noteUse(present.map(({ digest }) => digest))
  return kept
}

function toKept({ digest, stamp, isNew }: GatheredFile): KeptFile {
  return {
    digest,
    sizeBytes: stamp.sizeBytes,
    stamp,
    how: isNew ? 'pack' : 'present',
    storedBytes: isNew ? stamp.sizeBytes : 0,
  }
}

/** Everything that is kept, in order, in memory that all threads see. */
function knownDigests(names: readonly string[], packed: PackedFiles): Uint8Array {
  const isPacked = packed.isAmong(new Set(names))
  const hexes = new Set(names.filter((name) => /^[0-9a-f]{64}$/.test(name)))
  for (const digest of packed.digests()) if (isPacked(digest)) hexes.add(digestHex(digest as Digest))
  const bytes = Buffer.from(new SharedArrayBuffer(hexes.size * digestBytes))
  for (const [index, hex] of [...hexes].sort().entries()) bytes.write(hex, index * digestBytes, 'hex')
  return bytes
}
