import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { TableView } from '../../core/domain/table.ts'
import { createTables } from '../../core/tables/create-tables.ts'
import type { Bench, Contender } from './harness/bench.ts'
import { repository } from './harness/peers.ts'

/** Rows of which ten gigabytes are made; they compress badly, as real measurements do. */
const rowsOfTenGigabytes = 150_000_000

async function makeFile(rows: number, note: (line: string) => void): Promise<string> {
  const folder = join(repository, '.cache', 'bench')
  const file = join(folder, `tables-${rows}.parquet`)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  note(`Making ${file} …`)
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '4GB',
    temp_directory: join(folder, 'spill'),
  })
  const connection = await instance.connect()
  try {
    await connection.run(`COPY (
      SELECT i AS id, random() AS a, random() * 1000 AS b, hash(i) AS c, md5(i::VARCHAR) AS text,
        ['north', 'south', 'east', 'west'][1 + (i % 4)] AS region, (i % 977) AS small,
        TIMESTAMP '2020-01-01' + INTERVAL (i) SECOND AS at
      FROM range(${rows}) t(i)
    ) TO '${file}.unfinished' (FORMAT parquet, COMPRESSION snappy)`)
  } finally {
    connection.closeSync()
  }
  renameSync(`${file}.unfinished`, file)
  return file
}

const everything: TableView = { condition: null, sort: [] }
const filtered: TableView = { condition: { kind: 'compare', column: 'b', is: 'less', value: '0.01' }, sort: [] }
const sorted: TableView = { condition: null, sort: [{ column: 'a', descending: true }] }
const columns = ['id', 'a', 'b', 'c', 'text', 'region', 'small', 'at']

/** What the Data screen asks of a table far larger than memory. Each piece is told with the reader's start and without. */
export const bench: Bench = {
  title: 'Looking into a large Parquet file',
  async *cases({ quick, folder, note }) {
    const rows = quick ? 2_000_000 : rowsOfTenGigabytes
    const file = await makeFile(rows, note)
    note(`${(statSync(file).size / 1e9).toFixed(1)} GB, ${rows} rows`)
    const open = () =>
      createTables({
        entryFile: join(repository, 'dist/core/table-worker.mjs'),
        nodePath: process.execPath,
        temporaryFolder: join(folder, 'sessions'),
        locate: async () => ({ file, path: 'large.parquet', format: 'parquet' }),
      })
    const source = { kind: 'file', path: 'large.parquet' } as const
    const about = 'DuckDB, a process of its own, at most 2 GB and 4 threads'

    let fresh = open()
    const cold: Contender = {
      name: 'slipway',
      about: `${about}; process started anew`,
      async reset() {
        await fresh.close()
        fresh = open()
      },
      async work() {
        const { table } = await fresh.open(source, {})
        await fresh.page({ table, view: everything, columns, offset: 0, limit: 100 })
        return undefined
      },
    }
    yield { name: 'open and first page', goal: '≤ 300 ms', contenders: [cold] }
    await fresh.close()

    const warm = open()
    const { table } = await warm.open(source, {})
    const ask = (name: string, goal: string, work: (round: number) => Promise<unknown>) => ({
      name,
      goal,
      contenders: [
        {
          name: 'slipway',
          about: `${about}; running`,
          work: async (round: number) => {
            await work(round)
            return undefined
          },
        },
      ],
    })
    // Another place in each round, so that nothing is answered from what an earlier one laid down.
    const deep = (round: number) => Math.floor(rows * (0.3 + (round % 7) * 0.09))
    try {
      yield ask('page from the middle', '≤ 300 ms', (round) =>
        warm.page({ table, view: everything, columns, offset: deep(round), limit: 100 }),
      )
      yield ask('first page of a filter that one row in 100,000 fits', 'seconds', (round) => {
        const value = String(0.01 + round * 1e-9)
        const view: TableView = { condition: { kind: 'compare', column: 'b', is: 'less', value }, sort: [] }
        return warm.page({ table, view, columns, offset: 0, limit: 100 })
      })
      yield ask('first page sorted', 'seconds', (round) =>
        warm.page({ table, view: sorted, columns, offset: (round % 20) * 100, limit: 100 }),
      )
      yield ask('summary of a number column', 'seconds', () => warm.summary({ table, view: everything, column: 'b' }))
      yield ask('count of a filter', 'seconds', (round) => {
        const value = String(0.01 + round * 1e-9)
        const view: TableView = { condition: { kind: 'compare', column: 'b', is: 'less', value }, sort: [] }
        return warm.count({ table, view })
      })
      note(`${(await warm.count({ table, view: filtered })).matching} rows fit the filter`)
    } finally {
      await warm.close()
      rmSync(join(folder, 'sessions'), { recursive: true, force: true })
    }
  },
}
