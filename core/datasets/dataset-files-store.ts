import type { Database } from '../database/database.ts'
import type { DatasetFile } from '../domain/dataset.ts'
import { type Digest, digestHex, parseDigest } from '../domain/digest.ts'

export type DatasetFilesStore = {
  /**
   * In a transaction of the caller, for a version that is new and whose files have this digest. `before` is another
   * version of the same dataset, the one that they are most like.
   */
  add(version: number, digest: Digest, files: readonly DatasetFile[], before: number | null): void
  /** In the order of their paths. */
  list(version: number): readonly DatasetFile[]
  digestAt(version: number, path: string): Digest | null
  /** Says which files are in the store now, where that was not said before. */
  markKept(version: number, files: readonly DatasetFile[]): void
}

/** One call for so many: with a row each, the calls take longer than the rows. */
const rowsAtOnce = 50
/** A version has rows for what differs from its base as long as that is no larger part of its files. */
const mostOther = 1 / 16

type Listing = { readonly version: number; readonly digest: Digest; readonly files: readonly DatasetFile[] }

/**
 * The files of versions. Of thousands of files few change from version to version: rows for all of them took longer to
 * write than all else that adding one changed file does, and a database of many versions was mostly made of them.
 */
export function createDatasetFilesStore(database: Database): DatasetFilesStore {
  const putting = (rows: number) =>
    database.prepare<never>(
      `INSERT INTO dataset_file (dataset, path, digest, size_bytes, kept)
       VALUES ${Array(rows).fill('(?, ?, unhex(?), ?, ?)').join(', ')}`,
    )
  const put = putting(1)
  const putSome = putting(rowsAtOnce)
  const setBase = database.prepare<never>('UPDATE dataset_version SET base = ? WHERE number = ?')
  const putGone = database.prepare<never>('INSERT INTO dataset_file_gone (dataset, path) VALUES (?, ?)')
  const facts = database.prepare<{ number: number; digest: Digest; base: number | null; file_count: number }>(
    'SELECT number, digest, base, file_count FROM dataset_version WHERE number = ?',
  )
  const listing = (table: string) =>
    database.prepare<{ path: string; hex: string; size_bytes: number; kept: number }>(
      `SELECT path, lower(hex(digest)) AS hex, size_bytes, kept FROM ${table} WHERE dataset = ? ORDER BY path`,
    )
  const all = listing('dataset_content')
  /** Of a base: without a look for what some version has in the place of each. */
  const own = listing('dataset_file')
  const at = database.prepare<{ hex: string }>(
    'SELECT lower(hex(digest)) AS hex FROM dataset_content WHERE dataset = ? AND path = ?',
  )
  const notKept = database.prepare<object>('SELECT 1 FROM dataset_content WHERE dataset = ? AND kept = 0 LIMIT 1')
  // Of a file of the base it is as true there: the bytes are the same.
  const mark = database.prepare<never>(
    `UPDATE dataset_file SET kept = 1
     WHERE dataset IN (:version, :base) AND path = :path AND digest = unhex(:hex) AND kept = 0`,
  )

  /** Versions all of whose files were said to be kept; that is never taken back. */
  const whole = new Set<number>()
  /** One that has rows for all of its files. */
  let remembered: Listing | null = null

  const putAll = (version: number, files: readonly DatasetFile[]): void => {
    const row = (file: DatasetFile) => [version, file.path, digestHex(file.digest), file.sizeBytes, file.kept ? 1 : 0]
    let at = 0
    for (; at + rowsAtOnce <= files.length; at += rowsAtOnce) putSome.run(files.slice(at, at + rowsAtOnce).flatMap(row))
    for (const file of files.slice(at)) put.run(row(file))
  }

  const list = (version: number, rows = all): readonly DatasetFile[] =>
    rows.all([version]).map(({ path, hex, size_bytes, kept }) => ({
      path,
      digest: parseDigest(`sha256:${hex}`),
      sizeBytes: size_bytes,
      kept: kept === 1,
    }))

  /** What a version like `before` of so many files may build upon. */
  function baseLike(before: number | null, count: number): Listing | null {
    const like = before === null ? undefined : facts.get([before])
    const base = like?.base ? facts.get([like.base]) : like
    if (base === undefined || Math.abs(base.file_count - count) > count * mostOther) return null
    // By its digest, too: the transaction that gave it this number may have been undone.
    if (remembered?.version !== base.number || remembered.digest !== base.digest)
      remembered = { version: base.number, digest: base.digest, files: list(base.number, own) }
    return remembered
  }

  return {
    add(version, digest, files, before) {
      const base = baseLike(before, files.length)
      const differences = base && compare(base.files, files)
      if (base && differences && differences.gone.length + differences.other.length <= files.length * mostOther) {
        setBase.run([base.version, version])
        for (const path of differences.gone) putGone.run([version, path])
        putAll(version, differences.other)
      } else {
        putAll(version, files)
        remembered = { version, digest, files }
      }
    },
    list: (version) => list(version),
    digestAt(version, path) {
      const hex = at.get([version, path])?.hex
      return hex === undefined ? null : parseDigest(`sha256:${hex}`)
    },
    markKept(version, files) {
      if (whole.has(version)) return
      if (notKept.get([version]) === undefined) return void whole.add(version)
      // What was remembered says less now than its rows.
      remembered = null
      const base = facts.get([version])?.base ?? null
      database.transaction(() => {
        for (const { path, digest, kept } of files) if (kept) mark.run({ version, base, path, hex: digestHex(digest) })
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
  if (old === file) return true
  return old?.digest === file.digest && old.sizeBytes === file.sizeBytes && old.kept === file.kept
}
