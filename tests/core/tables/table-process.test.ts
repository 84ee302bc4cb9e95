import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TableView } from '../../../core/domain/table.ts'
import { openSession } from '../../../core/tables/duckdb-session.ts'
import { startTableProcess } from '../../../core/tables/table-process.ts'
import { openTables, parquetFile } from '../../builders/table-files.ts'
import { temporaryFile, temporaryFolder } from '../../builders/temporary-file.ts'

const temporary = join(temporaryFolder(), 'tmp')
const tables = openTables({ temporaryFolder: temporary })
afterAll(() => tables.close())

const everything: TableView = { condition: null, sort: [] }
const manyRows = `SELECT i AS id, hash(i) AS mixed, md5(i::VARCHAR) AS text FROM range(3000000) t(i)`

describe('the engine', () => {
  it('opens the file it was made for and nothing else', async () => {
    const folder = temporaryFolder()
    const secret = temporaryFile('secret', 'secret.txt')
    const before = process.cwd()
    process.chdir(folder)
    try {
      writeFileSync('table.csv', 'a\n1\n')
      const { ask } = await openSession('table.csv', { memoryBytes: 256 * 1024 ** 2, threads: 1 })
      expect(await ask("SELECT a FROM read_csv('table.csv')")).toEqual([[1n]])
      for (const sql of [
        `SELECT * FROM read_text('${secret}')`,
        `SELECT * FROM read_csv('${secret}')`,
        `SELECT * FROM glob('/*')`,
        `COPY (SELECT 1) TO '${secret}.out'`,
        `ATTACH '${secret}.db'`,
        `INSTALL httpfs`,
        `LOAD httpfs`,
        `SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')`,
        `SET enable_external_access = true`,
        `SET allowed_directories = ['/']`,
        `SET threads = 64`,
      ]) {
        await expect(ask(sql), sql).rejects.toThrow()
      }
      expect(existsSync(`${secret}.out`)).toBe(false)
    } finally {
      process.chdir(before)
    }
  })
})

describe('the process of a table', () => {
  it('may die: the question fails in words, the next one is answered', async () => {
    const facts = await tables.open({ kind: 'file', path: await parquetFile(manyRows) }, {})
    const sorted: TableView = { condition: null, sort: [{ column: 'text', descending: false }] }
    const asked = tables.page({ table: facts.table, view: sorted, columns: ['id'], offset: 2_000_000, limit: 5 })
    const failing = expect(asked).rejects.toMatchObject({ code: 'tables/readerCrashed' })
    await killChildOf(temporary)
    await failing
    const after = await tables.page({ table: facts.table, view: everything, columns: ['id'], offset: 7, limit: 1 })
    expect(after.cells).toEqual([['7']])
  })

  it('stops what is cancelled, and goes on', async () => {
    const facts = await tables.open({ kind: 'file', path: await parquetFile(manyRows) }, {})
    const sorted: TableView = { condition: null, sort: [{ column: 'text', descending: true }] }
    const asked = tables.page({
      table: facts.table,
      view: sorted,
      columns: ['id'],
      offset: 2_000_000,
      limit: 5,
      ticket: 'mine',
    })
    const failing = expect(asked).rejects.toMatchObject({ code: 'execution/canceled' })
    // The question may not have reached the engine yet when it is first cancelled.
    let isOver = false
    void failing.finally(() => {
      isOver = true
    })
    while (!isOver) await tables.cancel('mine')
    await failing
    expect(await tables.count({ table: facts.table, view: everything })).toEqual({ matching: 3e6, total: 3e6 })
  })

  it('says when it would need more memory than it may take, and stays', async () => {
    const file = await parquetFile(`SELECT i AS id, repeat(md5(i::VARCHAR), 40) AS text FROM range(200000) t(i)`)
    const folder = mkdtempSync(join(temporaryFolder(), 'session-'))
    const one = startTableProcess({
      entryFile: join(import.meta.dirname, '../../../core/tables/table-worker.ts'),
      nodePath: process.execPath,
      folder,
      request: { file, path: file, format: 'parquet', reading: {}, memoryBytes: 24 * 1024 ** 2, threads: 1 },
    })
    try {
      const wanted = { view: everything, columns: ['text'], format: 'csv' as const, file: 'out.csv' }
      const sorted = { ...wanted, view: { condition: null, sort: [{ column: 'text', descending: false }] } }
      const heavy = one.ask((client) => client.export({ wanted: sorted, ticket: '' }))
      await expect(heavy).rejects.toMatchObject({ code: 'tables/outOfMemory' })
      expect(await one.ask((client) => client.facts({}))).toMatchObject({ rows: 200_000 })
    } finally {
      await one.end()
    }
  })

  it('is not kept for more tables than are looked at', async () => {
    for (let i = 0; i < 7; i++) {
      const path = temporaryFile(`a\n${i}\n`, `n${i}.csv`)
      await tables.open({ kind: 'file', path }, {})
    }
    await expect.poll(() => sessionsIn(temporary).length, { timeout: 30_000 }).toBeLessThanOrEqual(4)
  })

  it('leaves nothing behind when it is closed', async () => {
    const own = join(temporaryFolder(), 'tmp')
    const closing = openTables({ temporaryFolder: own })
    await closing.open({ kind: 'file', path: temporaryFile('a\n1\n', 'x.csv') }, {})
    expect(readdirSync(own)).toHaveLength(1)
    await closing.close()
    expect(readdirSync(own)).toEqual([])
  })

  it('forgets tables of another life', async () => {
    await expect(tables.count({ table: 'table-of-old', view: everything })).rejects.toMatchObject({
      code: 'tables/notOpen',
    })
  })
})

