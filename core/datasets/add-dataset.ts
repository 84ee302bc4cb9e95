import { statfsSync, statSync } from 'node:fs'
import { mediaTypes } from '../domain/descriptor.ts'
import { fail } from '../domain/failure.ts'
import type { Dataset } from '../domain/project.ts'
import { datasetPathProblem } from '../project/setting-paths.ts'
import type { DatasetEntries } from './dataset-entries.ts'
import { type DatasetParts, reportBytes } from './dataset-parts.ts'
import type { StoredVersion } from './dataset-store.ts'
import type { Datasets } from './datasets.ts'
import type { FoundFile } from './find-files.ts'
import { lineageNode } from './lineage-nodes.ts'
import { type DatasetSnapshot, type KeepRule, type Looked, lookAt, readSnapshot } from './read-state.ts'
import { treeListing } from './tree-listing.ts'

/** New versions, by whoever makes them. */
export function createAdding(parts: DatasetParts, entries: DatasetEntries) {
  const { actor, cache, database, declared, find, lineage, now, project, records, slipwayFolder, store, toDetail } =
    parts

  /** What the newest version says of a file, asked only when something has to be stored. */
  function rule(name: string, mostBytes: number, link: boolean): KeepRule {
    const newest = records.versions(name)[0]
    return { mostBytes, link, before: (path) => (newest ? records.digestAt(newest, path) : null) }
  }

  /** Lineage names the version by its listing's digest, so the listing can be read back. */
  async function keepListing({ digest, files, listing }: DatasetSnapshot): Promise<void> {
    if (!store.has(digest)) await store.putBytes(listing ?? treeListing(files), mediaTypes.tree)
  }

  function record(dataset: Dataset, snapshot: DatasetSnapshot, runId: string | null): StoredVersion {
    const { name, path, origin, licence, purpose, expires, personal, contact } = dataset
    const terms = { origin, licence, purpose, expires, personal, contact }
    const at = now().toISOString()
    return database.transaction(() => {
      const { digest, files } = snapshot
      const version = records.add({ ...terms, name, path, digest, files, at, runId, by: actor() })
      lineage.record([lineageNode(version)], [])
      return version
    })
  }

  function assertRoom(name: string, { files, known, held, isKept }: Looked): void {
    if (isKept) return
    const sizeBytes = files
      .filter((_, index) => {
        const digest = known[index] ?? null
        return digest === null || !held.has(digest)
      })
      .reduce((sum, file) => sum + file.sizeBytes, 0)
    if (sizeBytes === 0) return
    const disk = statfsSync(slipwayFolder)
    const freeBytes = disk.bavail * disk.bsize
    if (sizeBytes > freeBytes) throw fail('data/tooLarge', { name, sizeBytes, freeBytes })
  }

  /** In a project of somebody else a file may be a name of one that is none of its business; only ours are known. */
  async function refuseSecondNames(found: readonly FoundFile[]): Promise<void> {
    const doubtful = found.filter(({ nlink }) => nlink > 1)
    const known = doubtful.map((file) => cache.find(file.file, file))
    const unknown = doubtful.filter((_, index) => known[index] === null)
    const hashed = unknown.length === 0 ? [] : await store.files.hash(unknown)
    const digests = new Map(unknown.map((file, index) => [file, hashed[index]?.digest]))
    for (const [index, file] of doubtful.entries()) {
      const digest = known[index] ?? digests.get(file)
      const own = digest && statSync(store.pathOf(digest), { throwIfNoEntry: false })
      if (own && own.ino === file.ino && own.dev === file.dev) continue
      const reason = 'its bytes have a second name (a hard link), and the project is not trusted yet'
      throw fail('data/fileRefused', { path: file.path, reason })
    }
  }

  const add: Datasets['add'] = async ({ name, path, terms = {}, keep = true, link = false }, call) => {
    const pattern = (await declared(name))?.path ?? path ?? ''
    const problem = pattern === '' ? null : datasetPathProblem(pattern)
    if (problem !== null) throw fail('project/pathRefused', { path: pattern, reason: problem })
    const declaration = { name, path, terms: withoutNulls(terms) }
    // Everything that was said is looked at before anything is read: a wrong word changes nothing.
    await entries.check(declaration)
    const found = find(pattern)
    if (found.length === 0) throw fail('data/nothingThere', { name, path: pattern })
    if (!project.get().trusted) await refuseSecondNames(found)
    const looked = lookAt(found, { store, cache })
    if (keep) assertRoom(name, looked)
    const onBytes = reportBytes(found, call, pattern)
    const use = { store, cache, call: { signal: call.signal, onBytes } }
    const snapshot = await readSnapshot(looked, keep ? rule(name, Number.POSITIVE_INFINITY, link) : null, use)
    await cache.save()
    call.report({ phase: 'Record', done: 0, total: null, unit: null, fact: null })
    const dataset = await entries.declare(declaration)
    await keepListing(snapshot)
    const newest = records.versions(name)[0]
    const isNew = newest === undefined || newest.digest !== snapshot.digest || !sameTerms(newest, dataset)
    if (!isNew) records.markKept(newest, snapshot.files)
    const version = isNew ? record(dataset, snapshot, null) : newest
    call.report({ phase: 'Read table', done: 0, total: null, unit: null, fact: name })
    return { dataset: await toDetail(version, call, snapshot.files), isNew, storedBytes: snapshot.storedBytes }
  }

  return { add, rule, record, keepListing }
}

/** Of a term that is not given, what was said before stays. */
function withoutNulls(terms: NonNullable<Parameters<Datasets['add']>[0]['terms']>) {
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== null)) as typeof terms
}

function sameTerms(version: StoredVersion, dataset: Dataset): boolean {
  const terms = ({ path, origin, licence, purpose, expires, personal, contact }: Dataset | StoredVersion) =>
    JSON.stringify([path, origin, licence, purpose, expires, personal, contact])
  return terms(version) === terms(dataset)
}
