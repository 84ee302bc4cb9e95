import type { ProjectCore } from '../../api/project-core.ts'
import { fail } from '../../domain/failure.ts'

/** How a core is kept that outlives who started it. */
export type Kept = {
  /** Unused for so long, it ends. */
  readonly idleMs: number
  /** Ends it once the commands that use it are through. */
  readonly end: () => void
}

/** The process in which this core lives, and its end where it is kept. */
export function createCoreArea(kept: Kept | undefined): ProjectCore['core'] {
  const startedAt = new Date().toISOString()
  return {
    show: () => ({
      pid: process.pid,
      startedAt,
      memoryBytes: process.memoryUsage.rss(),
      keptMs: kept?.idleMs ?? null,
    }),
    stop() {
      if (kept === undefined) {
        const problem = `The core lives in process ${process.pid}: a workbench or another command.`
        throw fail('host/usage', { problem, hint: 'End that; its core ends with it.' })
      }
      // The answer goes out before the line does.
      setImmediate(kept.end)
    },
  }
}
