import { availableParallelism, totalmem } from 'node:os'

const mostMemoryBytes = 2 * 1024 ** 3
const mostThreads = 4

/** What one table may take of this machine: a look at data must not slow down the run beside it. */
export function chooseLimits(): { readonly memoryBytes: number; readonly threads: number } {
  return {
    memoryBytes: Math.min(mostMemoryBytes, Math.round(totalmem() / 4)),
    threads: Math.min(mostThreads, Math.max(1, availableParallelism())),
  }
}
