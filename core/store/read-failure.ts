import type { Digest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'

/** What it means that a blob could not be read. */
export function toReadFailure(error: unknown, digest: Digest): unknown {
  if (isFailure(error)) return error
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === 'ENOENT') return fail('store/blobMissing', { digest }, { cause: error })
  if (typeof code !== 'string') return error
  return fail('store/blobUnreadable', { digest, cause: code }, { cause: error })
}
