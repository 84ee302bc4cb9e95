import { statSync } from 'node:fs'
import type { RecordsShrunk } from '../domain/space.ts'
import type { Connection } from './connection.ts'
import { toDatabaseFailure } from './sqlite-failure.ts'

/** Rewriting the whole file is worth it from here on: a quarter of it is free, and not just a few pages. */
const leastFreeShare = 0.25
const leastFreeBytes = 1024 * 1024
/** While it is rewritten it stands three times: as it is, in a temporary file, and in the write-ahead log. */
const copies = 2
const spareBytes = 8 * 1024 * 1024

/**
 * Gives the free pages of the file back to the disk, on a connection of its own: on the other one the copy would be made
 * in memory. It is one transaction: what cuts it off leaves the file as it was.
 * @param connect waits hardly at all for another program
 * @param roomBytes what the disk has left, the write-ahead log's place
 * @returns null where little of it is free
 * @throws what the driver says of a file that is hurt or a disk that fails
 */
export function shrinkFile(connect: () => Connection, file: string, roomBytes: number): RecordsShrunk | null {
  const connection = connect()
  try {
    const read = (name: string) => connection.pragma(name, { simple: true }) as number
    const [pageBytes, pages, freePages] = [read('page_size'), read('page_count'), read('freelist_count')]
    const bytes = freePages * pageBytes
    if (bytes < leastFreeBytes || freePages < pages * leastFreeShare) return null
    if (roomBytes < copies * (pages - freePages) * pageBytes + spareBytes)
      return { state: 'kept', why: 'noRoom', bytes }
    const before = statSync(file).size
    const refusal = vacuum(connection, file)
    if (refusal !== null) return { state: 'kept', why: refusal, bytes }
    const less = before - statSync(file).size
    // Rewritten, but for somebody who reads the old pages: the file ends where it did until they are done.
    return less > 0 ? { state: 'shrunk', bytes: less } : { state: 'kept', why: 'busy', bytes }
  } finally {
    connection.close()
  }
}

function vacuum(connection: Connection, file: string): 'busy' | 'noRoom' | null {
  try {
    connection.pragma('synchronous = FULL')
    connection.exec('VACUUM')
    connection.pragma('wal_checkpoint(TRUNCATE)')
    return null
  } catch (error) {
    const code = toDatabaseFailure(error, file)?.code
    if (code === 'database/busy') return 'busy'
    if (code === 'database/full') return 'noRoom'
    throw error
  }
}
