import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import { findSocketProblem, socketFolderPrefix } from './socket-folder.ts'

/** The kernel keeps a socket's path in about 104 bytes; a longer one would be cut without a word. */
const longestSocketPath = 100

/**
 * A fresh address to listen at, which only this user may reach: a socket in a new folder of mode 0700, made anew
 * each time so that nobody can have prepared it; on Windows a named pipe with an unguessable name.
 */
export function makeSocketAddress(): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\slipway-${crypto.randomUUID()}`
  for (const base of [process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp']) {
    if (!base || Buffer.byteLength(join(base, `${socketFolderPrefix}XXXXXX`, 'core.sock')) > longestSocketPath) continue
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
  const problem = findSocketProblem(address)
  if (problem) throw fail('host/runtimeFolderUnsafe', { folder: dirname(address), problem })
}

function tryMakeFolder(base: string): string | null {
  try {
    mkdirSync(base, { recursive: true, mode: 0o700 })
    return mkdtempSync(join(base, socketFolderPrefix))
  } catch {
    return null
  }
}
