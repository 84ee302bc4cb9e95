import { join } from 'node:path'
import SqliteDriver from 'better-sqlite3'
import type { Contender } from '../harness/bench.ts'
import { noise } from './fill.ts'
import { sampleOf } from './slipway.ts'

const about = (how: string) => `better-sqlite3, WAL + FULL, ${how}, nothing else kept`

/** The least that a database does for these points: rows in a table of its own. */
export function rowsCeiling(folder: string, count: number, commits: 'each' | 'one'): Contender {
  const database = openFile(join(folder, `ceiling-${commits}.db`))
  database.exec('CREATE TABLE point (iteration INTEGER PRIMARY KEY, value REAL)')
  const insert = database.prepare('INSERT INTO point (iteration, value) VALUES (?, ?)')
  const fill = () => {
    for (let index = 0; index < count; index++) insert.run(index, sampleOf(index))
  }
  return {
    name: commits === 'each' ? 'a row a commit' : 'rows in one commit',
    about: about(commits === 'each' ? 'a row a commit' : 'all rows in one commit'),
    ceiling: true,
    reset: async () => void database.exec('DELETE FROM point'),
    async work() {
      if (commits === 'each') fill()
      else database.transaction(fill)()
      return undefined
    },
  }
}

export function blobsCeiling(folder: string, batches: number, size: number): Contender {
  const database = openFile(join(folder, 'ceiling-blobs.db'))
  database.exec('CREATE TABLE chunk (number INTEGER PRIMARY KEY, data BLOB)')
  const insert = database.prepare('INSERT INTO chunk (data) VALUES (?)')
  return {
    name: 'a blob a commit',
    about: about(`${size} points of 16 bytes a commit`),
    ceiling: true,
    reset: async () => void database.exec('DELETE FROM chunk'),
    async work() {
      for (let batch = 0; batch < batches; batch++) insert.run(new Uint8Array(size * 16).fill(batch))
      return undefined
    },
  }
}

function openFile(file: string) {
  const database = new SqliteDriver(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  return database
}

/** The filter and the fifty best of typed arrays: no query can look at less. */
export function filterCeiling(runs: number, thresholds: readonly number[]): Contender {
  const accuracy = Float64Array.from({ length: runs }, (_, run) => noise(run, 0))
  const f1 = Float64Array.from({ length: runs }, (_, run) => noise(run, 1))
  const kernel = Uint8Array.from({ length: runs }, (_, run) => (run % 3 === 0 ? 1 : 0))
  return {
    name: 'typed arrays',
    about: 'one pass over three arrays of the runs; numbers of runs, not runs',
    ceiling: true,
    async work() {
      for (const above of thresholds) {
        const best: number[] = []
        let worst = -1
        for (let run = 0; run < runs; run++) {
          const value = f1[run] as number
          if (value <= worst || kernel[run] === 0 || (accuracy[run] as number) <= above) continue
          best.push(run)
          if (best.length < 200) continue
          best.sort((a, b) => (f1[b] as number) - (f1[a] as number)).splice(50)
          worst = f1[best[49] as number] as number
        }
        if (best.length === 0) throw new Error('nothing found')
      }
      return undefined
    },
  }
}
