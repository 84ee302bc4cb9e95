import { lstatSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'

export const socketFolderPrefix = 'slipway-'

/** Why the folder of a socket may be somebody else's; null for our own, and for a named pipe. */
export function findSocketProblem(address: string): string | null {
  return process.platform === 'win32' ? null : findProblem(dirname(address))
}

/** Takes away the folder of a socket, ours or a dead one's; any other folder is left alone. */
export function removeSocketFolder(address: string): void {
  if (process.platform === 'win32') return
  const folder = dirname(address)
  if (basename(folder).startsWith(socketFolderPrefix) && findProblem(folder) === null) {
    rmSync(folder, { recursive: true, force: true })
  }
}

function findProblem(folder: string): string | null {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (!found) return 'it does not exist'
  if (!found.isDirectory()) return 'it is not a folder'
  if (process.getuid && found.uid !== process.getuid()) return 'it belongs to another user'
  if ((found.mode & 0o077) !== 0) return 'other users may enter it'
  return null
}
