import type { DatasetFile, DatasetFileChange, DatasetFileState, DatasetFiles } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import type { FoundFile } from './find-files.ts'

const order: readonly DatasetFileChange[] = ['changed', 'added', 'removed', 'unsure', 'same']

/**
 * The files on disk against those of a version, a page of them: what differs first, then by path.
 * `digestOf` is null for a file that would have to be read first; `isKept` tells whether the store holds those bytes.
 */
export function listFiles(
  found: readonly FoundFile[],
  version: { readonly number: number; readonly files: readonly DatasetFile[] } | null,
  use: {
    digestOf(file: FoundFile): Digest | null
    isKept(digest: Digest): boolean
    readonly offset: number
    readonly limit: number
  },
): DatasetFiles {
  const recorded = new Map(version?.files.map((file) => [file.path, file]) ?? [])
  const onDisk = new Set(found.map(({ path }) => path))
  const states: DatasetFileState[] = found.map((file) => {
    const before = recorded.get(file.path)
    return {
      path: file.path,
      change: before === undefined ? 'added' : changeOf(file, before, use.digestOf(file)),
      sizeBytes: file.sizeBytes,
      recordedBytes: before?.sizeBytes ?? null,
      kept: before !== undefined && use.isKept(before.digest),
    }
  })
  for (const { path, digest, sizeBytes } of recorded.values()) {
    if (!onDisk.has(path))
      states.push({ path, change: 'removed', sizeBytes, recordedBytes: sizeBytes, kept: use.isKept(digest) })
  }
  const counts = { changed: 0, added: 0, removed: 0, unsure: 0, same: 0 }
  for (const { change } of states) counts[change]++
  const rank = ({ change }: DatasetFileState) => order.indexOf(change)
  states.sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))
  return {
    version: version?.number ?? null,
    total: states.length,
    counts,
    files: states.slice(use.offset, use.offset + use.limit),
  }
}

function changeOf(file: FoundFile, before: DatasetFile, now: Digest | null): DatasetFileChange {
  if (file.sizeBytes !== before.sizeBytes) return 'changed'
  if (now === null) return 'unsure'
  return now === before.digest ? 'same' : 'changed'
}
