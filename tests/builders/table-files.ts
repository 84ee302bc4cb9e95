import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { TableSource } from '../../core/domain/table.ts'
import { formatOfTable } from '../../core/domain/table.ts'
import { createTables } from '../../core/tables/create-tables.ts'
import { temporaryFolder } from './temporary-file.ts'

const entryFile = join(import.meta.dirname, '../../core/tables/table-worker.ts')

/** Tables over files that lie anywhere, read by the real process. */
export function openTables(overrides: Partial<Parameters<typeof createTables>[0]> = {}) {
  return createTables({
    entryFile,
    nodePath: process.execPath,
    temporaryFolder: join(temporaryFolder(), 'tmp'),
    locate: async (source: TableSource) => {
      const path = source.kind === 'artifact' ? source.reference : source.path
      return { file: path, path, format: formatOfTable(path) ?? 'csv' }
    },
    ...overrides,
  })
}

/** A Parquet file with what `select` gives, in a folder of its own. */
export async function parquetFile(select: string, options = 'ROW_GROUP_SIZE 10000'): Promise<string> {
  const file = join(temporaryFolder(), 'table.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet, ${options})`)
    return file
  } finally {
    connection.closeSync()
  }
}
