import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import process from 'node:process'
import type { Output } from './output.ts'

/** What a command tells whoever started it for a shell: that it is through, although its process goes on. */
export type ThroughMessage = { readonly through: number }

/**
 * A command that is through while others still use the core that lives in its process: whoever started us for the
 * shell leaves with our code, and this process goes on unseen until nobody needs it. Where nobody stands between the
 * shell and us it can only say why it does not end.
 */
export function leaveForeground(exitCode: number, output: Output): void {
  if (!process.send) {
    output.note('The core that this command holds is used by others; it ends with them.')
    return
  }
  // What the terminal sends is meant for others from now on, as for a program that a shell runs in the background.
  for (const name of ['SIGINT', 'SIGHUP'] as const) process.removeAllListeners(name).on(name, () => undefined)
  process.send({ through: exitCode } satisfies ThroughMessage, () => {
    if (process.connected) process.disconnect()
  })
  if (process.platform === 'win32') return
  // A pipe that we hold open would keep the program waiting that reads from us.
  for (const descriptor of [0, 1, 2]) {
    closeSync(descriptor)
    openSync(devNull, descriptor === 0 ? 'r' : 'w')
  }
}
