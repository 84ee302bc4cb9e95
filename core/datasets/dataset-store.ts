import type { Database } from '../database/database.ts'
import type { DatasetFile, DatasetTerms } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import { canonicalJson } from '../domain/json.ts'
import { createDatasetFilesStore } from './dataset-files-store.ts'
import type { TableProfile } from './table-profile.ts'

export type StoredVersion = DatasetTerms & {
  readonly number: number
  readonly name: string
  readonly version: number
  readonly digest: Digest
  readonly path: string
  readonly at: string
  readonly runId: string | null
  readonly by: string
  readonly fileCount: number
  readonly sizeBytes: number
}

export type NewVersion = Omit<StoredVersion, 'number' | 'version' | 'fileCount' | 'sizeBytes'> & {
  readonly files: readonly DatasetFile[]
}

/** A file that a step of a run read, itself or the step run that it reused. */
export type ReadFile = {
  readonly step: string
  readonly stepRunId: string
  readonly path: string
  readonly digest: Digest
}

export type DatasetStore = {
  add(version: NewVersion): StoredVersion
  /** Newest first. */
  versions(name: string): readonly StoredVersion[]
  names(): readonly string[]
  files(version: StoredVersion): readonly DatasetFile[]
  /** Of the file at that path in the version; null when it has none. */
  digestAt(version: StoredVersion, path: string): Digest | null
  /** Says which files of the version are in the store now, where that was not said before. */
  markKept(version: StoredVersion, files: readonly DatasetFile[]): void
  profile(digest: Digest): TableProfile | null
  setProfile(digest: Digest, profile: TableProfile): void
  addUse(runId: string, step: string, version: StoredVersion): void
  usesOf(runId: string): readonly { readonly step: string; readonly version: StoredVersion }[]
  /** Steps that read any version of it, by the newest run of each. */
  stepsReading(name: string): readonly string[]
  filesReadBy(runId: string): readonly ReadFile[]
}

type Row = {
  number: number
  name: string
  version: number
  digest: Digest
  at: string
  run: string | null
  by: string
  file_count: number
  size_bytes: number
  detail: string
}

export function createDatasetStore(database: Database): DatasetStore {
  const listings = createDatasetFilesStore(database)
  const newest = database.prepare<{ number: number; version: number }>(
    'SELECT number, version FROM dataset_version WHERE name = ? ORDER BY version DESC LIMIT 1',
  )
  const insert = database.prepare<never>(
    `INSERT INTO dataset_version (name, version, digest, at, run, by, file_count, size_bytes, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const byName = database.prepare<Row>('SELECT * FROM dataset_version WHERE name = ? ORDER BY version DESC')
  const usesOf = database.prepare<Row & { step: string }>(
    `SELECT version.*, used.step FROM dataset_use AS used JOIN dataset_version AS version ON version.number = used.dataset
     WHERE used.run = ? ORDER BY used.step, version.name`,
  )
  const readBy = database.prepare<{ step: string; id: string; path: string; digest: Digest }>(
    `SELECT DISTINCT step_run.step, step_run.id, file.value ->> '$.path' AS path, file.value ->> '$.digest' AS digest
     FROM run
     JOIN step_run ON step_run.run = run.number
     LEFT JOIN step_run AS reused ON reused.id = step_run.reuses
     JOIN json_each(COALESCE(step_run.observed, reused.observed), '$.filesRead') AS file
     WHERE run.id = ? AND step_run.state IN ('completed', 'cached') AND file.value ->> '$.digest' IS NOT NULL`,
  )

  return {
    add({ files, name, digest, path, at, runId, by, ...terms }) {
      const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
      return database.transaction(() => {
        const before = newest.get([name])
        const version = (before?.version ?? 0) + 1
        const detail = canonicalJson({ path, ...terms })
        const { lastId: number } = insert.run([name, version, digest, at, runId, by, files.length, sizeBytes, detail])
        listings.add(number, digest, files, before?.number ?? null)
        return { ...terms, number, name, version, digest, path, at, runId, by, fileCount: files.length, sizeBytes }
      })
    },
    versions: (name) => byName.all([name]).map(toVersion),
    names: () =>
      database
        .prepare<{ name: string }>('SELECT DISTINCT name FROM dataset_version ORDER BY name')
        .all()
        .map(({ name }) => name),
    files: ({ number }) => listings.list(number),
    digestAt: ({ number }, path) => listings.digestAt(number, path),
    markKept: ({ number }, files) => listings.markKept(number, files),
    profile(digest) {
      const row = database
        .prepare<{ detail: string }>('SELECT detail FROM dataset_profile WHERE digest = ?')
        .get([digest])
      return row === undefined ? null : (JSON.parse(row.detail) as TableProfile)
    },
    setProfile(digest, profile) {
      database
        .prepare<never>('INSERT INTO dataset_profile (digest, detail) VALUES (?, ?) ON CONFLICT DO NOTHING')
        .run([digest, canonicalJson(profile)])
    },
    addUse(runId, step, { number }) {
      database
        .prepare<never>('INSERT INTO dataset_use (run, step, dataset) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run([runId, step, number])
    },
    usesOf: (runId) => usesOf.all([runId]).map(({ step, ...row }) => ({ step, version: toVersion(row) })),
    stepsReading: (name) =>
      database
        .prepare<{ step: string }>(
          `SELECT DISTINCT used.step FROM dataset_use AS used
           JOIN dataset_version AS version ON version.number = used.dataset
           WHERE version.name = ? ORDER BY used.step`,
        )
        .all([name])
        .map(({ step }) => step),
    filesReadBy: (runId) => readBy.all([runId]).map(({ id, ...file }) => ({ ...file, stepRunId: id })),
  }
}

function toVersion(row: Row): StoredVersion {
  const { path, ...terms } = JSON.parse(row.detail) as DatasetTerms & { readonly path: string }
  const { number, name, version, digest, at, run, by } = row
  return {
    ...terms,
    number,
    name,
    version,
    digest,
    path,
    at,
    runId: run,
    by,
    fileCount: row.file_count,
    sizeBytes: row.size_bytes,
  }
}
