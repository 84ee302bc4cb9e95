import type { GroupedPuts } from '../store/store.ts'
import type { Recorder } from '../tracking/recorder.ts'
import { settleWithin } from './settle-within.ts'

/**
 * What a run has to record, in order. Whatever has gathered while the disk was busy is written as one: one wait for
 * the files, one for the database. Steps go on meanwhile with values that are not saved yet; what fails here ends the run.
 */
export type RecordQueue = {
  /** Resolves when it is durable, with the bytes that were put before it; never rejects. */
  add(record: () => void): Promise<void>
  /** Work that nobody has to wait for before the run ends. */
  alongside(work: Promise<unknown>): void
  /** Resolves when no more than a little waits for the disk. */
  room(): Promise<void>
  /** @throws what something could not be recorded for */
  drain(): Promise<void>
}

/** Between two waits for the disk: the database's own holds up everything else that core does. */
const pauseMs = 100
const mostWaiting = 256
const mostUnsettledBytes = 256 * 1024 * 1024

type Waiting = { readonly record: () => void; readonly settled: () => void }

export function createRecordQueue(
  group: Pick<GroupedPuts, 'settle' | 'unsettledBytes'>,
  recorder: Pick<Recorder, 'together'>,
  onProblem: () => void,
): RecordQueue {
  let waiting: Waiting[] = []
  let flushing: Promise<void> | null = null
  let problem: { readonly error: unknown } | null = null
  let lastAt = Number.NEGATIVE_INFINITY
  const others = new Set<Promise<unknown>>()
  /** When somebody waits for it, nothing else is waited for. */
  let hurry = Promise.withResolvers<void>()

  async function flush(): Promise<void> {
    // Whatever is added in the same moment goes along.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      await pause()
      const batch = waiting
      waiting = []
      if (problem === null) await guarded(() => record(batch))
      for (const { settled } of batch) settled()
      lastAt = performance.now()
    }
    flushing = null
  }

  async function pause(): Promise<void> {
    const left = lastAt + pauseMs - performance.now()
    if (left > 0) await settleWithin(hurry.promise, left)
  }

  async function record(batch: readonly Waiting[]): Promise<void> {
    await group.settle()
    recorder.together(() => {
      for (const { record } of batch) record()
    })
  }

  async function guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      problem ??= { error }
      onProblem()
    }
  }

  async function all(): Promise<void> {
    hurry.resolve()
    while (flushing !== null) await flushing
    hurry = Promise.withResolvers<void>()
  }

  return {
    add(record) {
      return new Promise((resolve) => {
        waiting.push({ record, settled: resolve })
        flushing ??= flush()
      })
    },
    alongside(work) {
      const one = guarded(() => work).finally(() => others.delete(one))
      others.add(one)
    },
    async room() {
      if (waiting.length > mostWaiting || group.unsettledBytes() > mostUnsettledBytes) await all()
    },
    async drain() {
      await all()
      await Promise.all(others)
      if (problem !== null) throw problem.error
    },
  }
}
