import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'

/** The kernel keeps a socket's path in about 104 bytes; a longer one would be cut without a word. */
const longestSocketPath = 100
const folderPrefix = 'slipway-'

/**
 * A fresh address to listen at, which only this user may reach: a socket in a new folder of mode 0700, made anew
 * each time so that nobody can have prepared it; on Windows a named pipe with an unguessable name.
 */
export function makeSocketAddress(): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\slipway-${crypto.randomUUID()}`
  for (const base of [process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp']) {
    if (!base || Buffer.byteLength(join(base, `${folderPrefix}XXXXXX`, 'core.sock')) > longestSocketPath) continue
    const folder = tryMakeFolder(base)
    if (folder) return join(folder, 'core.sock')
  }
  throw fail('host/runtimeFolderUnsafe', { folder: tmpdir(), problem: 'no short enough folder there can be written' })
}

/**
 * Refuses an address that somebody else may have prepared: a hostile project can bring a lock file of its own.
 * @throws host/runtimeFolderUnsafe
 */
export function assertOwnSocket(address: string): void {
  if (process.platform === 'win32') return
  const folder = dirname(address)
  const problem = findProblem(folder)
  if (problem) throw fail('host/runtimeFolderUnsafe', { folder, problem })
}

/** Takes away the folder of a socket, ours or a dead one's; any other folder is left alone. */
export function removeSocketFolder(address: string): void {
  if (process.platform === 'win32') return
  const folder = dirname(address)
  if (basename(folder).startsWith(folderPrefix) && findProblem(folder) === null) {
    rmSync(folder, { recursive: true, force: true })
  }
}

function tryMakeFolder(base: string): string | null {
  try {
    mkdirSync(base, { recursive: true, mode: 0o700 })
    return mkdtempSync(join(base, folderPrefix))
  } catch {
    return null
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
