import { compareSeen, createSeenFiles, type SeenFiles, setSeen } from '../store/seen-files.ts'
import type { FoundFile, Look } from './find-files.ts'

/** Says in `same` of each file how it is; false when what was given must not be used again. */
export type Compare = (seen: SeenFiles) => boolean

export const compareAlone: Compare = (seen) => compareSeen(seen, () => undefined)

type Prepared = {
  readonly seen: SeenFiles
  /** Where the names of each folder begin. */
  readonly begins: ReadonlyMap<string, number>
}
type Change = { readonly index: number; readonly before: FoundFile; readonly now: FoundFile }

/** What is made ready of a look for the next one: some milliseconds with many files. */
const preparedOf = new WeakMap<Look, Prepared>()

/** Compares all files that an earlier look found with what stands there now, before any folder is gone through. */
export function createLookAgain(before: Look, compare: Compare) {
  const prepared = preparedOf.get(before) ?? prepare(before)
  // It goes on to what is found now, or to nobody: `before` itself can be looked at once more, too.
  preparedOf.delete(before)
  const { seen, begins } = prepared
  const canCarry = compare(seen)
  const changes: Change[] = []
  let carriedFolders = 0
  let isOther = false

  return {
    /** For a folder with the same names as before: by the index of a name, whether its file is as it was. */
    carry(path: string): (index: number) => boolean {
      carriedFolders++
      const begin = begins.get(path) as number
      return (index) => seen.same[begin + index] === 1
    },
    /** What stands now under a name of such a folder, and is not as it was. */
    note(path: string, index: number, file: FoundFile | null, now: FoundFile | null): void {
      if (file === null && now === null) return
      if (file === null || now === null) isOther = true
      else changes.push({ index: (begins.get(path) as number) + index, before: file, now })
    },
    /** The list of before with what changed, where the same paths were found; else null. */
    replaced(found: number, asBefore: number): readonly FoundFile[] | null {
      const { files } = before
      if (found !== files.length || asBefore + changes.length !== found || isOther) return null
      if (changes.length === 0) return files
      const list = [...files]
      for (const change of changes) list[indexOf(files, change.before.path)] = change.now
      return list
    },
    /** So that the next look need not prepare what stayed. */
    carryTo(look: Look): void {
      const isSameFolders = carriedFolders === look.folders.size && carriedFolders === before.folders.size
      if (!canCarry || isOther || !isSameFolders) return
      for (const { index, now } of changes) setSeen(seen, index, now)
      preparedOf.set(look, prepared)
    },
  }
}

export type LookAgain = ReturnType<typeof createLookAgain>

function prepare({ folders }: Look): Prepared {
  const begins = new Map<string, number>()
  const slots: (FoundFile | null)[] = []
  for (const [path, { files }] of folders) {
    begins.set(path, slots.length)
    for (const one of files) slots.push(one)
  }
  return { seen: createSeenFiles(slots), begins }
}

/** In a list that is sorted by path. */
function indexOf(files: readonly FoundFile[], path: string): number {
  let from = 0
  let to = files.length - 1
  while (from < to) {
    const middle = (from + to) >> 1
    if ((files[middle] as FoundFile).path < path) from = middle + 1
    else to = middle
  }
  return from
}
