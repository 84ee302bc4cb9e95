import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TableFacts, TableView } from '../../../core/domain/table.ts'
import { openTables, parquetFile } from '../../builders/table-files.ts'
import { temporaryFile, temporaryFolder } from '../../builders/temporary-file.ts'

const tables = openTables()
afterAll(() => tables.close())

const everything: TableView = { condition: null, sort: [] }
const open = (path: string, reading = {}) => tables.open({ kind: 'file', path }, reading)
const names = (facts: TableFacts) => facts.columns.map(({ name }) => name)
const page = (facts: TableFacts, offset: number, limit: number, view = everything) =>
  tables.page({ table: facts.table, view, columns: names(facts), offset, limit })

describe('a Parquet file', () => {
  let facts: TableFacts
  beforeAll(async () => {
    facts = await open(
      await parquetFile(`SELECT i AS id, (i * 7919) % 100003 AS mixed, i % 5 AS kind, 'row ' || i AS name
        FROM range(100000) t(i)`),
    )
  })

  it('tells its schema, rows and row groups at once', () => {
    expect(facts).toMatchObject({ format: 'parquet', rows: 100_000, isWhole: true })
    expect(facts.rowGroups).toBeGreaterThan(4)
    expect(facts.columns.map(({ name, type, kind }) => `${name} ${type} ${kind}`)).toEqual([
      'id BIGINT number',
      'mixed BIGINT number',
      'kind BIGINT number',
      'name VARCHAR text',
    ])
  })

  it('gives a page from anywhere, in the order of the file', async () => {
    const deep = await page(facts, 87_654, 3)
    expect(deep.rowNumbers).toEqual([87_654, 87_655, 87_656])
    expect(deep.cells[3]).toEqual(['row 87654', 'row 87655', 'row 87656'])
    expect((await page(facts, 99_999, 50)).cells[0]).toEqual(['99999'])
    expect((await page(facts, 200_000, 50)).cells[0]).toEqual([])
  })

  it('gives the same rows of a sorted view near and far, and by several columns', async () => {
    const view: TableView = {
      condition: null,
      sort: [
        { column: 'kind', descending: true },
        { column: 'mixed', descending: false },
      ],
    }
    const expected = Array.from({ length: 100_000 }, (_, i) => ({ id: i, kind: i % 5, mixed: (i * 7919) % 100_003 }))
      .sort((a, b) => b.kind - a.kind || a.mixed - b.mixed || a.id - b.id)
      .map(({ id }) => String(id))
    expect((await page(facts, 0, 20, view)).cells[0]).toEqual(expected.slice(0, 20))
    expect((await page(facts, 60_000, 20, view)).cells[0]).toEqual(expected.slice(60_000, 60_020))
    // Now that the order is laid down, the near rows come from it: still the same ones.
    expect((await page(facts, 4_990, 20, view)).cells[0]).toEqual(expected.slice(4_990, 5_010))
  })

  it('gives the rows of a filtered view near and far, and how many there are', async () => {
    const view: TableView = {
      condition: { kind: 'compare', column: 'kind', is: 'equal', value: '3' },
      sort: [],
    }
    expect((await page(facts, 0, 3, view)).cells[0]).toEqual(['3', '8', '13'])
    expect((await page(facts, 19_000, 2, view)).cells[0]).toEqual(['95003', '95008'])
    expect(await tables.count({ table: facts.table, view })).toEqual({ matching: 20_000, total: 100_000 })
  })

  it('gives columns in the order asked for, and refuses an unknown one', async () => {
    const found = await tables.page({
      table: facts.table,
      view: everything,
      columns: ['name', 'id'],
      offset: 1,
      limit: 1,
    })
    expect(found.cells).toEqual([['row 1'], ['1']])
    await expect(
      tables.page({ table: facts.table, view: everything, columns: ['nope'], offset: 0, limit: 1 }),
    ).rejects.toMatchObject({ code: 'tables/columnNotFound' })
  })
})

