/** Long enough that the answer which the work was put off for is out, short enough that nobody waits for it later. */
const restMs = 150

export type OwedWork = {
  add(work: () => void): void
  /** Does what is owed, unless the caller runs ahead of it. */
  settle(): void
  ahead<Result>(work: () => Result): Result
  stop(): void
}

/** Writing that was put off; `transaction` does all of it as one. */
export function createOwedWork(transaction: (work: () => void) => void): OwedWork {
  let owed: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let levelsAhead = 0

  function settle(): void {
    if (owed.length === 0 || levelsAhead > 0) return
    clearTimeout(timer)
    const works = owed
    owed = []
    try {
      transaction(() => {
        for (const work of works) work()
      })
    } catch {
      // Reading goes on without it; who writes next meets the same disk, and is told.
      owed = [...works, ...owed]
    }
  }

  return {
    add(work) {
      owed.push(work)
      clearTimeout(timer)
      timer = setTimeout(settle, restMs).unref()
    },
    settle,
    ahead(work) {
      levelsAhead += 1
      try {
        return work()
      } finally {
        levelsAhead -= 1
      }
    },
    stop: () => clearTimeout(timer),
  }
}
