import type { Digest } from '../domain/digest.ts'
import { fileState, settledMs } from './file-stamps.ts'

/**
 * Which blobs stand in a folder, asked of many at once. None is looked at again while the folder itself looks as it
 * did: no name can come or go there without changing it.
 */
export function createStandingBlobs(
  folder: string,
  isThere: (digest: Digest) => boolean,
  now: () => number = Date.now,
): () => (digest: Digest) => boolean {
  let stamp: string | null = null
  let standing = new Set<Digest>()
  return () => {
    const state = fileState(folder)
    // A folder that was changed this lately may change again without showing it.
    const settled = state !== null && now() - state.changedAtMs > settledMs ? state.stamp : null
    if (settled === null || settled !== stamp) standing = new Set()
    stamp = settled
    const known = standing
    return (digest) => {
      if (known.has(digest)) return true
      const found = isThere(digest)
      if (found) known.add(digest)
      return found
    }
  }
}
