import { createHash } from 'node:crypto'
import type { DataArea } from '../../core/api/project-core.ts'
import type { DatasetDiff, DatasetVersionDetail } from '../../core/domain/dataset.ts'
import { parseDigest } from '../../core/domain/digest.ts'
import { fail } from '../../core/domain/failure.ts'
import type { FixtureJobs } from './fixture-jobs.ts'

const fakeDigest = (text: string) => parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
const statistics = { nulls: 0, distinct: 3, distinctIsExact: true, min: 0, max: 2, mean: 0.94, deviation: 0.78 }

const version: DatasetVersionDetail = {
  name: 'wine',
  version: 1,
  digest: fakeDigest('dataset wine 1'),
  path: 'data/wine.csv',
  at: '2026-11-20T09:00:00.000Z',
  runId: null,
  by: 'Ada',
  fileCount: 1,
  sizeBytes: 84_199,
  keptCount: 1,
  format: 'csv',
  rows: 178,
  columns: 2,
  expired: false,
  origin: 'UCI Machine Learning Repository',
  licence: 'CC-BY-4.0',
  purpose: ['research'],
  expires: null,
  personal: false,
  contact: null,
  files: [{ path: 'data/wine.csv', digest: fakeDigest('wine.csv'), sizeBytes: 84_199, kept: true }],
  schema: [
    { name: 'alcohol', type: 'float64', nullable: false, statistics: { ...statistics, min: 11.03, max: 14.83 } },
    { name: 'target', type: 'int64', nullable: false, statistics },
  ],
  note: null,
}

/** One dataset with one version; what is written now differs by a row. */
export function createFixtureData(jobs: FixtureJobs): DataArea {
  const find = (reference: string) => {
    const name = reference.replace(/@.*$/, '')
    if (name !== version.name) throw fail('data/unknown', { name, nearest: null })
    return version
  }
  const diff: DatasetDiff = {
    name: 'wine',
    from: { version: 1, digest: version.digest, rows: 178 },
    to: { version: null, digest: fakeDigest('dataset wine now'), rows: 179 },
    same: false,
    files: { added: 0, removed: 0, changed: 1, first: [{ kind: 'changed', path: 'data/wine.csv' }] },
    schema: [],
    rows: { added: 1, removed: 0, changed: 0 },
    key: [],
    statistics: [],
    examples: [{ kind: 'added', key: null, from: null, to: { alcohol: 13.2, target: 1 } }],
    note: null,
    summary: 'rows +1',
  }
  return {
    list: async () => [
      {
        name: version.name,
        path: version.path,
        origin: version.origin,
        licence: version.licence,
        purpose: version.purpose,
        expires: version.expires,
        personal: version.personal,
        contact: version.contact,
        declared: true,
        state: 'changed',
        detail: 'since version 1: 1 file written',
        newest: version,
        versions: 1,
        expired: false,
        usedBy: ['raw'],
      },
    ],
    show: async (reference) => find(reference),
    versions: async (name) => [find(name)],
    diff: () => jobs.start('data', 'Compare wine', async () => JSON.parse(JSON.stringify(diff))),
    add: ({ name }) =>
      jobs.start('data', `Add ${name}`, async () =>
        JSON.parse(JSON.stringify({ dataset: version, isNew: false, storedBytes: 0 })),
      ),
    restore: (dataset) =>
      jobs.start('data', `Restore ${dataset}`, async () => ({ written: 1, unchanged: 0, trashed: [], folder: '.' })),
    export: (dataset, _, file) => jobs.start('data', `Export ${dataset}`, async () => ({ file, sizeBytes: 2_048 })),
  }
}
