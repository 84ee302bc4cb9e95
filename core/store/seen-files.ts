import { lstatSync } from 'node:fs'
import type { FileStamp } from './file-work.ts'

/** A regular file as it was seen. */
export type SeenFile = FileStamp & { readonly file: string; readonly nlink: number }

/**
 * Many files as they were seen, in memory that all threads share. What a look at thousands of files costs is the
 * system's own time for each, so several threads look at once; each takes a part of them whenever it has done one.
 */
export type SeenFiles = {
  readonly count: number
  /** Each path, ended by a zero byte; an empty one is not looked at. */
  readonly paths: Uint8Array
  /** Where each part of them begins, and where the last one ends. */
  readonly begins: Uint32Array
  readonly stamps: Float64Array
  /** 1 for one that is as it was. */
  readonly same: Uint8Array
  /** The next part that nobody has taken, and for each part whether it is done. */
  readonly turns: Int32Array
}

const partFiles = 256
const stampNumbers = 6
/** A thread that has taken a part and does not come to an end is not waited for: what it has taken is done again. */
const mostWaitMs = 5

export function createSeenFiles(files: readonly (SeenFile | null)[]): SeenFiles {
  const parts = Math.ceil(files.length / partFiles)
  const texts = Array.from({ length: parts }, (_, part) => {
    const some = files.slice(part * partFiles, (part + 1) * partFiles)
    return Buffer.from(some.map((one) => `${one?.file ?? ''}\0`).join(''))
  })
  const begins = new Uint32Array(new SharedArrayBuffer(4 * (parts + 1)))
  for (const [part, { length }] of texts.entries()) begins[part + 1] = (begins[part] as number) + length
  const paths = new Uint8Array(new SharedArrayBuffer(begins[parts] as number))
  for (const [part, text] of texts.entries()) paths.set(text, begins[part])
  const seen = {
    count: files.length,
    paths,
    begins,
    stamps: new Float64Array(new SharedArrayBuffer(8 * stampNumbers * files.length)),
    same: new Uint8Array(new SharedArrayBuffer(files.length)),
    turns: new Int32Array(new SharedArrayBuffer(4 * (parts + 1))),
  }
  // Nobody takes a part before the first comparison.
  seen.turns[0] = parts
  for (const [index, one] of files.entries()) if (one !== null) setSeen(seen, index, one)
  return seen
}

/** Another state of the file at the same path; never while it is compared. */
export function setSeen({ stamps }: SeenFiles, index: number, one: Omit<SeenFile, 'file'>): void {
  stamps.set([one.ctimeMs, one.mtimeMs, one.sizeBytes, one.ino, one.dev, one.nlink], index * stampNumbers)
}

/**
 * Looks at every file, `help` having asked other threads to `takeParts`. Whether all of them came to an end: else one
 * may still write, and what is given must not be used again. @returns when `same` says of each how it is
 */
export function compareSeen(seen: SeenFiles, help: () => unknown): boolean {
  seen.turns.fill(0, 1)
  Atomics.store(seen.turns, 0, 0)
  help()
  takeParts(seen)
  let allEnded = true
  for (let part = 0; part < seen.begins.length - 1; part++) {
    if (Atomics.load(seen.turns, part + 1) === 1) continue
    if (Atomics.wait(seen.turns, part + 1, 0, mostWaitMs) !== 'timed-out') continue
    comparePart(seen, part)
    allEnded = false
  }
  return allEnded
}

/** For as long as there are parts that nobody has taken. */
export function takeParts(seen: SeenFiles): void {
  for (;;) {
    const part = Atomics.add(seen.turns, 0, 1)
    if (part >= seen.begins.length - 1) return
    comparePart(seen, part)
    Atomics.store(seen.turns, part + 1, 1)
    Atomics.notify(seen.turns, part + 1)
  }
}

function comparePart({ count, paths, begins, stamps, same }: SeenFiles, part: number): void {
  const begin = begins[part] as number
  const text = Buffer.from(paths.buffer, begin, (begins[part + 1] as number) - begin).toString('utf8')
  const files = text.split('\0')
  const from = part * partFiles
  for (let index = from; index < Math.min(count, from + partFiles); index++) {
    const file = files[index - from] as string
    same[index] = file !== '' && isStill(file, stamps, index * stampNumbers) ? 1 : 0
  }
}

/** Whether a regular file of the same identity, size and times stands there. */
function isStill(file: string, stamps: Float64Array, at: number): boolean {
  try {
    const now = lstatSync(file, { throwIfNoEntry: false })
    return (
      now?.isFile() === true &&
      now.ctimeMs === stamps[at] &&
      now.mtimeMs === stamps[at + 1] &&
      now.size === stamps[at + 2] &&
      now.ino === stamps[at + 3] &&
      now.dev === stamps[at + 4] &&
      now.nlink === stamps[at + 5]
    )
  } catch {
    // Whatever is the matter is said by the look that follows.
    return false
  }
}
