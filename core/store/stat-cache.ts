import { readFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, isDigest } from '../domain/digest.ts'
import type { FileStamp } from './file-work.ts'
import { makeFolder, publishText } from './publish.ts'
import { temporaryName } from './temporary-names.ts'

/** Digests of files by what the system says of them, kept from one start to the next. */
export type StatCache = {
  /** Null when the file is not known, or may have been written since it was hashed. */
  find(file: string, stamp: FileStamp): Digest | null
  /** The same of many. For the same list it gives the same list again, as long as it knows all and nothing new. */
  findAll(files: readonly (FileStamp & { readonly file: string })[]): readonly (Digest | null)[]
  /** `hashedAtMs` is when reading it began. */
  remember(file: string, stamp: FileStamp, digest: Digest, hashedAtMs: number): void
  /** Writes what is new. Losing it costs time, nothing else. */
  save(): Promise<void>
}

type Entry = FileStamp & { readonly digest: Digest; readonly hashedAtMs: number }

/**
 * A change so close to the hashing may have come after it within the same tick of the disk's clock, as in git's index:
 * such an entry is not believed, and the file is hashed once more.
 */
const tickMs = 2_000
const mostEntries = 1_000_000
/** Each line is read at every start: with more of them than that the file is written anew. */
const mostLinesAnEntry = 1.25

export function openStatCache(folder: string, temporary: string): StatCache {
  const file = join(folder, 'digests')
  let entries: Map<string, Entry> | null = null
  /** Lines, made as each is remembered: then somebody else is still reading files. */
  let unsaved = ''
  let unsavedLines = 0
  /** Lines of the file: an entry that was remembered again has more than one. */
  let lines = 0
  let allKnown = new WeakMap<object, readonly Digest[]>()
  let isAnyKnown = false
  /** The last list that was not among those, with what was found; and what was remembered since. */
  let last: { readonly files: readonly object[]; readonly digests: readonly (Digest | null)[] } | null = null
  let since = new Set<string>()

  function known(): Map<string, Entry> {
    if (entries !== null) return entries
    const stored = read(file)
    entries = stored.entries
    lines = stored.lines
    return entries
  }

  const cache: StatCache = {
    find(path, { dev, ino, sizeBytes, mtimeMs, ctimeMs }) {
      const entry = known().get(path)
      if (entry === undefined) return null
      const isSame =
        entry.ctimeMs === ctimeMs &&
        entry.mtimeMs === mtimeMs &&
        entry.sizeBytes === sizeBytes &&
        entry.ino === ino &&
        entry.dev === dev
      return isSame && Math.max(ctimeMs, mtimeMs) + tickMs < entry.hashedAtMs ? entry.digest : null
    },
    findAll(files) {
      const before = allKnown.get(files)
      if (before !== undefined) return before
      // Most of a long list of which little has changed are the same objects: what is said of them has been found.
      const earlier = last
      const digests = files.map((one, index) => {
        const digest = earlier?.files[index] === one && !since.has(one.file) ? earlier.digests[index] : null
        return digest ?? cache.find(one.file, one)
      })
      last = { files, digests }
      since = new Set()
      if (isWhole(digests)) {
        allKnown.set(files, digests)
        isAnyKnown = true
      }
      return digests
    },
    remember(path, stamp, digest, hashedAtMs) {
      if (path.includes('\n') || path.includes('\t')) return
      if (isAnyKnown) allKnown = new WeakMap()
      isAnyKnown = false
      if (last !== null) since.add(path)
      if (known().size >= mostEntries) known().clear()
      const { dev, ino, sizeBytes, mtimeMs, ctimeMs } = stamp
      const entry = { dev, ino, sizeBytes, mtimeMs, ctimeMs, digest, hashedAtMs }
      known().set(path, entry)
      unsaved += toLine(path, entry)
      unsavedLines++
    },
    async save() {
      if (unsavedLines === 0) return
      const [added, addedLines] = [unsaved, unsavedLines]
      unsaved = ''
      unsavedLines = 0
      await makeFolder(folder)
      if (lines + addedLines <= mostLinesAnEntry * known().size) {
        // A line that a power cut or a full disk leaves unfinished ends before the next begins, and is no entry.
        await appendFile(file, `\n${added}`, { mode: 0o600 })
        lines += addedLines
        return
      }
      await makeFolder(temporary)
      await publishText(join(temporary, temporaryName('put')), file, toText(known()))
      lines = known().size
    },
  }
  return cache
}

export function isWhole(digests: readonly (Digest | null)[]): digests is readonly Digest[] {
  return !digests.includes(null)
}

function toText(entries: ReadonlyMap<string, Entry>): string {
  let text = ''
  for (const [path, entry] of entries) text += toLine(path, entry)
  return text
}

function toLine(path: string, { digest, dev, ino, sizeBytes, mtimeMs, ctimeMs, hashedAtMs }: Entry): string {
  return `${digestHex(digest)}\t${dev}\t${ino}\t${sizeBytes}\t${mtimeMs}\t${ctimeMs}\t${hashedAtMs}\t${path}\n`
}

/** Whatever cannot be read is not known; of several lines for one path the last counts. */
function read(file: string): { readonly entries: Map<string, Entry>; readonly lines: number } {
  const entries = new Map<string, Entry>()
  let lines = 0
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return { entries, lines }
  }
  for (const line of text.split('\n')) {
    const [hex, dev, ino, sizeBytes, mtimeMs, ctimeMs, hashedAtMs, path] = line.split('\t')
    const digest = `sha256:${hex}`
    if (path === undefined || !isDigest(digest)) continue
    lines++
    entries.set(path, {
      digest,
      dev: Number(dev),
      ino: Number(ino),
      sizeBytes: Number(sizeBytes),
      mtimeMs: Number(mtimeMs),
      ctimeMs: Number(ctimeMs),
      hashedAtMs: Number(hashedAtMs),
    })
  }
  return { entries, lines }
}
