import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { Assets } from './assets.ts'
import { type LockHolder, readLiveHolder } from './project-lock.ts'

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
