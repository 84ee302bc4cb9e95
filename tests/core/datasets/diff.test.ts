import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatasets } from './open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
beforeEach(async () => {
  at = await openDatasets()
})
afterEach(() => at.close())

const diff = (key: string[] = [], from?: string, to?: string) =>
  at.datasets.diff({ name: 'wine', key, from, to }, at.call)

async function change(before: string, after: string) {
  at.write('data/wine.csv', before)
  await at.add('wine', 'data/wine.csv')
  at.write('data/wine.csv', after)
}

describe('the difference of two states', () => {
  it('counts whole rows as often as they stand there', async () => {
    await change('a,b\n1,x\n1,x\n2,y\n', 'a,b\n1,x\n2,y\n2,y\n3,\n')
    expect(await diff()).toMatchObject({
      same: false,
      from: { version: 1, rows: 3 },
      to: { version: null, rows: 4 },
      rows: { added: 2, removed: 1, changed: 0 },
      schema: [{ kind: 'retyped', column: 'b', from: 'string', to: 'string?' }],
      examples: [
        { kind: 'removed', key: null, from: { a: 1, b: 'x' }, to: null },
        { kind: 'added', from: null, to: { a: 2, b: 'y' } },
        { kind: 'added', to: { a: 3, b: null } },
      ],
      summary: 'rows +2 −1, column b: string → string?',
    })
  })

  it('matches rows by key, and shows what of them changed', async () => {
    await change('id,age,name\n1,30,Ann\n2,40,Bob\n3,50,Cy\n', 'id,age,name\n1,30.5,Ann\n3,50,Cyd\n4,60,Di\n')
    const found = await diff(['id'])
    expect(found).toMatchObject({
      rows: { added: 1, removed: 1, changed: 2 },
      key: ['id'],
      summary: 'rows +1 −1 ~2, column age: int64 → float64',
      examples: expect.arrayContaining([
        { kind: 'changed', key: [1], from: { age: 30 }, to: { age: 30.5 } },
        { kind: 'changed', key: [3], from: { name: 'Cy' }, to: { name: 'Cyd' } },
        { kind: 'removed', key: [2], from: { id: 2, age: 40, name: 'Bob' }, to: null },
        { kind: 'added', key: [4], from: null, to: { id: 4, age: 60, name: 'Di' } },
      ]),
    })
    expect(found.statistics.find(({ column }) => column === 'age')).toMatchObject({
      from: { max: 50 },
      to: { max: 60 },
    })
  })

  it('tells columns that came, went and moved, and compares by the others', async () => {
    await change('a,b,c\n1,2,3\n', 'b,a,d\n2,1,9\n')
    expect(await diff()).toMatchObject({
      rows: { added: 0, removed: 0, changed: 0 },
      schema: [
        { kind: 'removed', column: 'c' },
        { kind: 'added', column: 'd' },
        { kind: 'moved', column: 'b', from: '2', to: '1' },
        { kind: 'moved', column: 'a', from: '1', to: '2' },
      ],
      note: 'Rows were compared without c, d: one side lacks them.',
    })
  })

  it('refuses a key that does not tell rows apart, or that is not there', async () => {
    await change('id,v\n1,a\n1,b\n', 'id,v\n1,a\n')
    await expect(diff(['id'])).rejects.toMatchObject({ code: 'data/keyUnfit', details: { columns: ['id'] } })
    await expect(diff(['nope'])).rejects.toMatchObject({ code: 'data/keyUnfit' })
  })

  it('compares versions with each other, and equal ones are the same', async () => {
    await change('a\n1\n', 'a\n1\n2\n')
    await at.add('wine')
    expect(await diff([], '1', '2')).toMatchObject({ to: { version: 2 }, rows: { added: 1 }, summary: 'rows +1' })
    expect(await diff([], '2', 'now')).toMatchObject({ same: true, summary: 'the same' })
    const [later, first] = await at.datasets.versions('wine')
    expect(first).toBeDefined()
    const file = async (version: number) => (await at.datasets.show(`wine@${version}`)).files[0]?.digest as string
    expect(at.datasets.explainChange('data/wine.csv', await file(1), await file(2))).toBe('rows +1')
    expect(later?.rows).toBe(2)
  })

  it('says what it cannot compare', async () => {
    at.write('data/x.bin', 'one')
    await at.add('wine', 'data/x.bin')
    at.write('data/x.bin', 'two!')
    expect(await diff()).toMatchObject({
      rows: null,
      files: { changed: 1, first: [{ kind: 'changed', path: 'data/x.bin' }] },
      note: expect.stringContaining('not all of one table format'),
      summary: 'files ~1',
    })
  })

  it('reads hostile text as far as it can be read, and says why not', async () => {
    at.write('data/wine.csv', `a,b\n${'x'.repeat(3_000_000)},1\n`)
    const { dataset } = await at.add('wine', 'data/wine.csv')
    expect(dataset.rows).toBeNull()
    expect(dataset.note).toContain('line')
  })
})
