import { realpathSync } from 'node:fs'
import process from 'node:process'
import type { ThroughMessage } from './leave-foreground.ts'

/**
 * A core needs the app's own Node, for which its native parts were made. Whoever only attaches may be run by another
 * (the launcher does so); when it then has to open a core after all, the command starts over where that can be done.
 * @returns only where this process may hold a core, in the app's own Node; else it ends as the other one does
 */
export async function enterOwnNode(nodeBinary: string, mayHold: boolean): Promise<void> {
  if (mayHold && realpathSync(process.execPath) === realpathSync(nodeBinary)) return
  const { spawn } = await import('node:child_process')
  const child = spawn(nodeBinary, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  const code = await new Promise<number>((done, refuse) => {
    child.once('error', refuse)
    child.once('exit', (status) => done(status ?? 1))
    child.on('message', ({ through }: ThroughMessage) => done(through))
  })
  process.exit(code)
}
