import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { schemaProblems } from '../../../core/domain/expected-schema.ts'
import { openDatasets } from './open-datasets.ts'

let place: Awaited<ReturnType<typeof openDatasets>>
beforeEach(async () => {
  place = await openDatasets()
})
afterEach(() => place.close())

const toml = () => readFileSync(join(place.folder, 'slipway.toml'), 'utf8')

describe('what is not as expected', () => {
  it.each([
    [{ id: 'int64', name: 'string' }, []],
    [{ name: 'string', id: 'int64' }, []],
    [{ id: 'float64', name: 'string' }, ['column id is int64, not float64']],
    [{ id: 'int64', name: 'string', age: 'int64' }, ['column age is missing']],
    [{ id: 'int64' }, ['column name is new']],
  ])('of %j', (expected, problems) => {
    const found = [
      { name: 'id', type: 'int64' },
      { name: 'name', type: 'string' },
    ]
    expect(schemaProblems(expected as Record<string, string>, found)).toEqual(problems)
  })
})

describe('columns that slipway.toml expects of a dataset', { timeout: 120_000 }, () => {
  it('are written from its newest version, held against the files, and taken out again', async () => {
    place.write('data/wine.csv', 'id,"grape kind"\n1,riesling\n2,merlot\n')
    await place.add('wine', 'data/wine.csv')
    await place.datasets.assertSchemas()
    const set = await place.datasets.expectSchema('wine', false)
    expect(set.expectedSchema).toEqual({ id: 'int64', 'grape kind': 'string' })
    expect(toml()).toContain('schema = { id = "int64", "grape kind" = "string" }')
    expect(toml()).toContain('# my project')
    await place.datasets.assertSchemas()

    place.write('data/wine.csv', 'id,colour\none,red\n')
    await expect(place.datasets.assertSchemas()).rejects.toMatchObject({
      code: 'data/schemaDiffers',
      details: {
        name: 'wine',
        problems: ['column id is string, not int64', 'column grape kind is missing', 'column colour is new'],
      },
    })
    await place.add('wine')
    expect((await place.datasets.expectSchema('wine', false)).expectedSchema).toEqual({
      id: 'string',
      colour: 'string',
    })
    await place.datasets.assertSchemas()

    expect((await place.datasets.expectSchema('wine', true)).expectedSchema ?? {}).toEqual({})
    place.write('data/wine.csv', 'other\n1\n')
    await place.datasets.assertSchemas()
  })

  it('may be written by hand, as a table of their own', async () => {
    place.write(
      'slipway.toml',
      'name = "data"\n[datasets.wine]\npath = "data/wine.csv"\n[datasets.wine.schema]\nid = "int64" # key\n',
    )
    await place.project.settings()
    place.write('data/wine.csv', 'id,age\n1,3\n')
    await expect(place.datasets.assertSchemas()).rejects.toMatchObject({ details: { problems: ['column age is new'] } })
    await place.add('wine')
    await place.datasets.expectSchema('wine', false)
    expect(toml()).toContain('id = "int64" # key\nage = "int64"')
    await place.datasets.assertSchemas()
  })

  it('are none of what is no table, and nothing is said of files that are not there', async () => {
    place.write('notes/a.txt', 'words')
    await place.add('notes', 'notes')
    await expect(place.datasets.expectSchema('notes', false)).rejects.toMatchObject({ code: 'data/noColumns' })
    place.write('slipway.toml', 'name = "data"\n[datasets.gone]\npath = "data/gone.csv"\nschema = { id = "int64" }\n')
    await place.datasets.assertSchemas()
  })
})
