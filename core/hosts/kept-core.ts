import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '../domain/failure.ts'
import type { Assets } from './assets.ts'
import { type LockHolder, readLiveHolder } from './project-lock.ts'
import { assertOwnSocket } from './runtime-folder.ts'

const lookMs = 25
const patienceMs = 30_000

/** Starts a core that goes on without us. @param folder real path of a project @throws what kept it from starting */
export async function startKeptCore(folder: string, idleMs: number, assets: Assets): Promise<LockHolder> {
  const child = spawn(assets.nodeBinary, [assets.keepCoreEntry, folder, String(idleMs)], {
    // Nothing of ours holds a folder that its user may want to take away.
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  await new Promise<void>((done, refuse) => {
    child.once('error', refuse)
    child.once('exit', () => done())
    child.stdout.once('data', () => done())
  })
  child.stdout.destroy()
  child.stderr.destroy()
  child.unref()
  const holder = readLiveHolder(join(folder, '.slipway'))
  if (holder) return holder
  throw fail('host/usage', {
    problem: `The core could not be kept${said === '' ? '' : `: ${said.trim().split('\n').at(-1)}`}.`,
    hint: 'Run the command that you need without it; it says what is wrong.',
  })
}

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
