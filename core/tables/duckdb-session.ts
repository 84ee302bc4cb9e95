import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'

export type SqlValue = string | number | bigint | boolean | null
/** Values by column, in the order of the select list. */
export type SqlColumns = readonly (readonly SqlValue[])[]

export type Ask = (sql: string, values?: readonly (string | number | null)[], ticket?: string) => Promise<SqlColumns>

/** A database in memory that may touch the files it was opened for and nothing else. */
export type Session = {
  readonly ask: Ask
  /** Interrupts what runs under the ticket. */
  cancel(ticket: string): void
  /** How far the longest question is, from 0 to 100; null when nothing runs or it cannot be told. */
  progress(): number | null
}

export type SessionLimits = { readonly memoryBytes: number; readonly threads: number }

/**
 * Opens the engine over the current folder and one file in it, or several. After this no setting can be changed, no extension be
 * fetched or loaded, and no other path be opened.
 */
export async function openSession(file: string | readonly string[], limits: SessionLimits): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${Math.round(limits.memoryBytes / 1024 ** 2)}MiB`,
    temp_directory: 'spill',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  await lock(instance, [file].flat())
  const running = new Map<symbol, { readonly ticket: string; interrupt(): void; percent(): number }>()

  return {
    async ask(sql, values = [], ticket = '') {
      const connection = await instance.connect()
      const key = Symbol(ticket)
      running.set(key, {
        ticket,
        interrupt: () => connection.interrupt(),
        percent: () => connection.progress.percentage,
      })
      try {
        const reader = await connection.runAndReadAll(sql, values as DuckDBValue[])
        return reader.getColumns() as SqlColumns
      } finally {
        running.delete(key)
        connection.closeSync()
      }
    },
    cancel(ticket) {
      for (const one of running.values()) if (one.ticket === ticket) one.interrupt()
    },
    progress() {
      const percents = [...running.values()].map((one) => one.percent()).filter((percent) => percent >= 0)
      return percents.length === 0 ? null : Math.min(...percents)
    },
  }
}

/** The order matters: once access is off, what may still be opened cannot be widened. */
async function lock(instance: DuckDBInstance, files: readonly string[]): Promise<void> {
  const connection = await instance.connect()
  try {
    for (const setting of [
      "TimeZone = 'UTC'",
      "default_null_order = 'nulls_last'",
      // A large file has megabytes of it, and every question would read them anew.
      'parquet_metadata_cache = true',
      `allowed_paths = [${files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')}]`,
      "allowed_directories = ['.']",
      'enable_external_access = false',
      'lock_configuration = true',
    ]) {
      await connection.run(`SET GLOBAL ${setting}`)
    }
  } finally {
    connection.closeSync()
  }
}