it('shows every value to the last digit', async () => {
  const facts = await open(
    await parquetFile(`SELECT 9223372036854775807::BIGINT AS int64, 18446744073709551615::UBIGINT AS uint64,
      '12345678901234567890123456789.123456789'::DECIMAL(38,9) AS decimal, 'NaN'::DOUBLE AS nan, '-inf'::DOUBLE AS inf,
      0.1::DOUBLE AS tenth, TIMESTAMPTZ '2024-03-31 02:30:00+02' AS zoned, TIMESTAMP '2024-03-31 02:30:00.123456' AS naive,
      DATE '0001-01-01' AS date, E'a\\nb\\t"c"' AS text, [1, NULL, 3] AS list, {'a': 1, 'b': ['x', NULL]} AS record,
      MAP {'k': 1} AS map, '\\x00\\xFF'::BLOB AS bytes, NULL::INTEGER AS missing, 'null' AS word, true AS yes,
      UUID '00000000-0000-0000-0000-000000000001' AS uuid, TIME '23:59:59.999999' AS time`),
  )
  const found = await page(facts, 0, 1)
  expect(Object.fromEntries(names(facts).map((name, index) => [name, found.cells[index]?.[0]]))).toEqual({
    int64: '9223372036854775807',
    uint64: '18446744073709551615',
    decimal: '12345678901234567890123456789.123456789',
    nan: 'nan',
    inf: '-inf',
    tenth: '0.1',
    zoned: '2024-03-31 00:30:00+00',
    naive: '2024-03-31 02:30:00.123456',
    date: '0001-01-01',
    text: 'a\nb\t"c"',
    list: '[1, NULL, 3]',
    record: "{'a': 1, 'b': [x, NULL]}",
    map: '{k=1}',
    bytes: '\\x00\\xFF',
    missing: null,
    word: 'null',
    yes: 'true',
    uuid: '00000000-0000-0000-0000-000000000001',
    time: '23:59:59.999999',
  })
  expect(await tables.value(facts.table, 'record', 0)).toMatchObject({ json: '{"a":1,"b":["x",null]}' })
  expect(await tables.value(facts.table, 'bytes', 0)).toMatchObject({ text: '\\x00\\xFF', length: 2, json: null })
})

it('cuts a long value, marks it, and gives it whole when it is asked for', async () => {
  const facts = await open(await parquetFile(`SELECT repeat('é', 5000) AS long, 'short' AS short`))
  const found = await page(facts, 0, 1)
  expect(found.cells[0]?.[0]).toHaveLength(1000)
  expect(found.cut).toEqual([[0, 0]])
  expect(await tables.value(facts.table, 'long', 0)).toEqual({
    text: 'é'.repeat(5000),
    isCut: false,
    length: 5000,
    json: null,
  })
})

describe('text files', () => {
  it('shows the beginning before the whole was read, then the whole', async () => {
    const file = temporaryFile(
      `id;name\n${Array.from({ length: 40_000 }, (_, i) => `${i};"n ${i}"\n`).join('')}`,
      'big.csv',
    )
    const facts = await open(file)
    expect(facts).toMatchObject({ isWhole: false })
    expect(Math.abs(facts.rows - 40_000)).toBeLessThan(4_000)
    expect((await page(facts, 0, 2)).cells).toEqual([
      ['0', '1'],
      ['n 0', 'n 1'],
    ])
    expect(await tables.whole(facts.table)).toMatchObject({ isWhole: true, rows: 40_000 })
    expect((await page(facts, 39_999, 5)).cells).toEqual([['39999'], ['n 39999']])
  })

  it('takes a late word for what it is: the column becomes text, nothing is lost', async () => {
    const facts = await open(temporaryFile(`a,b\n${'1,2\n'.repeat(60_000)}1,x\n3,4\n`, 'late.csv'))
    expect(facts.columns.map(({ type }) => type)).toEqual(['BIGINT', 'BIGINT'])
    const whole = await tables.whole(facts.table)
    expect(whole.columns.map(({ type }) => type)).toEqual(['BIGINT', 'VARCHAR'])
    expect((await page(whole, 60_000, 2)).cells).toEqual([
      ['1', '3'],
      ['x', '4'],
    ])
  })

  it('finds a key that first comes late in JSON lines, and keeps 64-bit numbers', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `{"a":${i}}\n`).join('')
    const facts = await open(temporaryFile(`${lines}{"a":9007199254740993,"late":{"x":[1]}}\n`, 'late.jsonl'))
    const whole = await tables.whole(facts.table)
    expect(names(whole)).toEqual(['a', 'late'])
    expect((await page(whole, 30_000, 1)).cells).toEqual([['9007199254740993'], ["{'x': [1]}"]])
  })

  it.each<[string, Buffer | string, object, (string | null)[][]]>([
    ['bom.csv', '\ufeffname,v\ncafé,1\n', {}, [['café'], ['1']]],
    ['utf16.csv', Buffer.from('\ufeffname,v\ncafé,1\n', 'utf16le'), {}, [['café'], ['1']]],
    ['latin.csv', Buffer.from('name,v\ncaf\xe9,1\n', 'latin1'), { encoding: 'latin-1' }, [['café'], ['1']]],
    ['lines.csv', 'a,b\n"x\ny",2\n', {}, [['x\ny'], ['2']]],
    ['packed.csv.gz', gzipSync('a,b\n1,2\n'), {}, [['1'], ['2']]],
    ['zeros.csv', 'id\n007\n010\n', { allText: true }, [['007', '010']]],
    ['comma.csv', 'a;b\n1,5;2\n', { delimiter: ';', decimalComma: true }, [['1.5'], ['2']]],
    [
      'nulls.csv',
      'a,b\nNA,2\n3,4\n',
      { nullText: 'NA' },
      [
        [null, '3'],
        ['2', '4'],
      ],
    ],
    [
      'headless.csv',
      '1,2\n3,4\n',
      { header: false },
      [
        ['1', '3'],
        ['2', '4'],
      ],
    ],
    ['only-head.csv', 'a,b\n', {}, [[], []]],
    ['tabs.tsv', 'a\tb\n1\t2\n', {}, [['1'], ['2']]],
    ['own-number.csv', 'file_row_number,b\n5,6\n', {}, [['5'], ['6']]],
  ])('reads %s', async (name, bytes, reading, cells) => {
    const facts = await tables.whole((await open(temporaryFile(bytes, name), reading)).table)
    expect((await page(facts, 0, 10)).cells).toEqual(cells)
  })
})

