import { mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DatasetDiff, DatasetSide, DatasetVersion, DatasetVersionDetail } from '../domain/dataset.ts'
import { coversPath } from '../domain/dataset-path.ts'
import { mediaTypes } from '../domain/descriptor.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { Dataset } from '../domain/project.ts'
import { datasetPathProblem } from '../project/settings.ts'
import { openStatCache } from '../store/stat-cache.ts'
import { createDatasetEntries } from './dataset-entries.ts'
import { createDatasetStore, type StoredVersion } from './dataset-store.ts'
import type { Datasets, DatasetsOptions, LongCall } from './datasets.ts'
import { compareFiles, compareSchemas, summariseDiff } from './describe-diff.ts'
import { describeEntry } from './describe-entry.ts'
import { type FoundFile, findDatasetFiles } from './find-files.ts'
import { listFiles } from './list-files.ts'
import { createProfiles } from './profiles.ts'
import { type DatasetSnapshot, type KeepRule, readSnapshot, treeListing } from './read-state.ts'
import { restoreFiles } from './restore-files.ts'
import { toCroissant } from './to-croissant.ts'
import { usesOfDataset } from './use-queries.ts'

export const dataPhases = ['Read files', 'Read table', 'Compare rows', 'Record'] as const

/** Larger files are not kept only because a run read them: their digest tells them. */
const mostKeptByRunBytes = 1024 ** 3

/** What a list of datasets reads again at most, in size of one file and in files. */
const quicklyReadBytes = 16 * 1024 ** 2
const mostReadAgain = 32

