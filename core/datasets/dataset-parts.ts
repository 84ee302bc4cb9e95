import { join } from 'node:path'
import type { DatasetVersion, DatasetVersionDetail } from '../domain/dataset.ts'
import { isDigest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { Dataset } from '../domain/project.ts'
import { openStatCache } from '../store/stat-cache.ts'
import { createDatasetStore, type StoredVersion } from './dataset-store.ts'
import type { DatasetsOptions, LongCall } from './datasets.ts'
import { type FoundFile, findDatasetFiles, type Look } from './find-files.ts'
import { createProfiles } from './profiles.ts'
import type { DatasetSnapshot } from './read-state.ts'

/** So many files of the last looks are compared, not found anew; some hundred bytes each. */
const mostRemembered = 200_000

export type DatasetParts = ReturnType<typeof createDatasetParts>

/** What every act on datasets stands on: files found, versions by name, and what is told of one. */
export function createDatasetParts(options: DatasetsOptions) {
  const { database, store, project, slipwayFolder } = options
  const now = options.now ?? (() => new Date())
  const records = createDatasetStore(database)
  const cache = openStatCache(join(slipwayFolder, 'cache'), join(slipwayFolder, 'tmp'))
  const profiles = createProfiles({ records, store, readTables: options.readTables })

  /** The last looks, those at last. */
  const looks = new Map<string, Look>()

  const find = (path: string): readonly FoundFile[] => {
    const { folder, trusted } = project.get()
    const places = { projectFolder: folder, packageFolders: options.packageFolders(), mayLeave: trusted }
    const look = findDatasetFiles(path, places, looks.get(path), store.files.compare)
    looks.delete(path)
    looks.set(path, look)
    let remembered = 0
    for (const [each, { files }] of [...looks].reverse()) {
      remembered += files.length
      if (remembered > mostRemembered) looks.delete(each)
    }
    return look.files
  }

  /** Files that are missing or refused are told where their dataset is described or read. */
  function findOrNone(path: string): readonly FoundFile[] {
    try {
      return find(path)
    } catch (error) {
      if (isFailure(error)) return []
      throw error
    }
  }

  const declared = async (name: string): Promise<Dataset | null> =>
    (await project.datasets()).find((dataset) => dataset.name === name) ?? null

  async function unknown(name: string) {
    const names = [...(await project.datasets()).map((dataset) => dataset.name), ...records.names()]
    return fail('data/unknown', { name, nearest: nearestName(name, names) })
  }

  /** `NAME@VERSION`, `NAME@DIGEST` or `NAME`. */
  async function resolveVersion(reference: string): Promise<StoredVersion> {
    const at = reference.lastIndexOf('@')
    const [name, wanted] = at > 0 ? [reference.slice(0, at), reference.slice(at + 1)] : [reference, 'newest']
    const version = pick(records.versions(name), wanted)
    if (version) return version
    if ((await declared(name)) === null && records.versions(name).length === 0) throw await unknown(name)
    throw fail('data/versionUnknown', { name, version: wanted, newest: records.versions(name)[0]?.version ?? null })
  }

  const isExpired = (expires: string | null) => expires !== null && expires < now().toISOString().slice(0, 10)

  function toVersion(stored: StoredVersion): DatasetVersion {
    const digests = records.files(stored).map(({ digest }) => digest)
    const held = store.files.heldAmong(digests)
    return describe(stored, digests.filter((digest) => held.has(digest)).length)
  }

  function describe(stored: StoredVersion, keptCount: number): DatasetVersion {
    const { number: _, ...version } = stored
    const profile = records.profile(stored.digest)
    return {
      ...version,
      keptCount,
      format: profile?.format ?? null,
      rows: profile?.rows ?? null,
      columns: profile?.format ? profile.schema.length : null,
      expired: isExpired(stored.expires),
    }
  }

  /** `known`: its files with what is kept of them, where that was looked up a moment ago. */
  async function toDetail(
    stored: StoredVersion,
    call?: Pick<LongCall, 'signal'>,
    known?: DatasetSnapshot['files'],
  ): Promise<DatasetVersionDetail> {
    const files = known ?? filesOf(stored)
    const keptCount = files.filter(({ kept }) => kept).length
    const found = keptCount === files.length ? [] : find(stored.path)
    const profile = await profiles.of(stored.digest, files, found, cache, call?.signal)
    return { ...describe(stored, keptCount), files, schema: profile.schema, note: profile.note }
  }

  /** With what is in the store now, whatever was when they were recorded. */
  function filesOf(stored: StoredVersion): DatasetSnapshot['files'] {
    const files = records.files(stored)
    const held = store.files.heldAmong(files.map(({ digest }) => digest))
    return files.map((file) => ({ ...file, kept: held.has(file.digest) }))
  }

  return {
    ...options,
    now,
    records,
    cache,
    profiles,
    find,
    findOrNone,
    declared,
    unknown,
    resolveVersion,
    isExpired,
    toVersion,
    toDetail,
    filesOf,
  }
}

/** Says how far reading has come. */
export function reportBytes(found: readonly FoundFile[], { report }: LongCall, fact: string) {
  const total = found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let done = 0
  report({ phase: 'Read files', done, total, unit: 'bytes', fact })
  return (bytes: number) => {
    done += bytes
    report({ phase: 'Read files', done: Math.min(done, total), total, unit: 'bytes', fact })
  }
}

function pick(versions: readonly StoredVersion[], wanted: string): StoredVersion | undefined {
  if (wanted === 'newest' || wanted === 'latest') return versions[0]
  if (/^\d+$/.test(wanted)) return versions.find(({ version }) => version === Number(wanted))
  const hex = wanted.replace(/^sha256:/, '')
  if (!isDigest(wanted) && !/^[0-9a-f]{8,64}$/.test(hex)) return undefined
  return versions.find(({ digest }) => digest.startsWith(`sha256:${hex}`))
}
