import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { type Failure, fail } from '../domain/failure.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'

/** The failure that a driver's error means, or null when it is a defect of ours (a wrong statement, a broken rule). */
export function toDatabaseFailure(error: unknown, file: string): Failure | null {
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return null
  const options = { cause: error }
  const message = (error as Error).message
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return fail('database/hurt', { file, finding: message }, options)
  if (code.startsWith('SQLITE_FULL') || (/^SQLITE_IOERR_(WRITE|SHMSIZE)$/.test(code) && isOverQuota(file)))
    return fail('database/full', { file }, options)
  if (code.startsWith('SQLITE_READONLY')) return fail('database/readOnly', { reason: `${message}.` }, options)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return fail('database/busy', { file }, options)
  if (/^SQLITE_(IOERR|CANTOPEN|PERM|NOLFS)/.test(code)) {
    return fail('database/unwritable', { file, cause: `${code}: ${message}` }, options)
  }
  return null
}

/** A read or write of the file itself failed: what the operating system then holds is not known. */
export function isDiskError(error: unknown): boolean {
  return /^SQLITE_IOERR/.test(String((error as { code?: unknown } | null)?.code))
}

/** SQLite knows a disk without room, not one that gives its user no more, and calls that a failed write. */
function isOverQuota(file: string): boolean {
  const probe = `${file}.new-${process.pid}`
  try {
    const opened = openSync(probe, 'w', 0o600)
    try {
      // At a place in the file, as SQLite writes.
      writeSync(opened, Buffer.alloc(65_536), 0, 65_536, 0)
      return false
    } finally {
      closeSync(opened)
      rmSync(probe)
    }
  } catch (error) {
    return isOutOfSpace(error)
  }
}