export function createDatasets(options: DatasetsOptions): Datasets {
  const { database, store, lineage, project, slipwayFolder } = options
  const now = options.now ?? (() => new Date())
  const records = createDatasetStore(database)
  const temporary = join(slipwayFolder, 'tmp')
  const cache = openStatCache(join(slipwayFolder, 'cache'), temporary)
  const profiles = createProfiles({ records, store, readTables: options.readTables })

  const find = (path: string): readonly FoundFile[] => {
    const { folder, trusted } = project.get()
    return findDatasetFiles(path, {
      projectFolder: folder,
      packageFolders: options.packageFolders(),
      mayLeave: trusted,
    })
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

  const expired = (expires: string | null) => expires !== null && expires < now().toISOString().slice(0, 10)

  function toVersion(stored: StoredVersion): DatasetVersion {
    const { number: _, ...version } = stored
    const profile = records.profile(stored.digest)
    return {
      ...version,
      keptCount: records.files(stored).filter(({ digest }) => store.files.has(digest)).length,
      format: profile?.format ?? null,
      rows: profile?.rows ?? null,
      columns: profile?.format ? profile.schema.length : null,
      expired: expired(stored.expires),
    }
  }

  async function toDetail(stored: StoredVersion, call?: LongCall): Promise<DatasetVersionDetail> {
    const files = records.files(stored).map((file) => ({ ...file, kept: store.files.has(file.digest) }))
    const found = files.every(({ kept }) => kept) ? [] : find(stored.path)
    const profile = await profiles.of(stored.digest, files, found, cache, call?.signal)
    return { ...toVersion(stored), files, schema: profile.schema, note: profile.note }
  }

  const rule = (name: string, mostBytes: number, link: boolean): KeepRule => {
    const newest = records.versions(name)[0]
    const before = new Map(newest ? records.files(newest).map((file) => [file.path, file.digest]) : [])
    return { mostBytes, link, before: (path) => before.get(path) ?? null }
  }

  async function record(dataset: Dataset, snapshot: DatasetSnapshot, runId: string | null): Promise<StoredVersion> {
    // Lineage names the version by this listing's digest, so the listing can be read back.
    await store.putBytes(treeListing(snapshot.files), mediaTypes.tree)
    const { name, path, origin, licence, purpose, expires, personal, contact } = dataset
    const terms = { origin, licence, purpose, expires, personal, contact }
    const at = now().toISOString()
    return database.transaction(() => {
      const { digest, files } = snapshot
      const version = records.add({ ...terms, name, path, digest, files, at, runId, by: options.actor() })
      lineage.record([lineageNode(version)], [])
      return version
    })
  }

  function reportBytes(found: readonly FoundFile[], { report }: LongCall, fact: string) {
    const total = found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    let done = 0
    report({ phase: 'Read files', done, total, unit: 'bytes', fact })
    return (bytes: number) => {
      done += bytes
      report({ phase: 'Read files', done: Math.min(done, total), total, unit: 'bytes', fact })
    }
  }

  function assertRoom(name: string, found: readonly FoundFile[]): void {
    const sizeBytes = found
      .filter((file) => {
        const known = cache.find(file.file, file)
        return known === null || !store.files.has(known)
      })
      .reduce((sum, file) => sum + file.sizeBytes, 0)
    const disk = statfsSync(slipwayFolder)
    const freeBytes = disk.bavail * disk.bsize
    if (sizeBytes > freeBytes) throw fail('data/tooLarge', { name, sizeBytes, freeBytes })
  }

  /** Small files of which the cache is not sure, such as one that was written a moment before it was hashed. */
  async function lookAgain(paths: readonly string[]): Promise<ReadonlyMap<string, Digest>> {
    const unsure = paths
      .flatMap(findOrNone)
      .filter((file) => file.sizeBytes <= quicklyReadBytes && cache.find(file.file, file) === null)
      .slice(0, mostReadAgain)
    try {
      const { files } = await readSnapshot(unsure, null, { store, cache })
      return new Map(files.map(({ path, digest }) => [path, digest]))
    } catch (error) {
      // Gone or locked a moment later: then it stays unsure, and the list says so.
      if (isFailure(error)) return new Map()
      throw error
    }
  }

  /** A path that is refused is told where its dataset is described. */
  function findOrNone(path: string): readonly FoundFile[] {
    try {
      return find(path)
    } catch (error) {
      if (isFailure(error)) return []
      throw error
    }
  }

  async function side(
    name: string,
    wanted: string,
    call: LongCall,
  ): Promise<{
    readonly side: Omit<DatasetSide, 'rows'>
    readonly files: DatasetSnapshot['files']
    readonly found: readonly FoundFile[]
  }> {
    if (wanted !== 'now') {
      const version = await resolveVersion(`${name}@${wanted}`)
      return { side: { version: version.version, digest: version.digest }, files: records.files(version), found: [] }
    }
    const path = (await declared(name))?.path ?? records.versions(name)[0]?.path
    if (path === undefined) throw await unknown(name)
    const found = find(path)
    if (found.length === 0) throw fail('data/nothingThere', { name, path })
    const onBytes = reportBytes(found, call, path)
    const { digest, files } = await readSnapshot(found, null, { store, cache, call: { signal: call.signal, onBytes } })
    await cache.save()
    return { side: { version: null, digest }, files, found }
  }

  return {
    ...createDatasetEntries(project, database),

    async list() {
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
          expired: expired(dataset.expires),
          usedBy: records.stepsReading(dataset.name),
        }
      })
    },

    show: async (reference) => toDetail(await resolveVersion(reference)),

    async versions(name) {
      const stored = records.versions(name)
      if (stored.length === 0 && (await declared(name)) === null) throw await unknown(name)
      return stored.map(toVersion)
    },

    async files(reference, { offset = 0, limit = 200 }) {
      const entry = await declared(reference)
      const hasVersion = entry === null || records.versions(reference).length > 0
      const version = hasVersion ? await resolveVersion(reference) : null
      const path = entry?.path ?? (await declared(version?.name ?? ''))?.path ?? version?.path ?? ''
      const reread = await lookAgain([path])
      return listFiles(find(path), version && { number: version.version, files: records.files(version) }, {
        digestOf: (file) => reread.get(file.path) ?? cache.find(file.file, file),
        isKept: (digest) => store.files.has(digest),
        offset,
        limit,
      })
    },

    uses: async (name) => usesOfDataset(database, name),

    async diff({ name, from = 'newest', to = 'now', key = [] }, call): Promise<DatasetDiff> {
      const old = await side(name, from, call)
      const later = await side(name, to, call)
      const same = old.side.digest === later.side.digest
      call.report({ phase: 'Compare rows', done: 0, total: null, unit: null, fact: name })
      const compared = await profiles.compare(old, later, { key, cache, signal: call.signal })
      const schema = compareSchemas(compared.from?.schema ?? [], compared.to?.schema ?? [])
      const diff = {
        name,
        from: { ...old.side, rows: compared.from?.rows ?? null },
        to: { ...later.side, rows: compared.to?.rows ?? null },
        same,
        files: compareFiles(old.files, later.files),
        schema,
        rows: compared.rows && {
          added: compared.rows.added,
          removed: compared.rows.removed,
          changed: compared.rows.changed,
        },
        key,
        statistics: compared.statistics,
        examples: compared.rows?.examples ?? [],
        note: compared.note,
      }
      return { ...diff, summary: summariseDiff(diff) }
    },

    async add({ name, path, terms = {}, keep = true, link = false }, call) {
      project.assertWritable()
      const entry = await declared(name)
      if (entry === null && path === undefined) throw fail('data/pathNeeded', { name })
      if (entry !== null && path !== undefined && path !== entry.path)
        throw fail('data/pathDiffers', { name, declared: entry.path, given: path })
      const pattern = entry?.path ?? (path as string)
      const problem = datasetPathProblem(pattern)
      if (problem !== null) throw fail('project/pathRefused', { path: pattern, reason: problem })
      const found = find(pattern)
      if (found.length === 0) throw fail('data/nothingThere', { name, path: pattern })
      if (keep) assertRoom(name, found)
      const onBytes = reportBytes(found, call, pattern)
      const use = { store, cache, call: { signal: call.signal, onBytes } }
      const snapshot = await readSnapshot(found, keep ? rule(name, Number.POSITIVE_INFINITY, link) : null, use)
      await cache.save()
      call.report({ phase: 'Record', done: 0, total: null, unit: null, fact: null })
      const dataset = await writeEntry(name, entry, pattern, terms)
      const newest = records.versions(name)[0]
      const isNew = newest === undefined || newest.digest !== snapshot.digest || !sameTerms(newest, dataset)
      if (!isNew)
        records.markKept(newest, new Set(snapshot.files.filter((file) => file.kept).map((file) => file.digest)))
      const version = isNew ? await record(dataset, snapshot, null) : newest
      call.report({ phase: 'Read table', done: 0, total: null, unit: null, fact: name })
      return { dataset: await toDetail(version, call), isNew, storedBytes: snapshot.storedBytes }
    },

    async restore(reference, to, { report, signal }) {
      const version = await resolveVersion(reference)
      if (to === undefined) project.assertWritable()
      const files = records.files(version)
      const lost = files.filter(({ digest }) => !store.files.has(digest))
      if (lost.length > 0) {
        const { name, version: number } = version
        throw fail('data/notKept', { name, version: number, files: lost.length, path: lost[0]?.path ?? '' })
      }
      const packaged = files.find(({ path }) => path.startsWith('package:'))
      if (packaged && to === undefined)
        throw fail('data/fileRefused', {
          path: packaged.path,
          reason: 'it belongs to an installed package; use --to FOLDER',
        })
      const folder = to === undefined ? project.get().folder : resolve(project.get().folder, to)
      let done = 0
      const call = {
        signal,
        onBytes: (bytes: number) => {
          done += bytes
          report({ phase: 'Read files', done, total: version.sizeBytes, unit: 'bytes', fact: version.name })
        },
      }
      const plain = files.map((file) => ({ ...file, path: file.path.replace(/^package:/, '') }))
      const trashFolder = join(slipwayFolder, 'trash')
      return {
        ...(await restoreFiles(plain, { folder, trashFolder, store, call })),
        folder,
        dataset: toVersion(version),
      }
    },

    async export(reference, file, { replaces = true } = {}) {
      const version = await resolveVersion(reference)
      const files = records.files(version)
      const profile = await profiles.of(version.digest, files, find(version.path), cache)
      const text = `${JSON.stringify(toCroissant(version, files, profile), null, 2)}\n`
      const target = resolve(project.get().folder, file)
      try {
        mkdirSync(dirname(target), { recursive: true })
        writeFileSync(target, text, { flag: replaces ? 'w' : 'wx' })
      } catch (error) {
        const cause = (error as NodeJS.ErrnoException).code ?? String(error)
        throw cause === 'EEXIST'
          ? fail('data/outExists', { file })
          : fail('data/outUnwritable', { file: target, cause })
      }
      return { file: target, sizeBytes: statSync(target).size }
    },

    async recordRun(runId) {
      const read = records.filesReadBy(runId)
      if (read.length === 0) return
      for (const dataset of await project.datasets()) {
        const seen = read.filter((file) => coversPath(dataset.path, file.path))
        if (seen.length === 0) continue
        const found = find(dataset.path)
        const use = { store, cache }
        const snapshot = await readSnapshot(found, rule(dataset.name, mostKeptByRunBytes, false), use)
        const digests = new Map(snapshot.files.map((file) => [file.path, file.digest]))
        // Files that were written since were not what the run read: then nobody knows the state of the others either.
        if (seen.some(({ path, digest }) => digests.get(path) !== digest)) continue
        const known = records.versions(dataset.name).find((version) => version.digest === snapshot.digest)
        const version = known ?? (await record(dataset, snapshot, runId))
        database.transaction(() => {
          for (const { step, stepRunId, path, digest } of seen) {
            records.addUse(runId, step, version)
            lineage.record(
              [lineageNode(version), ...fileNodes([{ path, digest }])],
              [
                { from: `file:${path}@${digest}`, to: lineageNode(version).id, kind: 'used' },
                { from: lineageNode(version).id, to: `stepRun:${stepRunId}`, kind: 'used' },
              ],
            )
          }
        })
      }
      await cache.save()
    },

    explainChange(path, from, to) {
      for (const name of records.names()) {
        const holding = (digest: string) =>
          records
            .versions(name)
            .find((version) => records.files(version).some((file) => file.path === path && file.digest === digest))
        const [old, later] = [holding(from), holding(to)]
        const [before, after] = [old && records.profile(old.digest), later && records.profile(later.digest)]
        if (!old || !later || !before || !after) continue
        const schema = compareSchemas(before.schema, after.schema)
        return summariseDiff({
          from: { version: old.version, digest: old.digest, rows: before.rows },
          to: { version: later.version, digest: later.digest, rows: after.rows },
          same: false,
          files: { added: 0, removed: 0, changed: 1, first: [] },
          schema,
          rows: null,
        })
      }
      return null
    },
  }

  async function writeEntry(
    name: string,
    entry: Dataset | null,
    path: string,
    terms: NonNullable<Parameters<Datasets['add']>[0]['terms']>,
  ): Promise<Dataset> {
    if (entry === null) await project.changeSettings(['datasets', name, 'path'], path)
    for (const [key, value] of Object.entries(terms)) {
      if (value === undefined || value === null) continue
      const written = key === 'purpose' && Array.isArray(value) && value.length === 1 ? (value[0] as string) : value
      await project.changeSettings(['datasets', name, key], written as string)
    }
    return (await declared(name)) as Dataset
  }
}

