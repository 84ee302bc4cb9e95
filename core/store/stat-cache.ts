import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'
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

export function openStatCache(folder: string, temporary: string): StatCache {
  const file = join(folder, 'digests')
  let entries: Map<string, Entry> | null = null
  let isChanged = false
  let allKnown = new WeakMap<object, readonly Digest[]>()

  function known(): Map<string, Entry> {
    entries ??= read(file)
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
      const digests = files.map((one) => cache.find(one.file, one))
      if (isWhole(digests)) allKnown.set(files, digests)
      return digests
    },
    remember(path, stamp, digest, hashedAtMs) {
      if (/[\n\t]/.test(path)) return
      allKnown = new WeakMap()
      if (known().size >= mostEntries) known().clear()
      known().set(path, { ...stamp, digest, hashedAtMs })
      isChanged = true
    },
    async save() {
      if (!isChanged || entries === null) return
      isChanged = false
      const lines = [...entries].map(([path, entry]) =>
        [
          digestHex(entry.digest),
          entry.dev,
          entry.ino,
          entry.sizeBytes,
          entry.mtimeMs,
          entry.ctimeMs,
          entry.hashedAtMs,
          path,
        ].join('\t'),
      )
      await makeFolder(folder)
      await makeFolder(temporary)
      await publishText(join(temporary, temporaryName('put')), file, `${lines.join('\n')}\n`)
    },
  }
  return cache
}

export function isWhole(digests: readonly (Digest | null)[]): digests is readonly Digest[] {
  return !digests.includes(null)
}

/** Whatever cannot be read is not known. */
function read(file: string): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return entries
  }
  for (const line of text.split('\n')) {
    const [hex, dev, ino, sizeBytes, mtimeMs, ctimeMs, hashedAtMs, path] = line.split('\t')
    if (path === undefined || hex?.length !== 64) continue
    entries.set(path, {
      digest: parseDigest(`sha256:${hex}`),
      dev: Number(dev),
      ino: Number(ino),
      sizeBytes: Number(sizeBytes),
      mtimeMs: Number(mtimeMs),
      ctimeMs: Number(ctimeMs),
      hashedAtMs: Number(hashedAtMs),
    })
  }
  return entries
}
