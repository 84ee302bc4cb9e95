import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TableCondition, TableFacts } from '../../../core/domain/table.ts'
import { openTables, parquetFile } from '../../builders/table-files.ts'

const tables = openTables()
afterAll(() => tables.close())

let facts: TableFacts
beforeAll(async () => {
  const path = await parquetFile(`SELECT * FROM (VALUES
    (0, 'Anna',  1.5::DOUBLE,  DATE '2024-01-01', true,  [1, 2]),
    (1, 'bob',   'nan'::DOUBLE, DATE '2024-06-01', false, [3]),
    (2, NULL,    NULL,          NULL,              NULL,  NULL),
    (3, 'O''Hara; DROP TABLE x', -2.0::DOUBLE, DATE '2025-01-01', true, []),
    (4, '$1 50% _', 9007199254740993::DOUBLE, DATE '2023-01-01', false, [1, 2])
  ) AS t("id", "na""me $1", "score", "day", "is ok", "list")`)
  facts = await tables.open({ kind: 'file', path }, {})
})

const name = 'na"me $1'

/** Each condition with the ids of the rows that it lets through. */
const cases: [string, TableCondition, number[]][] = [
  ['equal number', { kind: 'compare', column: 'id', is: 'equal', value: '3' }, [3]],
  ['a fraction against whole numbers', { kind: 'compare', column: 'id', is: 'more', value: '2.5' }, [3, 4]],
  ['at most', { kind: 'compare', column: 'id', is: 'atMost', value: ' 1 ' }, [0, 1]],
  ['equal text with quotes', { kind: 'compare', column: name, is: 'equal', value: "O'Hara; DROP TABLE x" }, [3]],
  [
    'not equal takes missing ones along',
    { kind: 'compare', column: name, is: 'notEqual', value: 'Anna' },
    [1, 2, 3, 4],
  ],
  ['date from', { kind: 'compare', column: 'day', is: 'atLeast', value: '2024-06-01' }, [1, 3]],
  ['boolean', { kind: 'compare', column: 'is ok', is: 'equal', value: 'true' }, [0, 3]],
  ['list as it reads', { kind: 'compare', column: 'list', is: 'equal', value: '[1, 2]' }, [0, 4]],
  ['between', { kind: 'between', column: 'score', from: '-2', to: '1.5' }, [0, 3]],
  ['one of', { kind: 'oneOf', column: 'id', values: ['0', '4'] }, [0, 4]],
  ['one of none', { kind: 'oneOf', column: 'id', values: [] }, []],
  ['contains, any case', { kind: 'text', column: name, is: 'contains', value: 'HARA', matchCase: false }, [3]],
  ['contains, exact case', { kind: 'text', column: name, is: 'contains', value: 'HARA', matchCase: true }, []],
  ['contains a sign of patterns', { kind: 'text', column: name, is: 'contains', value: '% _', matchCase: true }, [4]],
  ['starts with', { kind: 'text', column: name, is: 'startsWith', value: '$1', matchCase: true }, [4]],
  ['ends with', { kind: 'text', column: name, is: 'endsWith', value: 'B', matchCase: false }, [1]],
  ['matches', { kind: 'text', column: name, is: 'matches', value: '^[ab]', matchCase: false }, [0, 1]],
  ['text in numbers', { kind: 'text', column: 'id', is: 'contains', value: '3', matchCase: true }, [3]],
  ['missing', { kind: 'missing', column: name }, [2]],
  ['nan', { kind: 'nan', column: 'score' }, [1]],
  ['nan where there can be none', { kind: 'nan', column: 'id' }, []],
  [
    'not keeps what is missing',
    { kind: 'not', of: { kind: 'compare', column: 'score', is: 'less', value: '0' } },
    [0, 1, 2, 4],
  ],
  [
    'any of all',
    {
      kind: 'any',
      of: [
        {
          kind: 'all',
          of: [
            { kind: 'compare', column: 'is ok', is: 'equal', value: 'true' },
            { kind: 'compare', column: 'id', is: 'more', value: '0' },
          ],
        },
        { kind: 'missing', column: 'day' },
      ],
    },
    [2, 3],
  ],
  ['all of none', { kind: 'all', of: [] }, [0, 1, 2, 3, 4]],
  ['any of none', { kind: 'any', of: [] }, []],
]

describe('conditions', () => {
  it.each(cases)('%s', async (_, condition, ids) => {
    const view = { condition, sort: [] }
    const found = await tables.page({ table: facts.table, view, columns: ['id'], offset: 0, limit: 10 })
    expect(found.cells[0]).toEqual(ids.map(String))
    expect(await tables.count({ table: facts.table, view })).toEqual({ matching: ids.length, total: 5 })
  })

  it.each<[string, TableCondition, string, RegExp]>([
    [
      'a word for a number',
      { kind: 'compare', column: 'id', is: 'equal', value: 'x' },
      'tables/badCondition',
      /"x" is no INTEGER/,
    ],
    [
      'no date',
      { kind: 'compare', column: 'day', is: 'less', value: '2024-13-01' },
      'tables/badCondition',
      /is no DATE/,
    ],
    [
      'a broken pattern',
      { kind: 'text', column: name, is: 'matches', value: '(', matchCase: true },
      'tables/badCondition',
      /no pattern/,
    ],
    [
      'an unknown column',
      { kind: 'missing', column: 'x"; DROP VIEW source; --' },
      'tables/columnNotFound',
      /no column/,
    ],
    [
      'endless nesting',
      Array.from({ length: 30 }).reduce<TableCondition>((of) => ({ kind: 'not', of }), {
        kind: 'missing',
        column: 'id',
      }),
      'tables/badCondition',
      /too many parts/,
    ],
  ])('refuses %s', async (_, condition, code, words) => {
    const counted = tables.count({ table: facts.table, view: { condition, sort: [] } })
    await expect(counted).rejects.toMatchObject({ code, message: expect.stringMatching(words) })
  })
})
