import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashFile } from '../../../core/store/hash-file.ts'
import { openDatasets } from './open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
beforeEach(async () => {
  at = await openDatasets()
})
afterEach(() => at.close())

/** Written anew as a whole, as programs write Parquet: the footer moves, and only row groups that are full stay equal. */
async function writeTable(file: string, rows: number): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT i AS id, hash(i) AS a, md5(i::VARCHAR) AS text FROM range(${rows}) t(i))
     TO '${file}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 20480)`,
  )
  connection.closeSync()
  return statSync(file).size
}

describe('a Parquet file that rows are appended to', () => {
  it('takes about as much space as the rows that are new, again and again, and comes back to the byte', async () => {
    at.write('data/.keep', '')
    const file = join(at.folder, 'data/table.parquet')
    const digests: string[] = []
    let rows = 400_000
    const firstBytes = await writeTable(file, rows)
    expect((await at.add('table', 'data/table.parquet')).storedBytes).toBe(firstBytes)
    digests.push((await hashFile(file)).digest)
    for (let round = 0; round < 3; round++) {
      rows = Math.round(rows * 1.01)
      const sizeBytes = await writeTable(file, rows)
      const { storedBytes, isNew, dataset } = await at.add('table')
      expect([isNew, dataset.rows, dataset.keptCount]).toEqual([true, rows, 1])
      expect(storedBytes).toBeGreaterThan(0)
      // The new rows, the last row group before them, the footer, and the list of chunks.
      expect(storedBytes).toBeLessThan(sizeBytes * 0.03)
      digests.push((await hashFile(file)).digest)
    }
    for (const [index, digest] of digests.entries()) {
      await at.datasets.restore(`table@${index + 1}`, undefined, at.call)
      expect((await hashFile(file)).digest).toBe(digest)
    }
  })
})
