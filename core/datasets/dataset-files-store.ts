import type { Database } from '../database/database.ts'
import type { DatasetFile } from '../domain/dataset.ts'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'

export type DatasetFilesStore = {
  /** In a transaction of the caller, for a version that is new and whose files have this digest. */
  add(version: number, digest: Digest, files: readonly DatasetFile[]): void
  /** In the order of their paths. */
  list(version: number): readonly DatasetFile[]
  digestAt(version: number, path: string): Digest | null
  /** Says which files are in the store now, where that was not said before. */
  markKept(version: number, files: readonly DatasetFile[]): void
}

/** One call for so many: with a row each, the calls take longer than the rows. */
const rowsAtOnce = 50

type Listing = { readonly version: number; readonly digest: Digest; readonly files: readonly DatasetFile[] }

/** The files of versions. Of thousands of files few change from version to version: the others are copied in SQL. */
export function createDatasetFilesStore(database: Database): DatasetFilesStore {
  const putting = (rows: number) =>
    database.prepare<never>(
      `INSERT OR REPLACE INTO dataset_file (dataset, path, digest, size_bytes, kept)
       VALUES ${Array(rows).fill('(?, ?, unhex(?), ?, ?)').join(', ')}`,
    )
  const put = putting(1)
  const putSome = putting(rowsAtOnce)
  const copy = database.prepare<never>(
    `INSERT INTO dataset_file (dataset, path, digest, size_bytes, kept)
     SELECT :version, path, digest, size_bytes, kept FROM dataset_file WHERE dataset = :before`,
  )
  const drop = database.prepare<never>('DELETE FROM dataset_file WHERE dataset = ? AND path = ?')
  const digestOf = database.prepare<{ digest: Digest }>('SELECT digest FROM dataset_version WHERE number = ?')
  const all = database.prepare<{ path: string; hex: string; size_bytes: number; kept: number }>(
    'SELECT path, lower(hex(digest)) AS hex, size_bytes, kept FROM dataset_file WHERE dataset = ? ORDER BY path',
  )
  const at = database.prepare<{ hex: string }>(
    'SELECT lower(hex(digest)) AS hex FROM dataset_file WHERE dataset = ? AND path = ?',
  )
  const notKept = database.prepare<object>('SELECT 1 FROM dataset_file WHERE dataset = ? AND kept = 0 LIMIT 1')
  const mark = database.prepare<never>('UPDATE dataset_file SET kept = 1 WHERE dataset = ? AND path = ? AND kept = 0')

  /** Versions all of whose files were said to be kept; that is never taken back. */
  const whole = new Set<number>()
  let last: Listing | null = null

  const putAll = (version: number, files: readonly DatasetFile[]): void => {
    const row = (file: DatasetFile) => [version, file.path, digestHex(file.digest), file.sizeBytes, file.kept ? 1 : 0]
    let at = 0
    for (; at + rowsAtOnce <= files.length; at += rowsAtOnce) putSome.run(files.slice(at, at + rowsAtOnce).flatMap(row))
    for (const file of files.slice(at)) put.run(row(file))
  }

  /** The last one that was written here, if it is still what the database holds: its transaction may have been undone. */
  const base = (): Listing | null =>
    last !== null && digestOf.get([last.version])?.digest === last.digest ? last : null

  return {
    add(version, digest, files) {
      const before = base()
      const differences = before && compare(before.files, files)
      if (before && differences && differences.gone.length + differences.other.length < files.length / 2) {
        copy.run({ version, before: before.version })
        for (const path of differences.gone) drop.run([version, path])
        putAll(version, differences.other)
      } else putAll(version, files)
      last = { version, digest, files }
    },
    list: (version) =>
      all.all([version]).map(({ path, hex, size_bytes, kept }) => ({
        path,
        digest: parseDigest(`sha256:${hex}`),
        sizeBytes: size_bytes,
        kept: kept === 1,
      })),
    digestAt(version, path) {
      const hex = at.get([version, path])?.hex
      return hex === undefined ? null : parseDigest(`sha256:${hex}`)
    },
    markKept(version, files) {
      if (whole.has(version)) return
      if (notKept.get([version]) === undefined) return void whole.add(version)
      // What was remembered of it says less now than its rows.
      if (last?.version === version) last = null
      database.transaction(() => {
        for (const { path, kept } of files) if (kept) mark.run([version, path])
      })
    },
  }
}

function compare(before: readonly DatasetFile[], now: readonly DatasetFile[]) {
  const isSamePlaces = before.length === now.length && now.every(({ path }, index) => path === before[index]?.path)
  if (isSamePlaces) return { gone: [], other: now.filter((file, index) => !isSame(before[index], file)) }
  const left = new Map(before.map((file) => [file.path, file]))
  const other = now.filter((file) => {
    const old = left.get(file.path)
    left.delete(file.path)
    return !isSame(old, file)
  })
  return { gone: [...left.keys()], other }
}

function isSame(old: DatasetFile | undefined, file: DatasetFile): boolean {
  return old?.digest === file.digest && old.sizeBytes === file.sizeBytes && old.kept === file.kept
}
