import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LockHolder, readLiveHolder } from './project-lock.ts'
import { assertOwnSocket } from './runtime-folder.ts'

const lookMs = 25
const patienceMs = 30_000

/**
 * Asks a kept core to end, which it does once the commands that use it are through. True when it has. A lock file can
 * come with a hostile project: only a process that the system knows by the very start that it names is told anything.
 * @throws host/runtimeFolderUnsafe
 */
export async function endKeptCore(folder: string, holder: LockHolder): Promise<boolean> {
  assertOwnSocket(holder.address)
  if (holder.startedAt === null || (process.platform === 'linux' && holder.bootId === null)) return false
  process.kill(holder.pid, 'SIGTERM')
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookMs) {
    if (readLiveHolder(join(folder, '.slipway'))?.nonce !== holder.nonce) return true
    await sleep(lookMs)
  }
  return false
}
