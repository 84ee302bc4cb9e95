import { setImmediate } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'

/** Whose bytes they are, for those who ask where space went. */
export type Holder = 'runs' | 'data' | 'images'

export type HeldDigests = Readonly<Record<Holder, ReadonlySet<Digest>>>

/** Rows that are read in one go: between them others have their turn at the connection. */
const rowsInATurn = 500
const digestPattern = /sha256:[0-9a-f]{64}/g
const digestBytes = 32

/**
 * Columns of words, times and names, and those whose digests stand for no stored bytes or for bytes that can be had
 * anew: a cache (frozen_layer, dataset_profile), the graph of what led to what, the reasons why a step was stale, a
 * cache key. All other columns are searched for digests, those of a table to come included.
 */
export const holdNothing: ReadonlySet<string> = new Set(
  Object.entries({
    run: 'id experiment state started_at ended_at failure host owner deleted_at',
    run_tag: 'key value',
    run_param: 'key value',
    metric_key: 'name',
    metric_latest: 'special at',
    metric_point: 'special at',
    metric_batch: 'data',
    metric_chunk: 'data',
    environment: 'digest',
    step_run: 'id step state started_at ended_at reasons failure reuses owner module params cache_key',
    artifact: 'name role',
    lineage_node: 'id kind digest name at run',
    lineage_edge: 'kind',
    model_version: 'name',
    model_alias: 'name alias',
    approval: 'state by at note',
    image: 'built_at',
    parity: 'at',
    push: 'at',
    frozen_layer: 'key detail',
    proof: 'at verdict',
    dataset_version: 'name at run by',
    dataset_file: 'path',
    dataset_file_gone: 'path',
    dataset_profile: 'digest detail',
    dataset_use: 'run step',
    sweep: 'id state started_at ended_at failure owner',
    trial: 'state params run failure started_at ended_at',
  }).flatMap(([table, columns]) => columns.split(' ').map((column) => `${table}.${column}`)),
)

const holderOf: Readonly<Record<string, Holder>> = {
  dataset_version: 'data',
  dataset_file: 'data',
  model_version: 'images',
  approval: 'images',
  image: 'images',
  parity: 'images',
  push: 'images',
}

export type SearchedTable = {
  readonly name: string
  readonly hasRowNumbers: boolean
  /** Text in which digests stand as they are written. */
  readonly texts: readonly string[]
  /** Digests as 32 bytes. */
  readonly raw: readonly string[]
}

/** What the schema of this file has to be searched for digests. */
export function searchedTables(database: Database): readonly SearchedTable[] {
  const tables = database
    .prepare<{ name: string; wr: number }>(
      `SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'`,
    )
    .all()
  const columnsOf = database.prepare<{ name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)')
  return tables.flatMap(({ name, wr }) => {
    const columns = columnsOf
      .all([name])
      .filter((column) => !/^(INTEGER|REAL)$/i.test(column.type) && !holdNothing.has(`${name}.${column.name}`))
    const isRaw = ({ type }: { readonly type: string }) => /^BLOB$/i.test(type)
    const raw = columns.filter(isRaw).map((column) => column.name)
    const texts = columns.filter((column) => !isRaw(column)).map((column) => column.name)
    return columns.length === 0 ? [] : [{ name, hasRowNumbers: wr === 0, texts, raw }]
  })
}

/**
 * Every digest that any record names, but for those that hold nothing. It reads as the records stand while it goes on:
 * what is written meanwhile may be missed, and is found by asking again.
 */
export async function findHeldDigests(database: Database): Promise<HeldDigests> {
  const held: Record<Holder, Set<Digest>> = { runs: new Set(), data: new Set(), images: new Set() }
  // What is owed names nothing that the rows which it is spelt out from do not name.
  for (const table of searchedTables(database)) {
    const into = held[holderOf[table.name] ?? 'runs']
    for await (const value of table.hasRowNumbers ? valuesByRow(database, table) : distinctValues(database, table)) {
      if (typeof value === 'string') for (const [digest] of value.matchAll(digestPattern)) into.add(digest as Digest)
      else if (value instanceof Uint8Array && value.length === digestBytes)
        into.add(`sha256:${Buffer.from(value).toString('hex')}` as Digest)
    }
  }
  return held
}

async function* valuesByRow(database: Database, { name, texts, raw }: SearchedTable) {
  const columns = [...texts, ...raw].map(quote).join(', ')
  const select = database.prepare(
    `SELECT rowid, ${columns} FROM ${quote(name)} WHERE rowid > ? ORDER BY rowid LIMIT ${rowsInATurn}`,
  )
  for (let after: number | bigint = -1; ; ) {
    const rows = select.values([after])
    for (const [, ...values] of rows) yield* values
    const last = rows.at(-1)?.[0]
    if (rows.length < rowsInATurn || (typeof last !== 'number' && typeof last !== 'bigint')) return
    after = last
    await setImmediate()
  }
}

async function* distinctValues(database: Database, { name, texts, raw }: SearchedTable) {
  for (const column of [...texts, ...raw]) {
    for (const [value] of database.prepare(`SELECT DISTINCT ${quote(column)} FROM ${quote(name)}`).values()) yield value
    await setImmediate()
  }
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`
