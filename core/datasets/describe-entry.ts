import type { DatasetFile, DatasetState } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import { describeFailure, isFailure } from '../domain/failure.ts'
import type { Dataset } from '../domain/project.ts'
import type { StoredVersion } from './dataset-store.ts'
import type { FoundFile } from './find-files.ts'

/** How the files on disk stand to the versions; `digestOf` is null for a file that would have to be read first. */
export function describeEntry(
  dataset: Dataset,
  versions: readonly StoredVersion[],
  use: {
    find(path: string): readonly FoundFile[]
    digestOf(file: FoundFile): Digest | null
    filesOf(version: StoredVersion): readonly DatasetFile[]
  },
): { readonly state: DatasetState; readonly detail: string | null } {
  let found: readonly FoundFile[]
  try {
    found = use.find(dataset.path)
  } catch (error) {
    if (!isFailure(error)) throw error
    return { state: 'refused', detail: describeFailure(error).message }
  }
  if (found.length === 0) return { state: 'missing', detail: `nothing is at ${dataset.path}` }
  const newest = versions[0]
  if (newest === undefined) return { state: 'unversioned', detail: null }
  const recorded = new Map(use.filesOf(newest).map((file) => [file.path, file]))
  const changed = found.filter((file) => {
    const before = recorded.get(file.path)
    if (before === undefined || before.sizeBytes !== file.sizeBytes) return true
    // A file that was never hashed, or was touched since, may have changed: hashing it will tell.
    return use.digestOf(file) !== before.digest
  })
  const paths = new Set(found.map((file) => file.path))
  const lost = [...recorded.keys()].filter((path) => !paths.has(path))
  if (changed.length + lost.length === 0) return { state: 'current', detail: null }
  const certain = changed.some((file) => {
    const known = use.digestOf(file)
    return recorded.get(file.path)?.sizeBytes !== file.sizeBytes || known !== null
  })
  const words = [
    changed.length > 0 ? `${changed.length} ${changed.length === 1 ? 'file' : 'files'} written` : '',
    lost.length > 0 ? `${lost.length} gone` : '',
  ].filter(Boolean)
  const since = `since version ${newest.version}: ${words.join(', ')}`
  return { state: 'changed', detail: certain || lost.length > 0 ? since : `${since}, perhaps with the same bytes` }
}
