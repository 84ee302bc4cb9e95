import { coversPath } from '../domain/dataset-path.ts'
import type { createAdding } from './add-dataset.ts'
import type { DatasetParts } from './dataset-parts.ts'
import type { Datasets } from './datasets.ts'
import { fileNodes, lineageNode } from './lineage-nodes.ts'
import { lookAt, readSnapshot } from './read-state.ts'

/** Larger files are not kept only because a run read them: their digest tells them. */
const mostKeptByRunBytes = 1024 ** 3

/** Ties runs to the versions that their steps read. */
export function createRunRecording(
  { cache, database, find, lineage, project, records, store }: DatasetParts,
  { rule, record, keepListing }: Pick<ReturnType<typeof createAdding>, 'rule' | 'record' | 'keepListing'>,
): Pick<Datasets, 'recordRun'> {
  return {
    async recordRun(runId) {
      const read = records.filesReadBy(runId)
      if (read.length === 0) return
      for (const dataset of await project.datasets()) {
        const seen = read.filter((file) => coversPath(dataset.path, file.path))
        if (seen.length === 0) continue
        const found = find(dataset.path)
        const use = { store, cache }
        const snapshot = await readSnapshot(lookAt(found, use), rule(dataset.name, mostKeptByRunBytes, false), use)
        const digests = new Map(snapshot.files.map((file) => [file.path, file.digest]))
        // Files that were written since were not what the run read: then nobody knows the state of the others either.
        if (seen.some(({ path, digest }) => digests.get(path) !== digest)) continue
        const known = records.versions(dataset.name).find((version) => version.digest === snapshot.digest)
        await keepListing(snapshot)
        const version = known ?? record(dataset, snapshot, runId)
        database.transaction(() => {
          for (const { step, stepRunId, path, digest } of seen) {
            records.addUse(runId, step, version)
            lineage.record(
              [lineageNode(version), ...fileNodes([{ path, digest }])],
              [
                { from: `file:${path}@${digest}`, to: lineageNode(version).id, kind: 'used' },
                { from: lineageNode(version).id, to: `stepRun:${stepRunId}`, kind: 'used' },
              ],
            )
          }
        })
      }
      await cache.save()
    },
  }
}
