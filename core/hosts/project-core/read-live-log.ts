import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

const longestBytes = 1024 * 1024

/** The end of what a step that still runs has printed so far; null when nothing is kept for it. */
export function readLiveLog(logsFolder: string, stepRunId: string): string | null {
  let descriptor: number
  try {
    descriptor = openSync(join(logsFolder, `${stepRunId}.log`), 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const { size } = fstatSync(descriptor)
    const bytes = Buffer.alloc(Math.min(size, longestBytes))
    const read = readSync(descriptor, bytes, 0, bytes.length, Math.max(0, size - bytes.length))
    return bytes.subarray(0, read).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}
