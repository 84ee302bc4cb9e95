import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findHeldDigests, holdNothing, searchedTables } from '../../../core/space/held-digests-queries.ts'
import { digestLike, openRecording, type Recording } from '../tracking/open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

type Column = { readonly table: string; readonly column: string; readonly type: string }

const columns = () =>
  at.database
    .prepare<Column>(
      `SELECT tables.name AS "table", columns.name AS "column", columns.type
       FROM pragma_table_list AS tables JOIN pragma_table_info(tables.name) AS columns
       WHERE tables.schema = 'main' AND tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'`,
    )
    .all()

describe('the columns in which a record may name stored bytes', () => {
  it('are all that are not known to hold nothing, and nothing is known of a column that is not there', () => {
    const present = columns().map(({ table, column }) => `${table}.${column}`)
    expect(present.length).toBeGreaterThan(100)
    expect([...holdNothing].filter((column) => !present.includes(column))).toEqual([])
    const searched = searchedTables(at.database).flatMap(({ name, texts, raw }) =>
      [...texts, ...raw].map((column) => `${name}.${column}`),
    )
    const rest = columns().filter(({ type }) => type !== 'INTEGER' && type !== 'REAL')
    expect([...searched, ...holdNothing].sort()).toEqual(rest.map(({ table, column }) => `${table}.${column}`).sort())
  })

  it('are searched where their name says digest, but for those that stand for no stored bytes', () => {
    const unsearched = columns()
      .map(({ table, column }) => `${table}.${column}`)
      .filter((name) => /digest/.test(name) && holdNothing.has(name))
    // Of an environment's own record, of a node of the graph, and the key of a cache.
    expect(unsearched.sort()).toEqual(['dataset_profile.digest', 'environment.digest', 'lineage_node.digest'])
  })

  it('hold digests of 32 bytes where they hold bytes: another kind would have to be taught', () => {
    const raw = searchedTables(at.database).flatMap(({ name, raw: found }) =>
      found.map((column) => `${name}.${column}`),
    )
    expect(raw).toEqual(['dataset_file.digest'])
  })

  it('are found in a table that nobody knew of when this was written, as text and as bytes', async () => {
    at.database.prepare('CREATE TABLE future (note TEXT, seal BLOB) STRICT').run()
    at.database.prepare('CREATE TABLE other (seal BLOB PRIMARY KEY) STRICT, WITHOUT ROWID').run()
    const [text, bytes, key] = [digestLike('a1'), digestLike('b2'), digestLike('c3')]
    const raw = (digest: string) => Buffer.from(digest.slice(7), 'hex')
    at.database.prepare('INSERT INTO future VALUES (?, ?)').run([`{"of": ["${text}"]}`, raw(bytes)])
    at.database.prepare('INSERT INTO other VALUES (?)').run([raw(key)])
    const { runs } = await findHeldDigests(at.database)
    expect([text, bytes, key].map((digest) => runs.has(digest))).toEqual([true, true, true])
  })

  it('are read to the end, however many rows there are', async () => {
    at.database.prepare('CREATE TABLE future (note TEXT) STRICT').run()
    const insert = at.database.prepare('INSERT INTO future VALUES (?)')
    const digests = Array.from({ length: 1_203 }, (_, n) => digestLike((n + 4096).toString(16)))
    at.database.transaction(() => {
      for (const digest of digests) insert.run([digest])
    })
    const { runs } = await findHeldDigests(at.database)
    expect(digests.filter((digest) => !runs.has(digest))).toEqual([])
  })
})
