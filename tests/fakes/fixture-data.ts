import type { DataArea } from '../../core/api/data-area.ts'
import type { DatasetEntry, DatasetFileChange, DatasetFiles, DatasetVersionDetail } from '../../core/domain/dataset.ts'
import { coversPath } from '../../core/domain/dataset-path.ts'
import { fail } from '../../core/domain/failure.ts'
import type { Dataset } from '../../core/domain/project.ts'
import { declaredDatasets, labelFiles, versionOf, wineDiff } from './fixture-datasets.ts'
import type { FixtureJobs } from './fixture-jobs.ts'

type Brought = { readonly from: readonly string[] | null; readonly to: string; readonly bytes: string }
type Upload = { readonly to: string; readonly sizeBytes: number; readonly files: Map<string, Uint8Array[]> }

export type FixtureData = DataArea & {
  /** What was copied into the project, in turn, and what is on its way. */
  readonly brought: readonly Brought[]
  readonly uploads: ReadonlyMap<string, Upload>
  /** Leaves nothing declared and nothing read. */
  empty(): void
  /** What the next questions are refused with; null answers again. */
  refuse(failure: Error | null): void
}

/** Datasets in memory: one that changed, a folder without a licence, and a glob that has run out. */
export function createFixtureData(jobs: FixtureJobs): FixtureData {
  let entries = [...declaredDatasets]
  let read = [{ path: 'data/late-words.csv', steps: ['raw', 'clean'], runId: '1f3ac0de', sizeBytes: 660_000 }]
  let refusal: Error | null = null
  let wineState: DatasetEntry['state'] = 'changed'
  const [wine, labels] = declaredDatasets as [Dataset, Dataset]
  const versions = new Map<string, DatasetVersionDetail[]>([
    ['wine', [versionOf(wine, 2, { runId: '1f3ac0de' }), versionOf(wine, 1, { licence: null, keptCount: 0 })]],
    ['labels', [versionOf(labels, 1, { fileCount: 239, keptCount: 239, sizeBytes: 1_540_000, rows: 61_200 })]],
  ])
  const brought: Brought[] = []
  const uploads = new Map<string, Upload>()
  const uploadOf = (upload: string): Upload => {
    const found = uploads.get(upload)
    if (!found) throw fail('host/usage', { problem: 'This upload is over.', hint: 'Add the file again.' })
    return found
  }
  const asked = () => {
    if (refusal) throw refusal
  }
  const entryOf = (name: string): Dataset => {
    const found = entries.find((entry) => entry.name === name)
    if (!found) throw fail('data/unknown', { name, nearest: null })
    return found
  }
  const find = (reference: string) => {
    const [name = '', wanted] = reference.split('@')
    const known = versions.get(entryOf(name).name) ?? []
    const version = wanted === undefined ? known[0] : known.find((one) => String(one.version) === wanted)
    if (version) return version
    throw fail('data/versionUnknown', { name, version: wanted ?? 'newest', newest: known[0]?.version ?? null })
  }
  const stateOf = ({ name }: Dataset): Pick<DatasetEntry, 'state' | 'detail'> => {
    if (!versions.has(name)) return { state: 'unversioned', detail: null }
    if (name === 'labels') return { state: 'changed', detail: 'since version 1: 2 files written, 1 gone' }
    return name === 'wine' && wineState === 'changed'
      ? { state: 'changed', detail: 'since version 2: 1 file written' }
      : { state: 'current', detail: null }
  }
  const addVersion = (name: string) => {
    const known = versions.get(name) ?? []
    const made = versionOf(entryOf(name), known.length + 1)
    versions.set(name, [made, ...known])
    if (name === 'wine') wineState = 'current'
    return made
  }
  const declare: DataArea['declare'] = async ({ name, path, terms = {} }) => {
    const before = entries.find((entry) => entry.name === name)
    if (before === undefined && path === undefined) throw fail('data/pathNeeded', { name })
    const untermed = { origin: null, licence: null, purpose: [], expires: null, personal: false, contact: null }
    const after = { ...untermed, path: path ?? '', ...before, ...terms, name } as Dataset
    entries = before ? entries.map((entry) => (entry === before ? after : entry)) : [...entries, after]
    return after
  }

  return {
    empty: () => {
      entries = []
      read = []
      versions.clear()
    },
    refuse: (failure) => {
      refusal = failure
    },
    list: async () => {
      asked()
      return entries.map((entry) => ({
        ...entry,
        declared: true,
        ...stateOf(entry),
        newest: versions.get(entry.name)?.[0] ?? null,
        versions: versions.get(entry.name)?.length ?? 0,
        expired: entry.expires !== null && entry.expires < '2026-01-01',
        usedBy: entry.name === 'wine' ? ['raw'] : [],
      }))
    },
    show: async (reference) => {
      asked()
      return find(reference)
    },
    versions: async (name) => versions.get(entryOf(name).name) ?? [],
    files: async (reference, { offset = 0, limit = 200 }) => {
      asked()
      const [name = ''] = reference.split('@')
      return pageOf(filesOf(entryOf(name)), versions.get(name)?.[0]?.version ?? null, offset, limit)
    },
    uses: async (name) =>
      name === 'wine'
        ? [{ version: 2, step: 'raw', runId: '1f3ac0de', startedAt: '2026-11-12T09:00:00Z', experiment: 'default' }]
        : [],
    undeclared: async () => {
      asked()
      return read.filter(({ path }) => !entries.some((entry) => coversPath(entry.path, path)))
    },
    declare,
    diff: ({ name }) =>
      jobs.start('data', `Compare ${name}`, async () => {
        asked()
        return JSON.parse(JSON.stringify({ ...wineDiff, name }))
      }),
    add: ({ name, path, terms }) =>
      jobs.start('data', `Add ${name}`, async () => {
        await declare({ name, path, terms })
        return JSON.parse(JSON.stringify({ dataset: addVersion(name), isNew: true, storedBytes: 4_096 }))
      }),
    expect: async (name, clear) => {
      const { schema } = find(name)
      const expectedSchema = clear ? {} : Object.fromEntries(schema.map((column) => [column.name, column.type]))
      entries = entries.map((entry) => (entry.name === name ? { ...entry, expectedSchema } : entry))
      return entryOf(name)
    },
    bring: (from, to) =>
      jobs.start('data', `Copy ${to}`, async (report) => {
        report({ phase: 'Read files', done: 0, total: 1_000, unit: 'bytes', fact: from[0] ?? null })
        brought.push({ from, to, bytes: '' })
        return { path: to, sizeBytes: 1_000 }
      }),
    openUpload: async (to, sizeBytes) => {
      const upload = crypto.randomUUID()
      uploads.set(upload, { to, sizeBytes, files: new Map() })
      return { upload }
    },
    writeUpload: async (upload, offset, bytes, file) => {
      const { to, files } = uploadOf(upload)
      const path = [to, file].filter((part) => part !== null).join('/')
      const pieces = files.get(path) ?? []
      const written = pieces.reduce((sum, piece) => sum + piece.length, 0)
      if (offset !== written) throw fail('host/usage', { problem: 'A piece was lost.', hint: 'Add the file again.' })
      files.set(path, [...pieces, bytes])
    },
    finishUpload: async (upload) => {
      const { to, sizeBytes, files } = uploadOf(upload)
      for (const [path, pieces] of files)
        brought.push({ from: null, to: path, bytes: Buffer.concat(pieces).toString('latin1') })
      uploads.delete(upload)
      return { path: to, sizeBytes }
    },
    dropUpload: async (upload) => void uploads.delete(upload),
    brought,
    uploads,
    restore: (dataset) =>
      jobs.start('data', `Restore ${dataset}`, async () => ({
        written: 1,
        unchanged: 0,
        trashed: [find(dataset).path],
        folder: '/home/ada/projects/wine',
      })),
    export: (dataset, _, file) => jobs.start('data', `Export ${dataset}`, async () => ({ file, sizeBytes: 2_048 })),
  }

  function filesOf({ name, path }: Dataset): DatasetFiles['files'] {
    if (name === 'labels') return labelFiles
    const state = { change: name === 'wine' ? wineState : 'added', kept: true, recordedBytes: 700_002 }
    const change = state.change === 'current' ? 'same' : (state.change as DatasetFileChange)
    const one = { ...state, change, sizeBytes: 708_811 }
    return name === 'survey'
      ? [1, 2, 3].map((wave) => ({ ...one, path: `data/survey-${wave}.csv`, recordedBytes: null, kept: false }))
      : [{ ...one, path }]
  }
}

function pageOf(files: DatasetFiles['files'], version: number | null, offset: number, limit: number): DatasetFiles {
  const counts = { changed: 0, added: 0, removed: 0, unsure: 0, same: 0 }
  for (const { change } of files) counts[change]++
  return { version, total: files.length, counts, files: files.slice(offset, offset + limit) }
}
