import type { DatasetDiff, DatasetFile } from '../domain/dataset.ts'
import type { Digest } from '../domain/digest.ts'
import { describeFailure, isFailure } from '../domain/failure.ts'
import { formatOfTable, type TableFormat } from '../domain/table.ts'
import type { StatCache } from '../store/stat-cache.ts'
import type { Store } from '../store/store.ts'
import type { DatasetStore } from './dataset-store.ts'
import type { FoundFile } from './find-files.ts'
import type { ReadTables, TableFiles } from './read-tables.ts'
import type { RowsCompared, TableProfile } from './table-profile.ts'

type Side = {
  readonly side: { readonly digest: Digest }
  readonly files: readonly DatasetFile[]
  readonly found: readonly FoundFile[]
}

export type Compared = {
  readonly from: TableProfile | null
  readonly to: TableProfile | null
  readonly rows: RowsCompared | null
  readonly statistics: DatasetDiff['statistics']
  readonly note: string | null
}

/** More files are no table that somebody reads as one. */
const mostFiles = 200

/** What states hold as tables: read once, remembered by digest. */
export function createProfiles({
  records,
  store,
  readTables,
}: {
  readonly records: DatasetStore
  readonly store: Store
  readonly readTables: ReadTables
}) {
  /** Where the bytes of each file are: in the store, or on disk where they are still the same. */
  async function locate(
    files: readonly DatasetFile[],
    found: readonly FoundFile[],
    cache: StatCache,
  ): Promise<TableFiles | { readonly note: string }> {
    const format = formatOf(files)
    if (format === null) return { note: describeOther(files) }
    const onDisk = new Map(found.map((file) => [file.path, file]))
    const located: { path: string; file: string }[] = []
    for (const { path, digest } of files) {
      const here = onDisk.get(path)
      if (here && cache.find(here.file, here) === digest) located.push({ path, file: here.file })
      else if (store.files.has(digest)) located.push({ path, file: await store.files.fileOf(digest) })
      else if (here) located.push({ path, file: here.file })
      else return { note: `the bytes of ${path} are neither kept nor on disk` }
    }
    return { format, files: located }
  }

  /** A table that cannot be read is still a dataset: the note says why it has no columns. */
  async function of(
    digest: Digest,
    files: readonly DatasetFile[],
    found: readonly FoundFile[],
    cache: StatCache,
    signal?: AbortSignal,
  ): Promise<TableProfile> {
    const known = records.profile(digest)
    if (known !== null) return known
    const located = await locate(files, found, cache)
    if ('note' in located) return noTable(located.note)
    try {
      const { to } = await readTables({ from: null, to: located, key: [] }, signal)
      records.setProfile(digest, to)
      return to
    } catch (error) {
      if (!isFailure(error) || isFailure(error, 'execution/canceled')) throw error
      return noTable(describeFailure(error).message)
    }
  }

  async function compare(
    old: Side,
    later: Side,
    {
      key,
      cache,
      signal,
    }: { readonly key: readonly string[]; readonly cache: StatCache; readonly signal: AbortSignal },
  ): Promise<Compared> {
    const nothing = { from: null, to: null, rows: null, statistics: [] }
    const from = await locate(old.files, old.found, cache)
    const to = await locate(later.files, later.found, cache)
    if ('note' in from) return { ...nothing, note: `Rows were not compared: ${from.note}.` }
    if ('note' in to) return { ...nothing, note: `Rows were not compared: ${to.note}.` }
    try {
      const answer = await readTables({ from, to, key }, signal)
      if (answer.from) records.setProfile(old.side.digest, answer.from)
      records.setProfile(later.side.digest, answer.to)
      const leftOut = answer.compared?.leftOut ?? []
      return {
        from: answer.from,
        to: answer.to,
        rows: answer.compared,
        statistics: changedStatistics(answer.from, answer.to),
        note: leftOut.length === 0 ? null : `Rows were compared without ${leftOut.join(', ')}: one side lacks them.`,
      }
    } catch (error) {
      if (!isFailure(error) || isFailure(error, 'data/keyUnfit') || isFailure(error, 'execution/canceled')) throw error
      return { ...nothing, note: `Rows were not compared: ${describeFailure(error).message}` }
    }
  }

  return { of, compare }
}

function formatOf(files: readonly DatasetFile[]): TableFormat | null {
  if (files.length > mostFiles) return null
  const formats = new Set(files.map(({ path }) => formatOfTable(path)))
  const [format] = formats
  return formats.size === 1 ? (format ?? null) : null
}

function describeOther(files: readonly DatasetFile[]): string {
  return files.length > mostFiles
    ? `its ${files.length} files are more than are read as one table (${mostFiles})`
    : 'its files are not all of one table format (Parquet, CSV, JSON lines)'
}

function noTable(note: string): TableProfile {
  return { format: null, rows: null, schema: [], note }
}

function changedStatistics(from: TableProfile | null, to: TableProfile): DatasetDiff['statistics'] {
  const old = new Map((from?.schema ?? []).map((column) => [column.name, column.statistics]))
  const names = [...new Set([...old.keys(), ...to.schema.map(({ name }) => name)])]
  const now = new Map(to.schema.map((column) => [column.name, column.statistics]))
  return names.flatMap((column) => {
    const [before, after] = [old.get(column) ?? null, now.get(column) ?? null]
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ column, from: before, to: after }]
  })
}
