import { appendFileSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatasets } from './open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
beforeEach(async () => {
  at = await openDatasets()
})
afterEach(() => at.close())

const settings = () => readFileSync(join(at.folder, 'slipway.toml'), 'utf8')

describe('the entry of a dataset', () => {
  it('is written whole and makes no version', async () => {
    const terms = { licence: 'MIT', purpose: ['teaching'], personal: false }
    const dataset = await at.datasets.declare({ name: 'wine', path: 'data/*.csv', terms })
    expect(dataset).toMatchObject({ name: 'wine', path: 'data/*.csv', licence: 'MIT', purpose: ['teaching'] })
    expect(settings()).toBe(
      '# my project\nname = "data"\n\n[datasets.wine]\npath = "data/*.csv"\nlicence = "MIT"\npurpose = "teaching"\n',
    )
    expect(await at.datasets.versions('wine')).toEqual([])
  })

  it('is left as it was when one term of it is refused', async () => {
    const before = settings()
    const bad = { purpose: ['research'], licence: 'not a licence!' }
    await expect(at.datasets.declare({ name: 'wine', path: 'data/wine.csv', terms: bad })).rejects.toMatchObject({
      code: 'project/settingsInvalid',
    })
    await expect(at.datasets.declare({ name: 'wine', path: '../outside.csv' })).rejects.toMatchObject({
      code: 'project/settingsInvalid',
    })
    expect(settings()).toBe(before)
  })

  it('changes term by term, and a term can be taken away', async () => {
    await at.datasets.declare({ name: 'wine', path: 'data/wine.csv', terms: { licence: 'MIT', origin: 'the cellar' } })
    const changed = { licence: 'CC-BY-4.0', origin: null, expires: '2030-01-31', personal: true }
    expect(await at.datasets.declare({ name: 'wine', terms: changed })).toMatchObject(changed)
    const none = { expires: null, purpose: [], personal: false }
    expect(await at.datasets.declare({ name: 'wine', terms: none })).toMatchObject({ ...none, licence: 'CC-BY-4.0' })
    expect(settings()).toContain('[datasets.wine]\npath = "data/wine.csv"\nlicence = "CC-BY-4.0"\n')
  })

  it('needs a path when it is new, and keeps the one that it has', async () => {
    await expect(at.datasets.declare({ name: 'wine' })).rejects.toMatchObject({ code: 'data/pathNeeded' })
    await at.datasets.declare({ name: 'wine', path: 'data/wine.csv' })
    await expect(at.datasets.declare({ name: 'wine', path: 'data/other.csv' })).rejects.toMatchObject({
      code: 'data/pathDiffers',
    })
  })
})

describe('the files of a dataset', () => {
  const changes = async (reference: string) =>
    Object.fromEntries((await at.datasets.files(reference, {})).files.map(({ path, change }) => [path, change]))

  it('are all added before there is a version', async () => {
    at.write('data/a.csv', 'x\n1\n')
    at.write('data/deep/b.csv', 'x\n2\n')
    await at.datasets.declare({ name: 'all', path: 'data' })
    const found = await at.datasets.files('all', {})
    expect(found).toMatchObject({ version: null, total: 2, counts: { added: 2, same: 0 } })
    expect(found.files.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ['data/a.csv', 4],
      ['data/deep/b.csv', 4],
    ])
  })

  it('stand each to the version that is named: changed, added, removed, same', async () => {
    for (const name of ['a', 'b', 'c', 'd']) at.write(`data/${name}.csv`, `x\n${name}\n`)
    await at.add('all', 'data/*.csv')
    at.write('data/a.csv', 'x\nA\n')
    rmSync(join(at.folder, 'data', 'b.csv'))
    at.write('data/e.csv', 'x\n1\n2\n')
    const expected = { 'data/a.csv': 'changed', 'data/b.csv': 'removed', 'data/c.csv': 'same', 'data/e.csv': 'added' }
    expect(await changes('all')).toMatchObject(expected)
    await at.add('all')
    expect(new Set(Object.values(await changes('all')))).toEqual(new Set(['same']))
    expect(await changes('all@1')).toMatchObject(expected)
    const gone = (await at.datasets.files('all@1', {})).files.find(({ change }) => change === 'removed')
    expect(gone).toMatchObject({ path: 'data/b.csv', sizeBytes: 4, recordedBytes: 4, kept: true })
  })

  it('come in pages, what differs first', async () => {
    for (let i = 0; i < 30; i++) at.write(`data/part-${String(i).padStart(2, '0')}.csv`, `x\n${i}\n`)
    await at.add('parts', 'data')
    at.write('data/part-29.csv', 'x\nother\n')
    const [first, last] = await Promise.all([
      at.datasets.files('parts', { limit: 10 }),
      at.datasets.files('parts', { offset: 20, limit: 20 }),
    ])
    expect(first.files.map(({ path }) => path).slice(0, 2)).toEqual(['data/part-29.csv', 'data/part-00.csv'])
    expect([first.total, first.files.length, last.files.length]).toEqual([30, 10, 10])
  })

  it('are not taken for the same when a large one was only touched', async () => {
    at.write('data/large.bin', Buffer.alloc(17 * 1024 ** 2, 1))
    await at.add('large', 'data/large.bin')
    utimesSync(join(at.folder, 'data', 'large.bin'), new Date(), new Date(Date.now() + 5_000))
    expect(await changes('large')).toEqual({ 'data/large.bin': 'unsure' })
    appendFileSync(join(at.folder, 'data', 'large.bin'), 'more')
    expect(await changes('large')).toEqual({ 'data/large.bin': 'changed' })
  })

  it('cannot be listed for a dataset or version that does not exist', async () => {
    await expect(at.datasets.files('wine', {})).rejects.toMatchObject({ code: 'data/unknown' })
    at.write('data/a.csv', 'x\n')
    await at.add('all', 'data')
    await expect(at.datasets.files('all@7', {})).rejects.toMatchObject({ code: 'data/versionUnknown' })
  })
})

it('exports into a folder that is not there yet, and replaces no file when told not to', async () => {
  at.write('data/a.csv', 'x\n1\n')
  await at.add('all', 'data/a.csv')
  const { file } = await at.datasets.export('all', 'exports/all.json', { replaces: false })
  const written = readFileSync(file, 'utf8')
  expect(JSON.parse(written)).toMatchObject({ name: 'all' })
  await expect(at.datasets.export('all', 'exports/all.json', { replaces: false })).rejects.toMatchObject({
    code: 'data/outExists',
  })
  expect(readFileSync(file, 'utf8')).toBe(written)
})
