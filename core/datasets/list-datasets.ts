import type { DatasetEntry, DatasetFiles } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import { isFailure } from '../domain/failure.ts'
import type { Dataset } from '../domain/project.ts'
import type { DatasetParts } from './dataset-parts.ts'
import type { StoredVersion } from './dataset-store.ts'
import { describeEntry } from './describe-entry.ts'
import type { FoundFile } from './find-files.ts'
import { listFiles } from './list-files.ts'
import { lookAt, readSnapshot } from './read-state.ts'

/** What a list of datasets reads again at most, in size of one file and in files. */
const quicklyReadBytes = 16 * 1024 ** 2
const mostReadAgain = 32

/** How the files on disk stand to the versions. */
export function createListings(parts: DatasetParts) {
  const { cache, declared, find, findOrNone, isExpired, project, records, resolveVersion, store, toVersion } = parts

  /** Small files of which the cache is not sure, such as one that was written a moment before it was hashed. */
  async function lookAgain(paths: readonly string[]): Promise<ReadonlyMap<string, Digest>> {
    const unsure = paths
      .flatMap(findOrNone)
      .filter((file) => file.sizeBytes <= quicklyReadBytes && cache.find(file.file, file) === null)
      .slice(0, mostReadAgain)
    try {
      const { files } = await readSnapshot(lookAt(unsure, { store, cache }), null, { store, cache })
      return new Map(files.map(({ path, digest }) => [path, digest]))
    } catch (error) {
      // Gone or locked a moment later: then it stays unsure, and the list says so.
      if (isFailure(error)) return new Map()
      throw error
    }
  }

  return {
    async list(): Promise<readonly DatasetEntry[]> {
      const known = await project.datasets()
      const names = new Set(known.map(({ name }) => name))
      const gone = records.names().flatMap((name) => (names.has(name) ? [] : [name]))
      const entries = [...known, ...gone.map((name) => withoutEntry(records.versions(name)[0] as StoredVersion))]
      const reread = await lookAgain(entries.map(({ path }) => path))
      const digestOf = (file: FoundFile) => reread.get(file.path) ?? cache.find(file.file, file)
      return entries.map((dataset) => {
        const stored = records.versions(dataset.name)
        const newest = stored[0] ? toVersion(stored[0]) : null
        return {
          ...dataset,
          declared: names.has(dataset.name),
          ...describeEntry(dataset, stored, { find, digestOf, filesOf: records.files }),
          newest,
          versions: stored.length,
          expired: isExpired(dataset.expires),
          usedBy: records.stepsReading(dataset.name),
        }
      })
    },

    async files(
      reference: string,
      { offset = 0, limit = 200 }: { readonly offset?: number | undefined; readonly limit?: number | undefined },
    ): Promise<DatasetFiles> {
      const entry = await declared(reference)
      const hasVersion = entry === null || records.versions(reference).length > 0
      const version = hasVersion ? await resolveVersion(reference) : null
      const path = entry?.path ?? (await declared(version?.name ?? ''))?.path ?? version?.path ?? ''
      const reread = await lookAgain([path])
      const files = version === null ? [] : records.files(version)
      const held = store.files.heldAmong(files.map(({ digest }) => digest))
      return listFiles(find(path), version && { number: version.version, files }, {
        digestOf: (file) => reread.get(file.path) ?? cache.find(file.file, file),
        isKept: (digest) => held.has(digest),
        offset,
        limit,
      })
    },
  }
}

function withoutEntry({ name, path, origin, licence, purpose, expires, personal, contact }: StoredVersion): Dataset {
  return { name, path, origin, licence, purpose, expires, personal, contact }
}
