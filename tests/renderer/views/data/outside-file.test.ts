import { expect, it } from 'vitest'
import { fromText } from '../../../../renderer/views/data/outside-file.ts'

const folder = '/home/ada/projects/wine'
const outside = (from: string, name: string) => ({
  kind: 'outside',
  file: { name, sizeBytes: null, from, bytes: null },
})

it.each([
  ['/home/ada/projects/wine/data/a.csv', { kind: 'inside', path: 'data/a.csv' }],
  ['  "/home/ada/projects/wine/data/a b.csv" ', { kind: 'inside', path: 'data/a b.csv' }],
  ['file:///home/ada/projects/wine/data/a%20b.csv', { kind: 'inside', path: 'data/a b.csv' }],
  ['/home/ada/projects/wine-2/a.csv', outside('/home/ada/projects/wine-2/a.csv', 'a.csv')],
  ["'/srv/grapes.csv'", outside('/srv/grapes.csv', 'grapes.csv')],
  ['C:\\Data\\grapes.csv', outside('C:\\Data\\grapes.csv', 'grapes.csv')],
  ['file:///C:/Data/grapes.csv', outside('C:/Data/grapes.csv', 'grapes.csv')],
  ['data/a.csv', null],
  ['/one\n/two', null],
  ['https://example.org/a.csv', null],
  ['', null],
])('%j is told from other text', (text, expected) => {
  expect(fromText(text, folder)).toEqual(expected)
})
