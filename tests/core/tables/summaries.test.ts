import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TableFacts } from '../../../core/domain/table.ts'
import { openTables, parquetFile } from '../../builders/table-files.ts'

const tables = openTables()
afterAll(() => tables.close())

let facts: TableFacts
beforeAll(async () => {
  const path = await parquetFile(`SELECT i AS id, CASE WHEN i % 4 = 0 THEN NULL ELSE i * 0.5 END::DOUBLE AS half,
    CASE i % 10 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE ELSE 2.0 END AS odd,
    ['red', 'green', 'blue'][1 + least(2, i % 4)] AS colour, md5(i::VARCHAR) AS hash,
    DATE '2024-01-01' + (i % 366)::INTEGER AS day, NULL::VARCHAR AS nothing, [i] AS list, i % 2 = 0 AS even
    FROM range(1000) t(i)`)
  facts = await tables.open({ kind: 'file', path }, {})
})

const summary = (column: string, condition: Parameters<typeof tables.count>[0]['view']['condition'] = null) =>
  tables.summary({ table: facts.table, view: { condition, sort: [] }, column })

describe('summaries of columns', () => {
  it('gives figures and bars of numbers', async () => {
    const found = await summary('id')
    expect(found).toMatchObject({ rows: 1000, nulls: 0, min: '0', max: '999', mean: 499.5 })
    expect(found.deviation).toBeCloseTo(288.819, 2)
    expect(Math.abs(Number(found.quartiles?.[1]) - 499.5)).toBeLessThan(5)
    expect(Math.abs(found.distinct.count - 1000)).toBeLessThan(100)
    if (found.shape?.kind !== 'histogram') throw new Error('a histogram was expected')
    expect(found.shape.bars.map(({ count }) => count).reduce((sum, count) => sum + count)).toBe(1000)
    expect(found.shape.bars[0]).toEqual({ from: '0', to: '49.95', count: 50 })
    expect(found.shape.bars.at(-1)?.to).toBe('999')
  })

  it('counts what is missing', async () => {
    expect(await summary('half')).toMatchObject({ rows: 1000, nulls: 250, min: '0.5', max: '499.5' })
    expect(await summary('nothing')).toMatchObject({ nulls: 1000, distinct: { count: 0, isExact: true }, shape: null })
  })

  it('keeps NaN and infinities out of the figures, and says how many', async () => {
    expect(await summary('odd')).toMatchObject({ notFinite: 200, min: '2.0', max: '2.0', mean: 2 })
  })

  it('gives the most frequent values of a category, exactly', async () => {
    expect(await summary('colour')).toMatchObject({
      distinct: { count: 3, isExact: true },
      shape: {
        kind: 'values',
        values: [
          { value: 'blue', count: 500 },
          { value: 'green', count: 250 },
          { value: 'red', count: 250 },
        ],
        others: 0,
      },
    })
  })

  it('gives days as days', async () => {
    const found = await summary('day')
    expect(found).toMatchObject({ min: '2024-01-01', max: '2024-12-31' })
    if (found.shape?.kind !== 'histogram') throw new Error('a histogram was expected')
    expect(found.shape.bars[0]?.from).toBe('2024-01-01')
  })

  it('says of a list only how many there are', async () => {
    expect(await summary('list')).toMatchObject({ rows: 1000, nulls: 0, min: null, shape: null })
  })

  it('speaks of the rows of the view alone', async () => {
    const found = await summary('colour', { kind: 'compare', column: 'even', is: 'equal', value: 'true' })
    expect(found).toMatchObject({ rows: 500, distinct: { count: 2, isExact: true } })
  })
})
