/** The computer's processors, shared out among the steps of all runs that go at the same time. */
export type Processors = {
  /** Waits for its share, in order of asking; the share goes back when the work has ended. @throws the signal's reason */
  use<Result>(share: number, signal: AbortSignal, work: () => Promise<Result>): Promise<Result>
}

type Waiting = { readonly share: number; readonly start: () => void }

export function createProcessors(total: number): Processors {
  const waiting: Waiting[] = []
  let free = total

  function look(): void {
    for (let first = waiting[0]; first && first.share <= free; first = waiting[0]) {
      waiting.shift()
      free -= first.share
      first.start()
    }
  }

  function wait(share: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(asked), 1)
        reject(signal.reason)
        look()
      }
      const asked = {
        share,
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
      const taken = Math.min(Math.max(share, 1), total)
      await wait(taken, signal)
      try {
        return await work()
      } finally {
        free += taken
        look()
      }
    },
  }
}