function pick(versions: readonly StoredVersion[], wanted: string): StoredVersion | undefined {
  if (wanted === 'newest' || wanted === 'latest') return versions[0]
  if (/^\d+$/.test(wanted)) return versions.find(({ version }) => version === Number(wanted))
  const hex = wanted.replace(/^sha256:/, '')
  if (!isDigest(wanted) && !/^[0-9a-f]{8,64}$/.test(hex)) return undefined
  return versions.find(({ digest }) => digest.startsWith(`sha256:${hex}`))
}

function sameTerms(version: StoredVersion, dataset: Dataset): boolean {
  const terms = ({ path, origin, licence, purpose, expires, personal, contact }: Dataset | StoredVersion) =>
    JSON.stringify([path, origin, licence, purpose, expires, personal, contact])
  return terms(version) === terms(dataset)
}

function withoutEntry({ name, path, origin, licence, purpose, expires, personal, contact }: StoredVersion): Dataset {
  return { name, path, origin, licence, purpose, expires, personal, contact }
}

function lineageNode({ name, version, digest, at }: StoredVersion) {
  return { id: `file:dataset/${name}@${version}`, kind: 'file' as const, digest, name: `${name}@${version}`, at }
}

function fileNodes(files: readonly { readonly path: string; readonly digest: StoredVersion['digest'] }[]) {
  return files.map(({ path, digest }) => ({
    id: `file:${path}@${digest}`,
    kind: 'file' as const,
    digest,
    name: path,
    at: null,
  }))
}