describe('files that cannot be read', () => {
  it.each<[string, Buffer | string, string]>([
    [
      'b45-a-hundred-thousand-columns.csv',
      `${Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(',')}\n`,
      'tables/tooWide',
    ],
    ['b45-one-long-line.csv', `a,b\n1,"${'x'.repeat(40_000_000)}"\n`, 'tables/lineTooLong'],
    ['latin.csv', Buffer.from('name,v\ncaf\xe9,1\n', 'latin1'), 'tables/badEncoding'],
    ['cut.jsonl', '{"a":1}\n{"a":\n', 'tables/unreadable'],
    ['none.parquet', 'this is no Parquet file at all', 'tables/unreadable'],
    ['empty.parquet', '', 'tables/unreadable'],
  ])('%s', async (name, bytes, code) => {
    const file = temporaryFile(bytes, name)
    const opened = open(file).then((facts) => tables.whole(facts.table))
    await expect(opened).rejects.toMatchObject({ code })
  })

  it('a Parquet file that was cut off', async () => {
    const file = await parquetFile('SELECT i, md5(i::VARCHAR) AS h FROM range(50000) t(i)')
    truncateSync(file, 200_000)
    await expect(open(file)).rejects.toMatchObject({ code: 'tables/unreadable' })
  })

  it('shows how a text file begins when it cannot be read', async () => {
    const file = temporaryFile('{"a":1}\n{"a":\n', 'cut.jsonl')
    await expect(open(file)).rejects.toMatchObject({ details: { lines: ['{"a":1}', '{"a":', ''] } })
  })

  it('a file that is not there', async () => {
    await expect(open(join(temporaryFolder(), 'gone.csv'))).rejects.toMatchObject({ code: 'tables/missing' })
  })
})

it('reads a file whose folder and name are patterns elsewhere', async () => {
  const folder = join(temporaryFolder(), "a[1]*'s")
  mkdirSync(folder)
  const file = join(folder, 'b?[x].csv')
  writeFileSync(file, 'a\n1\n')
  const facts = await open(file)
  expect((await page(facts, 0, 1)).cells).toEqual([['1']])
})

it('says that a file changed instead of mixing its rows', async () => {
  const file = temporaryFile('a\n1\n', 'grows.csv')
  const facts = await open(file)
  appendFileSync(file, '2\n')
  await expect(page(facts, 0, 1)).rejects.toMatchObject({ code: 'tables/changed' })
  const again = await open(file)
  expect(again.table).not.toBe(facts.table)
  expect((await page(again, 0, 5)).cells).toEqual([['1', '2']])
})

it('leaves the file as it was', async () => {
  const file = temporaryFile('a\n1\n', 'kept.csv')
  await tables.whole((await open(file)).table)
  expect(readFileSync(file, 'utf8')).toBe('a\n1\n')
})