describe('export', () => {
  const view: TableView = {
    condition: { kind: 'compare', column: 'id', is: 'more', value: '0' },
    sort: [{ column: 'id', descending: true }],
  }
  async function exported(format: 'csv' | 'parquet', path: string) {
    const facts = await tables.open({ kind: 'file', path }, {})
    const target = join(temporaryFolder(), `out.${format}`)
    const columns = ['text', 'id']
    const { rows } = await tables.export(
      { table: facts.table, view, columns, format },
      async (file) => writeFileSync(target, readFileSync(file)),
      new AbortController().signal,
    )
    return { target, rows }
  }

  it('b45-writes the view as CSV in which no cell is a formula', async () => {
    const path =
      await parquetFile(`SELECT * FROM (VALUES (0, 'gone'), (1, '=cmd|'' /C calc''!A0'), (2, '+1'), (3, '-x'),
      (4, '@SUM(1)'), (-5, 'left out'), (6, E'a\\n"b",c'), (7, NULL)) t(id, text)`)
    const { target, rows } = await exported('csv', path)
    expect(rows).toBe(6)
    expect(readFileSync(target, 'utf8')).toBe(
      `text,id\n,7\n"a\n""b"",c",6\n'@SUM(1),4\n'-x,3\n'+1,2\n'=cmd|' /C calc'!A0,1\n`,
    )
  })

  it('writes the view as Parquet, values unchanged', async () => {
    const path = await parquetFile(`SELECT * FROM (VALUES (1, '=1'), (2, NULL), (3, 'x')) t(id, text)`)
    const { target } = await exported('parquet', path)
    const facts = await tables.open({ kind: 'file', path: target }, {})
    const found = await tables.page({
      table: facts.table,
      view: everything,
      columns: ['id', 'text'],
      offset: 0,
      limit: 9,
    })
    expect(found.cells).toEqual([
      ['3', '2', '1'],
      ['x', null, '=1'],
    ])
  })
})

function sessionsIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)))
}

/** Ends the reading process that runs below `folder`, found by the folder that it works in. */
async function killChildOf(folder: string): Promise<void> {
  await expect.poll(() => childrenOf(folder).length, { timeout: 30_000 }).toBeGreaterThan(0)
  for (const pid of childrenOf(folder)) process.kill(pid, 'SIGKILL')
}

function childrenOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('table-worker') &&
          readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        )
      } catch {
        return false
      }
    })
    .map(Number)
}
