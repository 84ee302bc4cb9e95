import { createHash } from 'node:crypto'
import type {
  ColumnStatistics,
  DatasetColumn,
  DatasetDiff,
  DatasetFileState,
  DatasetVersionDetail,
} from '../../core/domain/dataset.ts'
import { parseDigest } from '../../core/domain/digest.ts'
import type { Dataset } from '../../core/domain/project.ts'

export const fakeDigest = (text: string) => parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)

const plain: ColumnStatistics = {
  nulls: 0,
  distinct: 12_000,
  distinctIsExact: true,
  min: 1,
  max: 12_000,
  mean: 6000.5,
  deviation: 3464.2,
}
const column = (name: string, type: string, statistics: Partial<ColumnStatistics>): DatasetColumn => ({
  name,
  type,
  nullable: (statistics.nulls ?? 0) > 0,
  statistics: { ...plain, ...statistics },
})
const text = { mean: null, deviation: null }

export const wineColumns: readonly DatasetColumn[] = [
  column('id', 'int64', {}),
  column('region', 'string', { ...text, distinct: 8, min: 'Ahr', max: 'Württemberg' }),
  column('alcohol', 'float64', { distinct: 600, min: 9, max: 14.99, mean: 11.98, deviation: 1.73 }),
  column('pH', 'float64', { nulls: 1090, distinct: 120, min: 2.8, max: 3.99, mean: 3.39, deviation: 0.35 }),
  column('harvested', 'date', { ...text, distinct: 2394, min: '2010-01-10', max: '2023-09-28' }),
  column('oaked', 'bool', { ...text, distinct: 2, min: false, max: true }),
  column('grade', 'int64', { distinct: 7, min: 3, max: 9, mean: 6, deviation: 2 }),
]

const untermed = { origin: null, licence: null, purpose: [], expires: null, personal: false, contact: null }

/** What slipway.toml of the fixture project says. */
export const declaredDatasets: readonly Dataset[] = [
  {
    ...untermed,
    name: 'wine',
    path: 'data/wine.csv',
    origin: 'UCI Machine Learning Repository',
    licence: 'CC-BY-4.0',
    purpose: ['research', 'teaching'],
    contact: 'ada@example.org',
  },
  { ...untermed, name: 'labels', path: 'data/labels', personal: true },
  { ...untermed, name: 'survey', path: 'data/survey-*.csv', licence: 'CC0-1.0', expires: '2024-06-30' },
]

export function versionOf(dataset: Dataset, version: number, facts: Partial<DatasetVersionDetail> = {}) {
  const files = [
    { path: dataset.path, digest: fakeDigest(`${dataset.path} ${version}`), sizeBytes: 700_000 + version, kept: true },
  ]
  const whole: DatasetVersionDetail = {
    ...dataset,
    version,
    digest: fakeDigest(`dataset ${dataset.name} ${version}`),
    at: `2026-11-${10 + version}T09:00:00.000Z`,
    runId: null,
    by: 'Ada',
    fileCount: 1,
    sizeBytes: 700_000 + version,
    keptCount: 1,
    format: 'csv',
    rows: 11_800 + 100 * version,
    columns: wineColumns.length,
    expired: false,
    files,
    schema: wineColumns,
    note: null,
    ...facts,
  }
  return whole
}

export const labelFiles: readonly DatasetFileState[] = Array.from({ length: 240 }, (_, i) => {
  const change = (['changed', 'added', 'removed'] as const)[i] ?? 'same'
  return {
    path: `data/labels/${i < 3 ? 'new' : `part-${String(i % 6)}`}/labels-${String(i).padStart(3, '0')}.csv`,
    change,
    sizeBytes: 2_000 + 37 * i,
    recordedBytes: change === 'added' ? null : 2_000 + 37 * i - (change === 'changed' ? 120 : 0),
    kept: change !== 'added',
  }
})

const moved = (from: Partial<ColumnStatistics>, to: Partial<ColumnStatistics>) => ({
  from: { ...plain, ...from },
  to: { ...plain, ...to },
})

/** Something of every kind that can differ. */
export const wineDiff: DatasetDiff = {
  name: 'wine',
  from: { version: 2, digest: fakeDigest('dataset wine 2'), rows: 12_000 },
  to: { version: null, digest: fakeDigest('dataset wine now'), rows: 12_118 },
  same: false,
  files: { added: 0, removed: 0, changed: 1, first: [{ kind: 'changed', path: 'data/wine.csv' }] },
  schema: [
    { kind: 'retyped', column: 'grade', from: 'int64', to: 'float64?' },
    { kind: 'added', column: 'sulphates', from: null, to: 'float64' },
    { kind: 'removed', column: 'note', from: 'string?', to: null },
    { kind: 'moved', column: 'oaked', from: '6', to: '5' },
  ],
  rows: { added: 120, removed: 2, changed: 31 },
  key: ['id'],
  statistics: [
    { column: 'id', ...moved({}, { distinct: 12_118, max: 12_120, mean: 6059.9 }) },
    { column: 'alcohol', ...moved({ mean: 11.98, max: 14.99, min: 9 }, { mean: 12.07, max: 15.4, min: 9 }) },
    { column: 'sulphates', from: null, to: { ...plain, nulls: 14, distinct: 90, min: 0.3, max: 2, mean: 0.65 } },
    { column: 'note', from: { ...plain, ...text, nulls: 2010, distinct: 6, min: 'cherry', max: 'smoke' }, to: null },
  ],
  examples: [
    { kind: 'changed', key: [17], from: { alcohol: 12.1, grade: 5 }, to: { alcohol: 12.4, grade: 5.5 } },
    { kind: 'added', key: [12_001], from: null, to: { region: 'Nahe', alcohol: 13.2, pH: null, grade: 6 } },
    { kind: 'removed', key: [404], from: { region: 'Ahr', alcohol: 11.1, pH: 3.2, grade: 4 }, to: null },
  ],
  note: null,
  summary: 'rows +120 −2 ~31, column grade: int64 → float64?, column sulphates added, column note removed',
}
