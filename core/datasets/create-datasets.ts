import { coversPath } from '../domain/dataset-path.ts'
import { createAdding } from './add-dataset.ts'
import { createBringFiles } from './bring-files.ts'
import { createComparing } from './compare-versions.ts'
import { createDatasetEntries } from './dataset-entries.ts'
import { createDatasetParts } from './dataset-parts.ts'
import type { Datasets, DatasetsOptions } from './datasets.ts'
import { createExpectedSchemas } from './expect-schema.ts'
import { createGivingBack } from './give-back.ts'
import { createListings } from './list-datasets.ts'
import { createRunRecording } from './record-run.ts'
import { usesOfDataset } from './use-queries.ts'

export const dataPhases = ['Read files', 'Read table', 'Compare rows', 'Record'] as const

export function createDatasets(options: DatasetsOptions): Datasets {
  const parts = createDatasetParts(options)
  const { declared, records, resolveVersion, toDetail, toVersion, unknown } = parts
  const entries = createDatasetEntries(options.project, options.database)
  const adding = createAdding(parts, entries)
  return {
    ...entries,
    ...createBringFiles(options.project),
    ...createExpectedSchemas(parts, entries),
    ...createListings(parts),
    ...createComparing(parts),
    ...createGivingBack(parts),
    ...createRunRecording(parts, adding),
    add: adding.add,
    show: async (reference) => toDetail(await resolveVersion(reference)),
    async versions(name) {
      const stored = records.versions(name)
      if (stored.length === 0 && (await declared(name)) === null) throw await unknown(name)
      return stored.map(toVersion)
    },
    uses: async (name) => usesOfDataset(options.database, name),
    async holdsAny(paths) {
      if (paths.length === 0) return false
      return (await options.project.datasets()).some((dataset) => paths.some((path) => coversPath(dataset.path, path)))
    },
  }
}
