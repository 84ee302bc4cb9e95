import { describe, expect, it } from 'vitest'
import {
  nameForPath,
  nameProblem,
  tableOf,
  termsDiffer,
  wordFigure,
} from '../../../../renderer/views/data/dataset-words.ts'
import { declaredDatasets, versionOf } from '../../../fakes/fixture-datasets.ts'

describe('the name for a path', () => {
  it.each([
    ['data/wine.csv', 'wine'],
    ['data/red wine 2.csv.gz', 'red-wine-2'],
    ['data/photos/', 'photos'],
    ['data/photos/*.png', 'photos'],
    ['data/*/part.parquet', 'part'],
    ['*.csv', 'data'],
    ['package:sklearn/datasets/data/iris.csv', 'iris'],
    ['daten/weißwein.csv', 'weißwein'],
  ])('%s is %s', (path, name) => {
    expect(nameForPath(path, new Set())).toBe(name)
    expect(nameProblem(name, new Set())).toBeNull()
  })

  it('is not one that is taken', () => {
    expect(nameForPath('data/wine.csv', new Set(['wine', 'wine-2']))).toBe('wine-3')
    expect(nameProblem('wine', new Set(['wine']))).toMatch(/Another dataset/)
  })

  it('holds nothing that a reference to a version could be confused with', () => {
    for (const bad of ['', 'wine@2', 'two words', 'a/b']) expect(nameProblem(bad, new Set())).not.toBeNull()
  })
})

describe('a figure', () => {
  it.each([
    [null, '–'],
    [12_000, '12,000'],
    [0.123456789, '0.123457'],
    ['Ahr', 'Ahr'],
    [false, 'false'],
    ['x'.repeat(80), `${'x'.repeat(59)}…`],
    [{ a: [1] }, '{"a":[1]}'],
  ])('%j reads %s', (value, words) => {
    expect(wordFigure(value)).toBe(words)
  })
})

it('opens one table as a table, and neither folders nor packages', () => {
  const opened = ['data/wine.csv', 'data/*.csv', 'data', 'package:a/b.csv', 'model.onnx'].map((path) =>
    tableOf({ path }),
  )
  expect(opened).toEqual(['data/wine.csv', null, null, null, null])
})

it('sees that terms were changed since a version was recorded', () => {
  const [wine] = declaredDatasets as [(typeof declaredDatasets)[0]]
  const version = versionOf(wine, 1)
  expect(termsDiffer(wine, version)).toBe(false)
  for (const change of [{ licence: null }, { purpose: ['research'] }, { expires: '2030-01-01' }, { personal: true }])
    expect(termsDiffer({ ...wine, ...change }, version)).toBe(true)
})
