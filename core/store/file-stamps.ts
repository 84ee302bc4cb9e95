import { statSync } from 'node:fs'

/** Tells one state of a file from another without reading it. */
export type FileState = {
  /** Device, inode, size and both times, to the nanosecond. */
  readonly stamp: string
  /** By the clock that programs cannot set. */
  readonly changedAtMs: number
  readonly sizeBytes: number
  readonly isFile: boolean
  readonly isFolder: boolean
}

/** A stamp this young may still be that of a change to come: clocks of file systems tick coarsely. */
export const settledMs = 2_000

/** Of a file or a folder; a link is followed to its end. Null when nothing is there, or it may not be looked at. */
export function fileState(file: string): FileState | null {
  try {
    const facts = statSync(file, { bigint: true, throwIfNoEntry: false })
    if (!facts) return null
    return {
      stamp: `${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`,
      changedAtMs: Number(facts.ctimeNs / 1_000n) / 1_000,
      sizeBytes: Number(facts.size),
      isFile: facts.isFile(),
      isFolder: facts.isDirectory(),
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR' || code === 'ELOOP' || code === 'EACCES') return null
    throw error
  }
}

/** What was made of files, and every file and folder that it was made of, absent ones included; null: all may matter. */
export type MadeOfFiles<Value> = { readonly value: Value; readonly files: readonly string[] | null }

type Kept<Value> = { readonly key: string; readonly stamps: ReadonlyMap<string, string | null>; readonly value: Value }

/**
 * Gives again what was made before, as long as `key` and every file are what they were. A value is believed once it
 * was made twice from one unmoved state: a file that changes while it is read shows in the stamps around the reading.
 */
export function createStampMemory<Value>(now: () => number = Date.now) {
  let kept: Kept<Value> | null = null
  let candidate: Omit<Kept<Value>, 'value'> | null = null

  const holds = (one: Omit<Kept<Value>, 'value'>, key: string) =>
    one.key === key && [...one.stamps].every(([file, stamp]) => (fileState(file)?.stamp ?? null) === stamp)

  return async (key: string, make: () => MadeOfFiles<Value> | Promise<MadeOfFiles<Value>>): Promise<Value> => {
    if (kept !== null && holds(kept, key)) return kept.value
    kept = null
    const before = candidate !== null && holds(candidate, key) ? candidate : null
    candidate = null
    const { value, files } = await make()
    if (files === null) return value
    const states = files.map((file) => [file, fileState(file)] as const)
    const stamps = new Map(states.map(([file, state]) => [file, state?.stamp ?? null]))
    candidate = { key, stamps }
    const isSettled = states.every(([, state]) => state === null || now() - state.changedAtMs > settledMs)
    if (isSettled && before !== null && sameEntries(before.stamps, stamps)) kept = { key, stamps, value }
    return value
  }
}

function sameEntries(a: ReadonlyMap<string, string | null>, b: ReadonlyMap<string, string | null>): boolean {
  return a.size === b.size && [...a].every(([file, stamp]) => b.has(file) && b.get(file) === stamp)
}
