import { spawn } from 'node:child_process'
import { closeSync, fsync, openSync } from 'node:fs'
import { promisify } from 'node:util'

/** From so many files on, one sync of their whole disk costs less than one for each. */
export const manyFiles = 16

/**
 * Everything that was written to the disk of `folder` survives a power cut when this returns true; false where the
 * system has no such call, and each file has to be synced by itself. Linux reports what could not be written.
 */
export function syncDisk(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(false)
  return new Promise((resolve) => {
    const program = spawn('sync', ['-f', folder], { stdio: 'ignore' })
    program.once('error', () => resolve(false))
    program.once('exit', (code) => resolve(code === 0))
  })
}

/** Makes all of them durable, which lie in `folder`: by one sync of the disk where the system has it. */
export async function syncAll(folder: string, files: readonly string[]): Promise<void> {
  if (!(await syncDisk(folder))) await syncFiles(files)
}

const sync = promisify(fsync)

/** Opening what was just written takes less than handing that to another thread, and back; only the sync waits for the disk. */
export async function syncFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const handle = openSync(file, 'r')
    try {
      await sync(handle)
    } finally {
      closeSync(handle)
    }
  }
}
