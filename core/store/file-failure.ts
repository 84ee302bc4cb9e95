import { fail } from '../domain/failure.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'

const diskCodes = ['EIO', 'EMFILE', 'ENFILE', 'ENAMETOOLONG', 'ENOTDIR', 'ENOENT', 'EISDIR', 'EXDEV', 'ESTALE', 'EBUSY']

/**
 * What the disk's refusal means for someone who stores into `folder`. Anything else stays as it was: a stream
 * that is being stored fails with its own source's error (a lost connection is no disk error).
 */
export function toStoreFailure(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (isOutOfSpace(error)) return fail('store/full', { folder }, { cause: error })
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return fail('store/readOnly', { folder, cause: code }, { cause: error })
  }
  if (code !== undefined && diskCodes.includes(code)) {
    return fail('store/unwritable', { folder, cause: code }, { cause: error })
  }
  return error
}
