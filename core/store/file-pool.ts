import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Chunking } from './chunker.ts'
import type {
  ByteRange,
  Chunked,
  Cut,
  GatherAnswer,
  Gathered,
  LookRequest,
  OldPiece,
  Packed,
  Refusal,
  Staging,
  Taken,
  Work,
  WorkAnswer,
  WorkFile,
  WorkProgress,
  WorkRequest,
  WorkResult,
} from './file-work.ts'
import { toColumns, toGatheredFiles } from './gathered-columns.ts'
import { compareSeen, type SeenFiles } from './seen-files.ts'

export type PoolCall = {
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** Soon after it fires the call throws its reason; nothing is written after that. */
  readonly signal?: AbortSignal | undefined
}

export type FilePool = {
  /** One result for each file, in their order. */
  take(
    files: readonly (WorkFile & { readonly sizeBytes: number })[],
    staging: Staging | null,
    call?: PoolCall,
  ): Promise<readonly (Taken | Refusal)[]>
  /** A pack for each part of the files, and those files in the order of `files`; `onPart` as soon as one is done. */
  gather(
    files: readonly (WorkFile & { readonly sizeBytes: number })[],
    staging: Staging,
    known: Uint8Array,
    call?: PoolCall,
    onPart?: (part: Gathered | Refusal, firstFile: number) => void,
  ): Promise<readonly (Gathered | Refusal)[]>
  /** Whether files are as they were seen: the caller looks and waits, threads help with many. @returns as `compareSeen` */
  compare(seen: SeenFiles): boolean
  chunk(file: WorkFile, chunking: Chunking, older: readonly OldPiece[], call?: PoolCall): Promise<Chunked | Refusal>
  cut(part: OldPiece, chunking: Chunking, call?: PoolCall): Promise<Cut | Refusal>
  pack(file: WorkFile, ranges: readonly ByteRange[], staging: Staging, call?: PoolCall): Promise<Packed | Refusal>
}

const mostThreads = 4
/** So much work goes to a thread at a time: few messages, and none is left alone with the rest. */
const batchBytes = 8 * 1024 * 1024
const batchFiles = 256
/** A pack is no larger, so that none of them is long in the making or much to lose. */
const mostPackBytes = 64 * 1024 * 1024
const leastPackBytes = 4 * 1024 * 1024
/** Of fewer files a look is over before a thread wakes up. */
const fewestCompared = 2_000
/** Threads end when nothing was asked of them for so long: to start one takes longer than a look at thousands of files. */
const idleMs = 30_000

type Waiting = {
  readonly request: WorkRequest
  readonly onBytes: (bytes: number) => void
  resolve(results: WorkAnswer['results']): void
  reject(error: unknown): void
}
type Thread = { readonly worker: Worker; busy: Waiting | null }

