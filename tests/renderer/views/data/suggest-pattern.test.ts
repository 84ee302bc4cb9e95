import { expect, it } from 'vitest'
import { suggestPattern } from '../../../../renderer/views/data/suggest-pattern.ts'

const waves = Array.from({ length: 10 }, (_, index) => `data/wave-${index}.csv`)

it.each([
  ['the one', ['data/wave-3.csv'], waves, 'data/wave-3.csv'],
  ['all of a kind', waves, waves, 'data/*.csv'],
  ['all of a kind in several folders', ['data/x/a.csv', 'data/y/b.csv'], [], 'data/**/*.csv'],
  ['a kind at several depths', ['a.csv', 'data/b.csv'], ['readme.md'], '**/*.csv'],
  ['several kinds, with all that is beside them', ['data/a.csv', 'data/b.png'], ['data/c.txt'], 'data'],
  ['a folder that one is in', ['data/a', 'data/ab/b'], ['data/c'], 'data'],
  ['what begins alike', ['data/red-1.csv', 'data/red-23.csv'], [...waves, 'data/white-1.csv'], 'data/red-*.csv'],
  ['what ends alike', ['data/1-train.csv', 'data/22-train.csv'], ['data/1-test.csv'], 'data/*-train.csv'],
  ['what differs in its kind', ['data/wave-1.csv', 'data/wave-1.png'], waves, 'data/wave-1.*'],
  ['what lies in folders beside each other', ['x1/a.csv', 'x2/a.csv'], ['x1/b.csv', 'y/a.csv'], 'x*/a.csv'],
  ['what is as long as each other', ['data/a1.csv', 'data/a2.csv'], ['data/a10.csv'], 'data/a?.csv'],
  ['folders', ['data/x1', 'data/x2'], ['data/x1/a.csv', 'data/x2/b.csv'], 'data'],
  ['some of a kind that no narrower pattern tells apart', ['data/wave-1.csv', 'data/wave-3.csv'], waves, 'data/*.csv'],
  ['names that read as patterns', ['data/a*.csv', 'data/ab.csv'], ['data/c.csv'], 'data/*.csv'],
])('of the project, %s: %j', (_, given, others, expected) => {
  expect(suggestPattern(given, [...new Set([...others, ...given.filter((path) => !path.includes('/x'))])])).toBe(
    expected,
  )
})
