import type { ProcessIdentity } from '../tracking/process-identity.ts'
import { signalProcess } from './process-tree.ts'
import { settleWithin } from './settle-within.ts'
import type { Ending } from './step-process.ts'

/**
 * SIGINT, as a Ctrl-C would; then SIGTERM; then SIGKILL to everything that is found. A process that waits for a disk or
 * a server that answers no more does not even end then, and nobody can say when it will: `givenUp` is when that is clear.
 */
export function stopStep(find: () => readonly ProcessIdentity[], exited: Promise<unknown>, graceMs: number) {
  let reason: 'canceled' | 'timeLimit' | null = null
  let ended = false
  exited.then(() => {
    ended = true
  })
  const givenUp = Promise.withResolvers<Ending>()
  async function escalate(): Promise<void> {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
      for (const target of find()) signalProcess(target, signal)
      await settleWithin(exited, graceMs)
      if (ended) return
    }
    givenUp.resolve({ exitCode: null, signal: 'SIGKILL' })
  }
  return {
    reason: () => reason,
    givenUp: givenUp.promise,
    begin(why: 'canceled' | 'timeLimit') {
      if (reason !== null || ended) return
      reason = why
      void escalate()
    },
  }
}
