import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Database } from '../../../core/database/database.ts'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { createDatasetStore, type DatasetStore } from '../../../core/datasets/dataset-store.ts'
import { treeDigest } from '../../../core/datasets/tree-listing.ts'
import type { DatasetFile } from '../../../core/domain/dataset.ts'
import { parseDigest } from '../../../core/domain/digest.ts'

let folder: string
let database: Database
let store: DatasetStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-listings-'))
  database = openProjectDatabase(folder)
  store = createDatasetStore(database)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const file = (path: string, text = path, kept = true): DatasetFile => ({
  path,
  digest: parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`),
  sizeBytes: text.length,
  kept,
})
const many = Array.from({ length: 50 }, (_, index) => file(`data/${String(index).padStart(2, '0')}.bin`))
const add = (files: readonly DatasetFile[], name = 'all') => {
  const terms = { origin: null, licence: null, purpose: [], expires: null, personal: false, contact: null }
  const at = '2026-01-01T00:00:00.000Z'
  return store.add({ ...terms, name, path: 'data', digest: treeDigest(files), files, at, runId: null, by: 'ada' })
}

it('lists each version as it was, whichever files changed, went, came or were kept', () => {
  const states = [
    many,
    many.with(7, file('data/07.bin', 'changed')),
    [...many.slice(2), file('data/new.bin')],
    many.slice(2).with(3, { ...(many[5] as DatasetFile), kept: false }),
    [file('other/one.bin')],
    many,
  ]
  const versions = states.map((state) => add(state))
  for (const [index, version] of versions.entries()) expect(store.files(version)).toEqual(states[index])
  expect(store.digestAt(versions[1] as (typeof versions)[0], 'data/07.bin')).toBe(file('', 'changed').digest)
  expect(store.digestAt(versions[1] as (typeof versions)[0], 'data/77.bin')).toBeNull()
})

it('writes rows for what differs alone, in another process too, until that is a larger part', () => {
  const rows = () =>
    database
      .prepare<{ count: number }>('SELECT count(*) AS count FROM dataset_file GROUP BY dataset ORDER BY dataset')
      .all()
      .map(({ count }) => count)
  let state = many
  for (const [index, own] of [50, 1, 2, 3, 50, 1].entries()) {
    if (index > 0) state = state.with(index, file(`data/0${index}.bin`, 'changed'))
    // As a process does that has written none of them.
    store = createDatasetStore(database)
    expect(store.files(add(state))).toEqual(state)
    expect(rows().at(-1)).toBe(own)
  }
})

it('says of a file of the base alone, and of no other bytes at its path, that they are kept now', () => {
  const unkept = many.map((one) => ({ ...one, kept: false }))
  const first = add(unkept)
  const second = add(unkept.with(0, file('data/00.bin', 'changed', false)))
  store.markKept(second, [file('data/00.bin', 'changed'), ...many.slice(1)])
  expect(store.files(second).every(({ kept }) => kept)).toBe(true)
  expect(store.files(first).map(({ kept }) => kept)).toEqual([false, ...Array(49).fill(true)])
})

it.each([0, 1, 49, 51, 100, 1234])('lists %i files as they were', (count) => {
  const files = Array.from({ length: count }, (_, n) => file(`data/${String(n).padStart(4, '0')}`, `${n}`, n % 3 > 0))
  expect(store.files(add(files))).toEqual(files)
})

it('lists another dataset by its own files', () => {
  add(many)
  const other = add(many.slice(0, 40).with(0, file('data/00.bin', 'of its own')), 'other')
  expect(store.files(other).length).toBe(40)
  expect(store.files(other)[0]?.digest).toBe(file('', 'of its own').digest)
})

it('builds on no version that was undone', () => {
  const first = add(many)
  expect(() =>
    database.transaction(() => {
      add(many.slice(10))
      throw new Error('undone')
    }),
  ).toThrow('undone')
  const second = add(many.slice(5))
  expect(second.version).toBe(first.version + 1)
  expect(store.files(second)).toEqual(many.slice(5))
})

it('knows of a version built upon what was kept meanwhile', () => {
  const unkept = many.map((one) => ({ ...one, kept: false }))
  const first = add(unkept)
  store.markKept(first, many)
  const second = add(unkept.with(0, file('data/00.bin', 'changed')))
  expect(store.files(first)).toEqual(many)
  expect(store.files(second).filter(({ kept }) => kept).length).toBe(1)
})
