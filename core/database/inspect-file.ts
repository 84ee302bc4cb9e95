import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../domain/failure.ts'

const header = Buffer.from('SQLite format 3\0', 'latin1')

/**
 * Looks before anything is opened, because SQLite takes an empty file for a new database.
 * `absent` only when nothing says that records were here before. @throws database/notADatabase, database/missing
 */
export function inspectDatabaseFile(file: string, slipwayFolder: string): 'absent' | 'present' {
  if (!existsSync(file)) {
    const blobs = countBlobs(join(slipwayFolder, 'store', 'blobs', 'sha256'))
    if (blobs > 0) throw fail('database/missing', { file, blobs })
    return 'absent'
  }
  const what = describeStranger(file)
  if (what !== null) throw fail('database/notADatabase', { file, what })
  return 'present'
}

function describeStranger(file: string): string | null {
  try {
    const status = statSync(file)
    if (status.isDirectory()) return 'a folder'
    if (!status.isFile()) return 'no regular file'
    if (status.size === 0) return 'an empty file'
    return startsWith(file, header) ? null : 'a file of another kind'
  } catch (error) {
    throw fail(
      'database/unwritable',
      { file, cause: (error as NodeJS.ErrnoException).code ?? String(error) },
      { cause: error },
    )
  }
}

function startsWith(file: string, expected: Buffer): boolean {
  const descriptor = openSync(file, 'r')
  try {
    const start = Buffer.alloc(expected.length)
    readSync(descriptor, start, 0, start.length, 0)
    return start.equals(expected)
  } finally {
    closeSync(descriptor)
  }
}

function countBlobs(folder: string): number {
  return existsSync(folder) ? readdirSync(folder).length : 0
}
