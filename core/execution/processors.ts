import { totalmem } from 'node:os'

/** What a step says that it takes: memory counts where it has a limit. */
export type Share = { readonly cpus: number; readonly memoryBytes: number | null }

/** The computer's processors and memory, shared out among the steps of all runs that go at the same time. */
export type Processors = {
  /** Waits for its share, in order of asking; the share goes back when the work has ended. @throws the signal's reason */
  use<Result>(share: Share, signal: AbortSignal, work: () => Promise<Result>): Promise<Result>
}

type Waiting = { readonly cpus: number; readonly memory: number; readonly start: () => void }

export function createProcessors(total: number, totalMemoryBytes = totalmem()): Processors {
  const waiting: Waiting[] = []
  let free = total
  let freeMemory = totalMemoryBytes

  function look(): void {
    // In order of asking: a large step is not overtaken for ever by small ones.
    for (let first = waiting[0]; first && first.cpus <= free && first.memory <= freeMemory; first = waiting[0]) {
      waiting.shift()
      free -= first.cpus
      freeMemory -= first.memory
      first.start()
    }
  }

  function wait(cpus: number, memory: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(asked), 1)
        reject(signal.reason)
        look()
      }
      const asked = {
        cpus,
        memory,
        start() {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      if (signal.aborted) return reject(signal.reason)
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(asked)
      look()
    })
  }

  return {
    async use(share, signal, work) {
      // More than there is means all of it.
      const taken = Math.min(Math.max(share.cpus, 1), total)
      const memory = Math.min(share.memoryBytes ?? 0, totalMemoryBytes)
      await wait(taken, memory, signal)
      try {
        return await work()
      } finally {
        free += taken
        freeMemory += memory
        look()
      }
    },
  }
}
