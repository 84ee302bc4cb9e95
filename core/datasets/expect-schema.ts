import { schemaProblems } from '../domain/expected-schema.ts'
import { fail } from '../domain/failure.ts'
import type { Dataset } from '../domain/project.ts'
import type { DatasetEntries } from './dataset-entries.ts'
import type { DatasetParts } from './dataset-parts.ts'
import { lookAt, readSnapshot } from './read-state.ts'

export type ExpectedSchemas = {
  /** Writes the columns of the newest version into slipway.toml as those that are expected; `clear` takes them out. */
  expectSchema(name: string, clear: boolean): Promise<Dataset>
  /** Reads what is new of datasets of which columns are expected. @throws data/schemaDiffers at the first that differs */
  assertSchemas(signal?: AbortSignal): Promise<void>
}

/** Expected columns: written on request, and held against the files before steps run. */
export function createExpectedSchemas(parts: DatasetParts, entries: DatasetEntries): ExpectedSchemas {
  const { cache, findOrNone, profiles, project, resolveVersion, store, toDetail } = parts

  async function assertSchema({ name, path, expectedSchema = {} }: Dataset, signal?: AbortSignal): Promise<void> {
    const found = findOrNone(path)
    if (found.length === 0) return
    const { digest, files } = await readSnapshot(lookAt(found, { store, cache }), null, { store, cache })
    await cache.save()
    const { schema, note } = await profiles.of(digest, files, found, cache, signal)
    const problems = schema.length === 0 && note !== null ? [note] : schemaProblems(expectedSchema, schema)
    if (problems.length > 0) throw fail('data/schemaDiffers', { name, path, problems })
  }

  return {
    async expectSchema(name, clear) {
      if (clear) return entries.declare({ name, expectedSchema: null })
      const { schema, note } = await toDetail(await resolveVersion(name))
      if (schema.length === 0) throw fail('data/noColumns', { name, note: note ?? 'it has no rows and no head' })
      const expectedSchema = Object.fromEntries(schema.map((column) => [column.name, column.type]))
      return entries.declare({ name, expectedSchema })
    },
    async assertSchemas(signal) {
      for (const dataset of await project.datasets())
        if (Object.keys(dataset.expectedSchema ?? {}).length > 0) await assertSchema(dataset, signal)
    },
  }
}
