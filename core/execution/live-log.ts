import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

const longestLiveLogBytes = 1024 * 1024

/** Where the output of a step run is kept until it is stored. */
export function logFileOf(slipwayFolder: string, stepRunId: string): string {
  return join(slipwayFolder, 'logs', `${stepRunId}.log`)
}

/**
 * The end of what a step has printed so far: while it runs, and when core died over it.
 * Null once its log is in the store, and for a step that printed nothing here.
 */
export function readLiveLog(slipwayFolder: string, stepRunId: string): string | null {
  let descriptor: number
  try {
    descriptor = openSync(logFileOf(slipwayFolder, stepRunId), 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const { size } = fstatSync(descriptor)
    const start = Math.max(0, size - longestLiveLogBytes)
    const bytes = Buffer.alloc(size - start)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start)).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}