/** The threads that read, hash and copy files, so that core itself goes on answering. Made when first asked. */
export function createFilePool(size = Math.min(mostThreads, availableParallelism())): FilePool {
  const threads: Thread[] = []
  const queue: Waiting[] = []
  let nextId = 0
  let idle: NodeJS.Timeout | null = null

  function startThread(): Thread {
    const entry = import.meta.url.endsWith('.ts') ? './file-worker.ts' : './file-worker.mjs'
    const worker = new Worker(new URL(entry, import.meta.url))
    worker.unref()
    const thread: Thread = { worker, busy: null }
    worker.on('message', (message: WorkAnswer | WorkProgress) => {
      if ('bytes' in message) return thread.busy?.onBytes(message.bytes)
      const done = thread.busy
      thread.busy = null
      worker.unref()
      done?.resolve(message.results)
      next()
    })
    const lose = (error: unknown) => {
      const lost = thread.busy
      if (threads.includes(thread)) threads.splice(threads.indexOf(thread), 1)
      thread.busy = null
      lost?.reject(error)
      next()
    }
    worker.on('error', lose)
    worker.on('exit', (code) => lose(new Error(`a thread that reads files ended (${code})`)))
    threads.push(thread)
    return thread
  }

  function next(): void {
    while (queue.length > 0) {
      const thread = threads.find(({ busy }) => busy === null) ?? (threads.length < size ? startThread() : null)
      if (thread === null) return
      const waiting = queue.shift() as Waiting
      thread.busy = waiting
      thread.worker.ref()
      thread.worker.postMessage(waiting.request)
    }
    restLater()
  }

  function restLater(): void {
    if (idle) clearTimeout(idle)
    idle = setTimeout(endIdle, idleMs).unref()
  }

  /** As many as there are processors besides the caller's own; one that is new comes too late, and helps with the next. */
  function help(seen: SeenFiles): void {
    const helpers = Math.min(size, availableParallelism() - 1)
    while (threads.length < helpers) startThread()
    const free = threads.filter(({ busy }) => busy === null).slice(0, helpers)
    for (const { worker } of free) worker.postMessage({ seen } satisfies LookRequest)
    restLater()
  }

  function endIdle(): void {
    if (threads.some(({ busy }) => busy !== null)) return
    for (const { worker } of threads.splice(0)) void worker.terminate()
  }

  function ask(request: WorkRequest, whole: number, onBytes: (bytes: number) => void): Promise<WorkAnswer['results']> {
    return new Promise((resolve, reject) => {
      let told = 0
      queue.push({
        request,
        onBytes(bytes) {
          told += bytes
          onBytes(bytes)
        },
        resolve(results) {
          if (whole > told) onBytes(whole - told)
          resolve(results)
        },
        reject,
      })
      next()
    })
  }

  async function askAll(
    works: readonly { readonly work: Work; readonly sizeBytes: number }[],
    { onBytes = () => undefined, signal }: PoolCall,
    onDone: (results: WorkAnswer['results'], work: number) => void = () => undefined,
  ): Promise<WorkResult[]> {
    signal?.throwIfAborted()
    const stop = new SharedArrayBuffer(4)
    const callOff = () => void Atomics.store(new Int32Array(stop), 0, 1)
    signal?.addEventListener('abort', callOff, { once: true })
    try {
      const asked = works.map(async ({ work, sizeBytes }, index) => {
        const results = await ask({ id: nextId++, work, stop }, sizeBytes, onBytes)
        onDone(results, index)
        return results
      })
      // Every one has ended before anybody is told, so that nothing is written after a refusal.
      const settled = await Promise.allSettled(asked)
      signal?.throwIfAborted()
      return settled.flatMap((one) => {
        if (one.status === 'rejected') throw one.reason
        return one.value
      })
    } finally {
      signal?.removeEventListener('abort', callOff)
    }
  }

  return {
    async take(files, staging, call = {}) {
      const works = toBatches(files, batchBytes, batchFiles).map((batch) => ({
        work: { kind: 'take', files: batch.map(toWork), staging } as const,
        sizeBytes: sizeOf(batch),
      }))
      return (await askAll(works, call)) as (Taken | Refusal)[]
    },
    async gather(files, staging, known, call = {}, onPart = () => undefined) {
      const total = sizeOf(files)
      const packBytes = Math.min(mostPackBytes, Math.max(leastPackBytes, total / (2 * size)))
      const batches = toBatches(files, packBytes, Number.POSITIVE_INFINITY)
      const works = batches.map((batch) => ({
        work: { kind: 'gather', files: toColumns(batch), staging, known } as const,
        sizeBytes: sizeOf(batch),
      }))
      const parts: (Gathered | Refusal)[] = []
      await askAll(works, call, ([result], index) => {
        const answer = result as GatherAnswer | Refusal
        const part = 'refused' in answer ? answer : { files: toGatheredFiles(answer.columns), pack: answer.pack }
        parts[index] = part
        onPart(
          part,
          batches.slice(0, index).reduce((sum, { length }) => sum + length, 0),
        )
      })
      return parts
    },
    compare: (seen) => compareSeen(seen, () => seen.count >= fewestCompared && help(seen)),
    async chunk(file, chunking, older, call = {}) {
      const work = { kind: 'chunk', file: toWork(file), chunking, older } as const
      return (await askAll([{ work, sizeBytes: 0 }], call))[0] as Chunked | Refusal
    },
    async cut(part, chunking, call = {}) {
      const work = { kind: 'cut', part, chunking } as const
      return (await askAll([{ work, sizeBytes: 0 }], call))[0] as Cut | Refusal
    },
    async pack(file, ranges, staging, call = {}) {
      const work = { kind: 'pack', file: toWork(file), ranges, staging } as const
      return (await askAll([{ work, sizeBytes: 0 }], call))[0] as Packed | Refusal
    },
  }
}

function toWork({ file, dev, ino }: WorkFile): WorkFile {
  return { file, ...(dev === undefined || ino === undefined ? {} : { dev, ino }) }
}

const sizeOf = (files: readonly { readonly sizeBytes: number }[]) =>
  files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

function toBatches<File extends { readonly sizeBytes: number }>(
  files: readonly File[],
  mostBytes: number,
  mostFiles: number,
): readonly (readonly File[])[] {
  const batches: File[][] = []
  let open: File[] = []
  let bytes = 0
  for (const file of files) {
    open.push(file)
    bytes += file.sizeBytes
    if (bytes < mostBytes && open.length < mostFiles) continue
    batches.push(open)
    open = []
    bytes = 0
  }
  if (open.length > 0) batches.push(open)
  return batches
}
