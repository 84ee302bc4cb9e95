import { expect, it } from 'vitest'
import { fromParts, fromPaths, fromText, isWebAddress } from '../../../../renderer/views/data/outside-data.ts'

const folder = '/home/ada/projects/wine'
const outside = (from: string, name: string) => ({
  kind: 'outside',
  data: { name, words: name, isFolder: false, sizeBytes: null, from: [from], files: null },
})
const inside = (path: string, paths = [path]) => ({ kind: 'inside', path, paths })

it.each([
  ['/home/ada/projects/wine/data/a.csv', inside('data/a.csv')],
  ['  "/home/ada/projects/wine/data/a b.csv" ', inside('data/a b.csv')],
  ['file:///home/ada/projects/wine/data/a%20b.csv', inside('data/a b.csv')],
  ['/home/ada/projects/wine-2/a.csv', outside('/home/ada/projects/wine-2/a.csv', 'a.csv')],
  ["'/srv/grapes.csv'", outside('/srv/grapes.csv', 'grapes.csv')],
  ['C:\\Data\\grapes.csv', outside('C:\\Data\\grapes.csv', 'grapes.csv')],
  ['file:///C:/Data/grapes.csv', outside('C:/Data/grapes.csv', 'grapes.csv')],
  ['file:/srv/grapes.csv', outside('/srv/grapes.csv', 'grapes.csv')],
  ['file://localhost/srv/grapes.csv\r\n', outside('/srv/grapes.csv', 'grapes.csv')],
  ['file://nas/grapes.csv', { kind: 'refused', why: 'It is an address of another computer, nas.' }],
  ['/srv/photos/', outside('/srv/photos', 'photos')],
  ['data/a.csv', null],
  ['/one\n/two', null],
  ['https://example.org/a.csv', null],
  ['', null],
])('%j is told from other text', (text, expected) => {
  expect(fromText(text, folder)).toEqual(expected)
})

const file = (path: string) => ({ path, isFolder: false, sizeBytes: 10 })
const folderOf = (path: string) => ({ path, isFolder: true, sizeBytes: 4_096 })

it('gives several files of the project under one path that stands for them', () => {
  const paths = ['data/a.csv', 'data/b.csv']
  const things = paths.map((path) => file(`${folder}/${path}`))
  expect(fromPaths(things, folder)).toEqual(inside('data/*.csv', paths))
})

it.each([
  ['files that have no place in common', [file(`${folder}/a.csv`), file(`${folder}/data/b.png`)], 'several places'],
  ['the project itself', [folderOf(folder)], 'folder of the project itself'],
  ['two of one name', [file('/srv/a.csv'), file('/mnt/A.csv')], 'named A.csv'],
])('says why it refuses %s', (_, things, why) => {
  expect(fromPaths(things, folder)).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) })
})

it.each([
  [[folderOf('/srv/photos')], { name: 'photos', words: 'the folder photos', isFolder: true, sizeBytes: null }],
  [
    [file('/srv/wave-1.csv'), file('/srv/wave-2.csv')],
    { name: 'wave', words: '2 files', isFolder: true, sizeBytes: 20 },
  ],
  [[file('/srv/a.csv'), file('/srv/b.csv')], { name: 'files', words: '2 files' }],
  [[file('C:\\Data\\a.csv'), folderOf('C:\\Data\\b')], { words: '2 files and folders', sizeBytes: null }],
  [[file('/srv/a.csv'), file(`${folder}/data/b.csv`)], { words: '2 files' }],
])('names what lies outside of the project: %j', (things, expected) => {
  const from = things.map(({ path }) => path)
  expect(fromPaths(things, folder)).toMatchObject({ kind: 'outside', data: { ...expected, from, files: null } })
})

it('gives the files of a folder by their paths in it, and beside others by its name, too', () => {
  const bytes = new File(['four'], 'a.csv')
  const parts = { name: 'parts', files: [{ path: 'x/a.csv', bytes }], bytes: null }
  const one = { name: 'one.csv', files: null, bytes }
  const pathsOf = (given: ReturnType<typeof fromParts>) =>
    given.kind === 'outside' ? given.data.files?.map(({ path }) => path) : given
  expect(pathsOf(fromParts([one]))).toEqual(['one.csv'])
  expect(pathsOf(fromParts([parts]))).toEqual(['x/a.csv'])
  expect(pathsOf(fromParts([one, parts]))).toEqual(['one.csv', 'parts/x/a.csv'])
  expect(fromParts([one, parts])).toMatchObject({ data: { sizeBytes: 8 } })
  expect(fromParts([{ name: 'bare', files: [], bytes: null }])).toMatchObject({ kind: 'refused' })
  expect(fromParts([one, { ...one, name: 'ONE.csv' }])).toMatchObject({ why: 'Two of them are named ONE.csv.' })
})

it.each([
  ['https://example.org/a.csv\n', true],
  ['s3://bucket/a.csv', true],
  ['see https://example.org', false],
  ['file:///srv/a.csv', false],
  ['/srv/a.csv', false],
])('%j is an address of the network or not', (text, expected) => {
  expect(isWebAddress(text)).toBe(expected)
})
