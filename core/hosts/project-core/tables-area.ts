import { randomUUID } from 'node:crypto'
import { constants, copyFileSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { JobBoard } from '../../api/job-board.ts'
import type { ProjectCore } from '../../api/project-core.ts'
import type { Descriptor } from '../../domain/descriptor.ts'
import { mediaTypes } from '../../domain/descriptor.ts'
import { fail } from '../../domain/failure.ts'
import { formatOfTable } from '../../domain/table.ts'
import { locateProjectFile } from '../../project/project-paths.ts'
import { createTables } from '../../tables/create-tables.ts'
import type { LocatedTable } from '../../tables/tables.ts'
import type { Assets } from '../assets.ts'
import type { ProjectParts } from './open-parts.ts'

/** Artifacts up to here are hashed before they are shown; greater ones while they are. */
const hashedFirstBytes = 256 * 1024 ** 2

/** Tables: files of the project and artifacts of its runs, looked into; a view of one written into the project. */
export function createTablesArea(parts: ProjectParts, jobs: JobBoard, assets: Assets) {
  const { project, queries, store, slipwayFolder } = parts
  const tables = createTables({
    entryFile: assets.tableWorkerEntry,
    nodePath: assets.nodeBinary,
    temporaryFolder: join(slipwayFolder, 'tmp'),
    locate: async (source) => (source.kind === 'file' ? locateFile(source.path) : locateArtifact(source.reference)),
  })

  function locateFile(path: string): LocatedTable {
    const file = locateProjectFile(project.get().folder, path)
    const format = formatOfTable(path)
    if (format === null) throw fail('tables/formatUnknown', { path })
    if (!existsSync(file)) throw fail('tables/missing', { path })
    return { file, path, format }
  }

  async function locateArtifact(reference: string): Promise<LocatedTable> {
    const { name, descriptor } = queries.findArtifact(reference)
    if (descriptor.mediaType !== mediaTypes.parquet) throw fail('tables/formatUnknown', { path: name })
    const check = await verify(descriptor)
    return { file: store.pathOf(descriptor.digest), path: name, format: 'parquet', check }
  }

  /** What is read of the store is re-hashed; of a great table the rows are shown meanwhile, until it proves hurt. */
  async function verify({ digest, sizeBytes }: Descriptor): Promise<() => void> {
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

  const area: ProjectCore['tables'] = {
    ...tables,
    export(request, path) {
      project.assertWritable()
      const target = locateProjectFile(project.get().folder, path)
      if (existsSync(target)) throw fail('tables/exportExists', { path })
      const spec = { kind: 'export', title: `Export ${basename(path)}`, phases: ['write'], cancellable: true } as const
      return jobs.start(spec, async (report, signal) => {
        report({ phase: 'write', fact: path })
        const { rows } = await tables.export(request, async (file) => publish(file, target, path), signal)
        return { path, rows }
      })
    },
  }
  return { tables: area, close: tables.close }
}

/** The file appears whole or not at all, and takes the place of nothing. */
function publish(file: string, target: string, path: string): void {
  mkdirSync(dirname(target), { recursive: true })
  const unfinished = join(dirname(target), `.slipway-save-${randomUUID().slice(0, 12)}`)
  try {
    copyFileSync(file, unfinished, constants.COPYFILE_EXCL)
    linkSync(unfinished, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw fail('tables/exportExists', { path }, { cause: error })
    if (code === 'ENOSPC' || code === 'EDQUOT') throw fail('project/diskFull', { path }, { cause: error })
    if (code === 'EROFS' || code === 'EACCES')
      throw fail('project/readOnly', { reason: `the system does not let ${path} be written (${code})` })
    throw error
  } finally {
    rmSync(unfinished, { force: true })
  }
}
