import type { DatasetDiff, DatasetSide } from '../domain/dataset.ts'
import { fail } from '../domain/failure.ts'
import { type DatasetParts, reportBytes } from './dataset-parts.ts'
import type { Datasets, LongCall } from './datasets.ts'
import { compareFiles, compareSchemas, summariseDiff } from './describe-diff.ts'
import type { FoundFile } from './find-files.ts'
import { type DatasetSnapshot, lookAt, readSnapshot } from './read-state.ts'

/** What differs between two versions, or a version and the files as they are now. */
export function createComparing(parts: DatasetParts): Pick<Datasets, 'diff' | 'explainChange'> {
  const { cache, declared, find, profiles, records, resolveVersion, store, unknown } = parts

  async function side(
    name: string,
    wanted: string,
    call: LongCall,
  ): Promise<{
    readonly side: Omit<DatasetSide, 'rows'>
    readonly files: DatasetSnapshot['files']
    readonly found: readonly FoundFile[]
  }> {
    if (wanted !== 'now') {
      const version = await resolveVersion(`${name}@${wanted}`)
      return { side: { version: version.version, digest: version.digest }, files: records.files(version), found: [] }
    }
    const path = (await declared(name))?.path ?? records.versions(name)[0]?.path
    if (path === undefined) throw await unknown(name)
    const found = find(path)
    if (found.length === 0) throw fail('data/nothingThere', { name, path })
    const onBytes = reportBytes(found, call, path)
    const { digest, files } = await readSnapshot(lookAt(found, { store, cache }), null, {
      store,
      cache,
      call: { signal: call.signal, onBytes },
    })
    await cache.save()
    return { side: { version: null, digest }, files, found }
  }

  return {
    async diff({ name, from = 'newest', to = 'now', key = [] }, call): Promise<DatasetDiff> {
      const old = await side(name, from, call)
      const later = await side(name, to, call)
      const same = old.side.digest === later.side.digest
      call.report({ phase: 'Compare rows', done: 0, total: null, unit: null, fact: name })
      const compared = await profiles.compare(old, later, { key, cache, signal: call.signal })
      const schema = compareSchemas(compared.from?.schema ?? [], compared.to?.schema ?? [])
      const diff = {
        name,
        from: { ...old.side, rows: compared.from?.rows ?? null },
        to: { ...later.side, rows: compared.to?.rows ?? null },
        same,
        files: compareFiles(old.files, later.files),
        schema,
        rows: compared.rows && {
          added: compared.rows.added,
          removed: compared.rows.removed,
          changed: compared.rows.changed,
        },
        key,
        statistics: compared.statistics,
        examples: compared.rows?.examples ?? [],
        note: compared.note,
      }
      return { ...diff, summary: summariseDiff(diff) }
    },

    explainChange(path, from, to) {
      for (const name of records.names()) {
        const holding = (digest: string) =>
          records
            .versions(name)
            .find((version) => records.files(version).some((file) => file.path === path && file.digest === digest))
        const [old, later] = [holding(from), holding(to)]
        const [before, after] = [old && records.profile(old.digest), later && records.profile(later.digest)]
        if (!old || !later || !before || !after) continue
        const schema = compareSchemas(before.schema, after.schema)
        return summariseDiff({
          from: { version: old.version, digest: old.digest, rows: before.rows },
          to: { version: later.version, digest: later.digest, rows: after.rows },
          same: false,
          files: { added: 0, removed: 0, changed: 1, first: [] },
          schema,
          rows: null,
        })
      }
      return null
    },
  }
}
