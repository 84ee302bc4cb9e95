import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DescribedFailure, type FailureCode, fail } from '../domain/failure.ts'
import type { RecordsShrunk } from '../domain/space.ts'
import type { Connection } from './connection.ts'

/** Rewriting the whole file is worth it from here on: a quarter of it is free, and not just a few pages. */
const leastFreeShare = 0.25
const leastFreeBytes = 1024 * 1024
/** While it is rewritten it stands three times: as it is, in a temporary file, and in the write-ahead log. */
const copies = 2
const spareBytes = 8 * 1024 * 1024

/** What the process says that rewrites the file. */
export type ShrinkAnswer =
  | { readonly refusal: 'busy' | 'noRoom' | null }
  | { readonly failure: DescribedFailure; readonly isDisk: boolean }

export type ShrinkProgram = {
  /** shrink-process.ts, or the bundle made of it. */
  readonly entryFile: string
  readonly nodePath: string
}

export type Shrinking = {
  readonly done: Promise<RecordsShrunk | null>
  /** Lets go of the file at once and leaves it as it was: whoever wants to write does not wait. */
  stop(): void
}

export const ownShrinkProgram = (): ShrinkProgram => ({
  entryFile: fileURLToPath(new URL('./shrink-process.ts', import.meta.url)),
  nodePath: process.execPath,
})

/**
 * Gives the free pages of the file back to the disk, in a process of its own: a large file takes long, and core has to
 * answer meanwhile. It is one transaction: what cuts it off leaves the file as it was.
 * @param roomBytes what the disk has left, the write-ahead log's place
 * @param onDiskFailure hears of a disk that failed in the other process
 * @returns null where little of it is free
 */
export function startShrinking(
  connection: Connection,
  { file, roomBytes, program }: { readonly file: string; readonly roomBytes: number; readonly program: ShrinkProgram },
  onDiskFailure: (failure: unknown) => void,
): Shrinking | RecordsShrunk | null {
  const read = (name: string) => connection.pragma(name, { simple: true }) as number
  const [pageBytes, pages, freePages] = [read('page_size'), read('page_count'), read('freelist_count')]
  const bytes = freePages * pageBytes
  if (bytes < leastFreeBytes || freePages < pages * leastFreeShare) return null
  if (roomBytes < copies * (pages - freePages) * pageBytes + spareBytes) return { state: 'kept', why: 'noRoom', bytes }
  const before = statSync(file).size
  const { answered, stop } = runApart(program, file)
  const done = answered.then((answer): RecordsShrunk => {
    if (answer === null) return { state: 'kept', why: 'busy', bytes }
    if ('failure' in answer) {
      const failure = fail(answer.failure.code as FailureCode, answer.failure.details as never)
      if (answer.isDisk) onDiskFailure(failure)
      throw failure
    }
    if (answer.refusal !== null) return { state: 'kept', why: answer.refusal, bytes }
    const less = before - statSync(file).size
    // Rewritten, but for somebody who reads the old pages: the file ends where it did until they are done.
    return less > 0 ? { state: 'shrunk', bytes: less } : { state: 'kept', why: 'busy', bytes }
  })
  return { done, stop }
}

/** Its answer; null where it was stopped or fell, which leaves the file as it was. */
function runApart({ entryFile, nodePath }: ShrinkProgram, file: string) {
  const child = spawn(nodePath, [entryFile, file], {
    // Its input ends with core: then it ends as well, and holds the file no longer.
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, TMPDIR: process.env.TMPDIR },
    windowsHide: true,
  })
  const answered = new Promise<ShrinkAnswer | null>((resolve) => {
    let answer: ShrinkAnswer | null = null
    child.on('message', (said) => {
      answer = said as ShrinkAnswer
    })
    child.stdin?.on('error', () => undefined)
    child.on('error', () => resolve(null))
    child.on('close', () => resolve(answer))
  })
  return { answered, stop: () => void child.kill('SIGKILL') }
}
