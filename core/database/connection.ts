/** The little of a SQLite driver that this folder needs; open-database.ts makes one. */
export type Connection = {
  prepare(sql: string): DriverStatement
  exec(sql: string): unknown
  pragma(text: string, options?: { readonly simple?: boolean }): unknown
  close(): unknown
}

export type DriverStatement = {
  all(...params: unknown[]): unknown[]
  get(...params: unknown[]): unknown
  run(...params: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint }
  iterate(...params: unknown[]): IterableIterator<unknown>
  raw(isRaw: boolean): DriverStatement
}

/** `SLIP`, so that another application's file is never taken for ours. */
export const applicationId = 0x534c4950

/** Acknowledged means that it survives a power cut. */
export function prepareForWriting(connection: Connection): void {
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('mmap_size = 0')
  connection.pragma('trusted_schema = OFF')
  connection.pragma('temp_store = MEMORY')
}

/** Lets the planner know how the tables have grown, as far as it is worth a look at a few hundred rows of each. */
export function measureTables(connection: Connection): void {
  connection.pragma('analysis_limit = 400')
  connection.pragma('optimize')
}

export function readVersion(connection: Connection): number {
  return connection.pragma('user_version', { simple: true }) as number
}

/** Structure first, then references to rows that are not there. Empty when sound. */
export function findDamage(connection: Connection): string[] {
  const structure = (connection.pragma('integrity_check') as { integrity_check: string }[]).map(
    (row) => row.integrity_check,
  )
  const orphans = (connection.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[]).map(
    (row) => `${row.table} row ${row.rowid} refers to a row of ${row.parent} that is not there`,
  )
  return [...structure.filter((finding) => finding !== 'ok'), ...orphans]
}
