import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
import { hashFile } from './hash-file.ts'
import type { PackFolder } from './pack-folder.ts'
import type { BlobDamage, Store, StoreCheck } from './store.ts'

export const blobName = /^[0-9a-f]{64}$/

/** Re-hashes everything in `blobs`, and every file in `packs`; nothing is believed by name, size or time. */
export async function verifyBlobs(
  blobs: string,
  packs: Pick<PackFolder, 'names' | 'strangers' | 'check'>,
  { expected = [], onProgress, signal }: Parameters<Store['verifyAll']>[0] = {},
): Promise<Omit<StoreCheck, 'indexProblem'>> {
  // A project that was never run, on a disk that takes no writes, has no store yet.
  const names = existsSync(blobs) ? (await readdir(blobs)).sort() : []
  const present = names.filter((name) => blobName.test(name))
  const checks = [
    ...present.map((name) => () => checkBlob(join(blobs, name), parseDigest(`sha256:${name}`), signal)),
    ...packs.names().map((name) => () => packs.check(name, signal)),
  ]
  const damage: BlobDamage[] = []
  let bytes = 0
  for (const [index, check] of checks.entries()) {
    signal?.throwIfAborted()
    const found = await check()
    if (typeof found === 'number') bytes += found
    else damage.push(found)
    onProgress?.(index + 1, checks.length, bytes)
  }
  const standing = new Set(present)
  for (const digest of new Set(expected)) {
    if (standing.has(digestHex(digest))) continue
    damage.push({ digest, kind: 'missing', found: null, detail: 'no such file in the store' })
  }
  const strangers = [...names.filter((name) => !blobName.test(name)), ...packs.strangers()]
  return { blobs: checks.length, bytes, damage, strangers }
}

/** Its size when it is sound. */
async function checkBlob(file: string, digest: Digest, signal?: AbortSignal): Promise<number | BlobDamage> {
  try {
    if (!(await stat(file)).isFile()) {
      return { digest, kind: 'unreadable', found: null, detail: 'something else than a file stands there' }
    }
    const { digest: found, sizeBytes } = await hashFile(file, signal)
    return found === digest ? sizeBytes : { digest, kind: 'hurt', found, detail: `hashes to ${found}` }
  } catch (error) {
    signal?.throwIfAborted()
    const detail = (error as NodeJS.ErrnoException).code ?? String(error)
    return { digest, kind: 'unreadable', found: null, detail: `cannot be read (${detail})` }
  }
}
