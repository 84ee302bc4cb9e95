import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTableLocator } from '../../../core/hosts/project-core/locate-table.ts'
import { createRunQueries } from '../../../core/tracking/run-queries.ts'
import { openTables } from '../../builders/table-files.ts'
import { openDatasets } from '../datasets/open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
let tables: ReturnType<typeof openTables>

beforeEach(async () => {
  at = await openDatasets()
  const { database, store, datasets, folder } = at
  const queries = createRunQueries({ database, store })
  tables = openTables({ locate: createTableLocator({ projectFolder: () => folder, queries, store, datasets }) })
})
afterEach(async () => {
  await tables.close()
  await at.close()
})

async function cells(source: Parameters<typeof tables.open>[0]): Promise<readonly (readonly (string | null)[])[]> {
  const { table, columns } = await tables.open(source, {})
  const view = { condition: null, sort: [] }
  return (await tables.page({ table, view, columns: columns.map(({ name }) => name), offset: 0, limit: 10 })).cells
}
const ofVersion = (version: number, path = 'data/sales.csv') =>
  ({ kind: 'version', dataset: `sales@${version}`, path }) as const

describe('a file as a version of its dataset has it', { timeout: 120_000 }, () => {
  it('is read from the store, whatever is on disk now, and when nothing is', async () => {
    at.write('data/sales.csv', 'day,sold\nmon,1\ntue,2\n')
    await at.add('sales', 'data/sales.csv')
    at.write('data/sales.csv', 'day,sold\nmon,10\n')
    await at.add('sales')
    at.write('data/sales.csv', 'day,sold\nwed,7\n')
    const now = { kind: 'file', path: 'data/sales.csv' } as const
    expect([await cells(ofVersion(1)), await cells(ofVersion(2)), await cells(now)]).toEqual([
      [
        ['mon', 'tue'],
        ['1', '2'],
      ],
      [['mon'], ['10']],
      [['wed'], ['7']],
    ])
    rmSync(join(at.folder, 'data/sales.csv'))
    expect((await cells(ofVersion(1)))[1]).toEqual(['1', '2'])
    expect(existsSync(join(at.folder, 'data/sales.csv'))).toBe(false)
  })

  it('is one of many small files that share a blob', async () => {
    for (let file = 0; file < 300; file++) at.write(`data/day-${file}.csv`, `n,square\n${file},${file * file}\n`)
    await at.add('sales', 'data/*.csv')
    for (let file = 0; file < 300; file++) at.write(`data/day-${file}.csv`, 'n,square\n0,0\n')
    expect(await cells(ofVersion(1, 'data/day-17.csv'))).toEqual([['17'], ['289']])
  })

  it('is refused by name where it is not of the version, not kept, or no longer what was kept', async () => {
    at.write('data/sales.csv', 'day,sold\nmon,1\n')
    const { dataset } = await at.add('sales', 'data/sales.csv')
    await expect(cells(ofVersion(1, 'data/other.csv'))).rejects.toMatchObject({ code: 'tables/missing' })
    const [file] = (await at.datasets.show('sales@1')).files
    expect(dataset.version).toBe(1)
    const blob = at.store.pathOf(file!.digest)
    const bytes = readFileSync(blob, 'utf8')
    chmodSync(blob, 0o644)
    writeFileSync(blob, bytes.replace('1', '2'))
    await expect(cells(ofVersion(1))).rejects.toMatchObject({ code: 'store/blobHurt' })
    rmSync(blob)
    await expect(cells(ofVersion(1))).rejects.toMatchObject({ code: 'data/notKept' })
  })
})
