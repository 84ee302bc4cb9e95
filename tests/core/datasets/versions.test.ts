import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../../core/store/hash-file.ts'
import { openDatasets } from './open-datasets.ts'

let at: Awaited<ReturnType<typeof openDatasets>>
beforeEach(async () => {
  at = await openDatasets()
})
afterEach(() => at.close())

const wine = 'id,grape,alcohol\n1,Merlot,13.5\n2,Syrah,14.1\n3,Merlot,\n'

describe('versions of a dataset', () => {
  it('writes the entry of a new dataset and records files, schema, statistics and terms', async () => {
    at.write('data/wine.csv', wine)
    const terms = {
      licence: 'CC-BY-4.0',
      origin: 'the cellar',
      purpose: ['research', 'teaching'],
      expires: '2020-01-31',
      personal: true,
      contact: 'ada@example.org',
    }
    const { dataset, isNew } = await at.add('wine', 'data/wine.csv', terms)
    expect(isNew).toBe(true)
    expect(dataset).toMatchObject({
      version: 1,
      rows: 3,
      columns: 3,
      format: 'csv',
      fileCount: 1,
      keptCount: 1,
      expired: true,
      by: 'Ada',
      runId: null,
      ...terms,
    })
    expect(dataset.schema.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
      ['id', 'int64', false],
      ['grape', 'string', false],
      ['alcohol', 'float64', true],
    ])
    expect(dataset.schema[2]?.statistics).toMatchObject({ nulls: 1, distinct: 2, min: 13.5, max: 14.1, mean: 13.8 })
    const text = readFileSync(join(at.folder, 'slipway.toml'), 'utf8')
    expect(text).toContain('# my project')
    expect(await at.project.datasets()).toMatchObject([{ name: 'wine', path: 'data/wine.csv', ...terms }])
  })

  it('makes no version of what is the same, one of other bytes, and one of other terms', async () => {
    at.write('data/wine.csv', wine)
    await at.add('wine', 'data/wine.csv')
    const again = await at.add('wine')
    expect([again.isNew, again.dataset.version, again.storedBytes]).toEqual([false, 1, 0])
    at.write('data/wine.csv', `${wine}4,Gamay,12.0\n`)
    expect((await at.add('wine')).dataset).toMatchObject({ version: 2, rows: 4 })
    const third = await at.add('wine', undefined, { licence: 'MIT' })
    expect(third).toMatchObject({ isNew: true, storedBytes: 0, dataset: { version: 3, licence: 'MIT' } })
    const versions = await at.datasets.versions('wine')
    expect(versions.map(({ version, licence }) => [version, licence])).toEqual([
      [3, 'MIT'],
      [2, null],
      [1, null],
    ])
    const first = await at.datasets.show('wine@1')
    expect(first.rows).toBe(3)
    expect((await at.datasets.show(`wine@${first.digest}`)).version).toBe(1)
    expect((await at.datasets.show('wine')).version).toBe(3)
  })

  it('takes folders and globs whole, and hidden files never', async () => {
    for (const name of ['b.csv', 'a.csv', 'deep/c.csv', '.hidden.csv', 'notes.txt'])
      at.write(`data/${name}`, `n\n${name.length}\n`)
    const glob = await at.add('tables', 'data/**/*.csv')
    expect(glob.dataset.files.map(({ path }) => path)).toEqual(['data/a.csv', 'data/b.csv', 'data/deep/c.csv'])
    expect(glob.dataset.rows).toBe(3)
    const folder = await at.add('all', 'data')
    expect(folder.dataset.files.map(({ path }) => path)).toEqual([
      'data/a.csv',
      'data/b.csv',
      'data/deep/c.csv',
      'data/notes.txt',
    ])
    expect(folder.dataset).toMatchObject({ rows: null, note: expect.stringContaining('not all of one table format') })
    at.write('packages/sample/rows.csv', 'x\n1\n')
    expect((await at.add('packaged', 'package:sample/rows.csv')).dataset.files[0]?.path).toBe('package:sample/rows.csv')
  })

  it('says how the files stand to the newest version', async () => {
    const state = async () => (await at.datasets.list()).map((entry) => [entry.name, entry.state])
    at.write('data/wine.csv', wine)
    await at.project.changeSettings(['datasets', 'wine', 'path'], 'data/wine.csv')
    expect(await state()).toEqual([['wine', 'unversioned']])
    await at.add('wine')
    at.write('data/wine.csv', `${wine}4,Gamay,12.0\n`)
    expect(await at.datasets.list()).toMatchObject([{ state: 'changed', detail: 'since version 1: 1 file written' }])
    rmSync(join(at.folder, 'data/wine.csv'))
    expect(await state()).toEqual([['wine', 'missing']])
    writeFileSync(join(at.folder, 'slipway.toml'), 'name = "data"\n')
    expect(await at.datasets.list()).toMatchObject([{ name: 'wine', declared: false, versions: 1 }])
  })

  it('refuses what it cannot know, with the nearest name', async () => {
    at.write('data/wine.csv', wine)
    await at.add('wine', 'data/wine.csv')
    const refusals = [
      [() => at.datasets.show('wnie'), 'data/unknown', { nearest: 'wine' }],
      [() => at.datasets.show('wine@7'), 'data/versionUnknown', { newest: 1 }],
      [() => at.add('new'), 'data/pathNeeded', {}],
      [() => at.add('wine', 'data/other.csv'), 'data/pathDiffers', { declared: 'data/wine.csv' }],
      [() => at.add('gone', 'data/gone.csv'), 'data/nothingThere', { path: 'data/gone.csv' }],
      [() => at.add('out', '../out.csv'), 'project/pathRefused', {}],
    ] as const
    for (const [ask, code, details] of refusals) {
      await expect(ask(), code).rejects.toMatchObject({ code, details: expect.objectContaining(details) })
    }
    expect((await at.project.datasets()).map(({ name }) => name)).toEqual(['wine'])
  })

  it('writes all terms or none: what one word spoils leaves slipway.toml, the records and the store as they were', async () => {
    at.write('data/a.bin', 'abc')
    const settings = () => readFileSync(join(at.folder, 'slipway.toml'), 'utf8')
    const before = settings()
    const bad = at.add('a', 'data/a.bin', { origin: 'the lab', licence: 'CC-BY-4.0\u0000', purpose: ['study'] })
    await expect(bad).rejects.toMatchObject({ code: 'project/settingsInvalid' })
    expect(settings()).toBe(before)
    expect(await at.datasets.list()).toEqual([])
    expect(at.store.files.has(digestOf('abc'))).toBe(false)
    await at.add('a', 'data/a.bin', { origin: 'the lab', licence: 'CC-BY-4.0' })
    const good = settings()
    await expect(at.add('a', undefined, { contact: 'Ada', expires: 'soon' })).rejects.toMatchObject({
      code: 'project/settingsInvalid',
    })
    expect(settings()).toBe(good)
    expect(await at.datasets.versions('a')).toHaveLength(1)
  })

  it('keeps the bytes of a version that had none, when they are asked for later', async () => {
    at.write('data/a.bin', 'abc')
    at.write('data/b.bin', 'def')
    await at.datasets.add({ name: 'ab', path: 'data', keep: false }, at.call)
    expect((await at.datasets.show('ab')).keptCount).toBe(0)
    const { dataset, isNew } = await at.add('ab')
    expect([isNew, dataset.version, dataset.keptCount]).toEqual([false, 1, 2])
    expect((await at.datasets.show('ab')).files.map(({ kept }) => kept)).toEqual([true, true])
  })

  it('puts a version back, and keeps what was edited since', async () => {
    at.write('data/a.csv', 'x\n1\n')
    at.write('data/b.csv', 'x\n2\n')
    await at.add('both', 'data')
    at.write('data/a.csv', 'x\nedited\n')
    const restored = await at.datasets.restore('both@1', undefined, at.call)
    expect(restored).toMatchObject({ written: 1, unchanged: 1, trashed: ['data/a.csv'] })
    expect(readFileSync(join(at.folder, 'data/a.csv'), 'utf8')).toBe('x\n1\n')
    const trash = join(at.slipwayFolder, 'trash', 'files')
    expect(readFileSync(join(trash, readdirSync(trash)[0] as string, 'data/a.csv'), 'utf8')).toBe('x\nedited\n')

    const elsewhere = join(at.folder, 'elsewhere')
    await at.datasets.restore('both', elsewhere, at.call)
    expect(readFileSync(join(elsewhere, 'data/b.csv'), 'utf8')).toBe('x\n2\n')
  })

  it('restores nothing of a version whose bytes were not kept', async () => {
    at.write('data/a.csv', 'x\n1\n')
    const { dataset } = await at.datasets.add({ name: 'thin', path: 'data/a.csv', keep: false }, at.call)
    expect(dataset).toMatchObject({ keptCount: 0, rows: 1 })
    await expect(at.datasets.restore('thin', undefined, at.call)).rejects.toMatchObject({ code: 'data/notKept' })
    await at.add('thin')
    expect((await at.datasets.restore('thin', undefined, at.call)).unchanged).toBe(1)
    expect(existsSync(join(at.slipwayFolder, 'trash', 'files'))).toBe(false)
  })

  it('is known to lineage by name and digest', async () => {
    at.write('data/wine.csv', wine)
    const { dataset } = await at.add('wine', 'data/wine.csv')
    expect(at.lineage.find(dataset.digest)).toMatchObject([{ kind: 'file', name: 'wine@1' }])
    expect(at.lineage.find('dataset/wine@1')).toMatchObject([{ digest: dataset.digest }])
  })
})
