import { fail, isFailure } from '../domain/failure.ts'

/** Long enough that the answer which the work was put off for is out, short enough that nobody waits for it later. */
const restMs = 150
/** A disk that refused is asked again this often, and not by every reading: one that is locked makes each wait. */
const retryMs = 1_000

/** Why work is still owed. */
export type OwedTrouble = {
  /** The disk takes nothing for now: the work is kept, and done when it does. */
  readonly refusal: Error | null
  /** Work that no disk can be blamed for: it is not tried again here, and its cause has been told. */
  readonly failures: readonly Error[]
}

export type OwedWork = {
  add(work: () => void): void
  /** Does what is owed, unless the caller runs ahead of it or the disk refused it a moment ago; `now` asks again. */
  settle(now?: boolean): void
  ahead<Result>(work: () => Result): Result
  trouble(): OwedTrouble
  stop(): void
}

/** Writing that was put off; `transaction` does all of it as one. */
export function createOwedWork(file: string, transaction: (work: () => void) => void): OwedWork {
  let owed: (() => void)[] = []
  let refusal: Error | null = null
  const failures: Error[] = []
  let timer: NodeJS.Timeout | undefined
  let levelsAhead = 0

  function settle(now = false): void {
    if (owed.length === 0 || levelsAhead > 0 || (refusal && !now)) return
    clearTimeout(timer)
    const works = owed
    owed = []
    refusal = null
    try {
      transaction(() => {
        for (const work of works) work()
      })
    } catch (error) {
      if (isRefusal(error)) keep(works, error)
      else doEach(works)
    }
  }

  /** What cannot be done keeps nothing else from being done. */
  function doEach(works: readonly (() => void)[]): void {
    for (const [index, work] of works.entries()) {
      try {
        transaction(work)
      } catch (error) {
        if (!isRefusal(error)) tell(error)
        else {
          keep(works.slice(index), error)
          return
        }
      }
    }
  }

  /** Reading goes on without it; who writes next meets the same disk, and is told. */
  function keep(works: readonly (() => void)[], error: Error): void {
    owed = [...works, ...owed]
    refusal = error
    timer = setTimeout(() => settle(true), retryMs).unref()
  }

  /** Nobody waits for such work, so nobody can be thrown at: the log of the process has it, and doctor. */
  function tell(error: unknown): void {
    const cause = error instanceof Error ? error.message : String(error)
    const failure = fail('database/owedFailed', { file, cause }, { cause: error })
    failures.push(failure)
    process.emitWarning(failure.message, { type: 'SlipwayWarning', code: failure.code })
  }

  return {
    add(work) {
      owed.push(work)
      if (refusal) return
      clearTimeout(timer)
      timer = setTimeout(() => settle(), restMs).unref()
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
    trouble: () => ({ refusal, failures }),
    stop: () => clearTimeout(timer),
  }
}

/** The disk, or somebody else at the file, takes no writes for now: full, read-only, locked, or it failed. */
function isRefusal(error: unknown): error is Error {
  return (['full', 'readOnly', 'busy', 'unwritable'] as const).some((why) => isFailure(error, `database/${why}`))
}
