import { parseDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { Refusal, Taken } from './file-work.ts'
import type { FileToKeep, KeptFile } from './kept-files.ts'

/** What was staged of it goes with the staging folder. */
export function inPack(taken: Taken): Taken {
  return { ...taken, staged: null, how: 'hashed' }
}

export function toKept({ hex, stamp, how }: Taken): KeptFile {
  const isNew = how === 'copy' || how === 'link' || how === 'reflink'
  return {
    digest: parseDigest(`sha256:${hex}`),
    sizeBytes: stamp.sizeBytes,
    stamp,
    how: how === 'hashed' ? 'present' : how,
    storedBytes: isNew ? stamp.sizeBytes : 0,
  }
}

/** What a thread refused, as the failure that a person reads. */
export function accept<Result extends object>(result: Result | Refusal, { file }: FileToKeep): Result {
  if (!('refused' in result)) return result
  const { refused } = result
  switch (refused.reason) {
    case 'notAFile':
      throw fail('store/notAFile', { file, what: refused.what })
    case 'changing':
      throw fail('store/fileChanging', { file })
    case 'stopped':
      throw fail('execution/canceled', { what: `Reading ${file}` })
    case 'disk':
      if (refused.where === 'source') throw fail('store/fileUnreadable', { file, cause: refused.code })
      throw Object.assign(new Error(`storing ${file} failed: ${refused.code}`), { code: refused.code })
  }
}
