import { existsSync } from 'node:fs'
import type { Datasets } from '../../datasets/datasets.ts'
import { type Descriptor, mediaTypes } from '../../domain/descriptor.ts'
import { fail } from '../../domain/failure.ts'
import { formatOfTable, type TableFormat, type TableSource } from '../../domain/table.ts'
import { locateProjectFile } from '../../project/project-paths.ts'
import type { Store } from '../../store/store.ts'
import type { LocatedTable } from '../../tables/tables.ts'
import type { RunQueries } from '../../tracking/run-reader.ts'

/** Artifacts up to here are hashed before they are shown; greater ones while they are. */
const hashedFirstBytes = 256 * 1024 ** 2

export type TableLocatorUse = {
  readonly projectFolder: () => string
  readonly queries: Pick<RunQueries, 'findArtifact'>
  readonly store: Store
  readonly datasets: Pick<Datasets, 'show'>
}

/** Where the bytes of a table are, on disk or in the store, as `createTables` asks for it. */
export function createTableLocator({ projectFolder, queries, store, datasets }: TableLocatorUse) {
  function locateFile(path: string): LocatedTable {
    const file = locateProjectFile(projectFolder(), path)
    const format = knownFormat(path)
    if (!existsSync(file)) throw fail('tables/missing', { path })
    return { file, path, format }
  }

  /** The bytes that were recorded, whatever is on disk under that name now. */
  async function locateVersionFile(reference: string, path: string): Promise<LocatedTable> {
    const format = knownFormat(path)
    const { name, version, files } = await datasets.show(reference)
    const recorded = files.find((file) => file.path === path)
    if (recorded === undefined) throw fail('tables/missing', { path })
    if (!recorded.kept) throw fail('data/notKept', { name, version, files: 1, path })
    // What is kept in parts is hashed when it is put together.
    const isWhole = store.sizeOf(recorded.digest) !== null
    const check = isWhole ? { check: await verify(recorded) } : {}
    return { file: await store.files.fileOf(recorded.digest), path, format, ...check }
  }

  async function locateArtifact(reference: string): Promise<LocatedTable> {
    const { name, descriptor } = queries.findArtifact(reference)
    if (descriptor.mediaType !== mediaTypes.parquet) throw fail('tables/formatUnknown', { path: name })
    const check = await verify(descriptor)
    return { file: store.pathOf(descriptor.digest), path: name, format: 'parquet', check }
  }

  /** What is read of the store is re-hashed; of a great table the rows are shown meanwhile, until it proves hurt. */
  async function verify({ digest, sizeBytes }: Pick<Descriptor, 'digest' | 'sizeBytes'>): Promise<() => void> {
    let problem: unknown = null
    const hashed = store.readRange(digest, 0, 0).catch((error) => {
      problem = error
    })
    if (sizeBytes <= hashedFirstBytes) await hashed
    const check = () => {
      if (problem !== null) throw problem
    }
    check()
    return check
  }

  return async (source: TableSource): Promise<LocatedTable> => {
    if (source.kind === 'file') return locateFile(source.path)
    if (source.kind === 'version') return locateVersionFile(source.dataset, source.path)
    return locateArtifact(source.reference)
  }
}

function knownFormat(path: string): TableFormat {
  const format = formatOfTable(path)
  if (format === null) throw fail('tables/formatUnknown', { path })
  return format
}
