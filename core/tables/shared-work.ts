import { randomUUID } from 'node:crypto'
import { fail } from '../domain/failure.ts'

type Work<Value> = {
  readonly found: Promise<Value>
  /** The work's own name to the engine: no single one who waits may end it. */
  readonly ticket: string
  /** How to turn each of those who wait away. */
  readonly waiting: Map<string, () => void>
}

type SharedWorkOptions<Value> = {
  /** How many results are kept; the oldest goes first. */
  readonly kept: number
  interrupt(ticket: string): void
  onForget?(value: Value): void
}

/** Work that several ask for: done once, kept, and ended early only when all who asked have left. */
export type SharedWork<Value> = {
  share(key: string, ticket: string, find: (ticket: string) => Promise<Value>): Promise<Value>
  has(key: string): boolean
  cancel(ticket: string): void
}

export function createSharedWork<Value>(options: SharedWorkOptions<Value>): SharedWork<Value> {
  const works = new Map<string, Work<Value>>()

  function start(key: string, find: (ticket: string) => Promise<Value>): Work<Value> {
    const ticket = randomUUID()
    const work = { found: find(ticket), ticket, waiting: new Map<string, () => void>() }
    works.set(key, work)
    // What failed is tried anew by the next who asks.
    work.found.catch(() => {
      if (works.get(key) === work) works.delete(key)
    })
    for (const [oldest, old] of works) {
      if (works.size <= options.kept) break
      if (old.waiting.size > 0 || old === work) continue
      works.delete(oldest)
      old.found.then(
        (value) => options.onForget?.(value),
        () => undefined,
      )
    }
    return work
  }

  return {
    share(key, ticket, find) {
      const work = works.get(key) ?? start(key, find)
      const name = ticket === '' ? randomUUID() : ticket
      const { promise: left, reject } = Promise.withResolvers<never>()
      work.waiting.set(name, () => reject(fail('execution/canceled', { what: 'Reading the table' })))
      return Promise.race([work.found, left]).finally(() => work.waiting.delete(name))
    },
    has: (key) => works.has(key),
    cancel(ticket) {
      for (const [key, work] of works) {
        const turnAway = work.waiting.get(ticket)
        if (turnAway === undefined) continue
        work.waiting.delete(ticket)
        turnAway()
        if (work.waiting.size > 0) continue
        // Whoever asks from now on starts it anew.
        works.delete(key)
        options.interrupt(work.ticket)
      }
    },
  }
}
