import { randomUUID } from 'node:crypto'
import { constants, copyFileSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { JobBoard } from '../../api/job-board.ts'
import type { ProjectCore } from '../../api/project-core.ts'
import { fail } from '../../domain/failure.ts'
import { isOutOfSpace } from '../../domain/out-of-space.ts'
import { locateProjectFile } from '../../project/project-paths.ts'
import { createTables } from '../../tables/create-tables.ts'
import type { Assets } from '../assets.ts'
import { createTableLocator } from './locate-table.ts'
import type { ProjectParts } from './open-parts.ts'

/** Tables: files of the project, of versions of its data and artifacts of its runs, looked into; a view of one written into the project. */
export function createTablesArea(parts: ProjectParts, jobs: JobBoard, assets: Assets) {
  const { project, queries, store, datasets, slipwayFolder } = parts
  const tables = createTables({
    entryFile: assets.tableWorkerEntry,
    nodePath: assets.nodeBinary,
    temporaryFolder: join(slipwayFolder, 'tmp'),
    locate: createTableLocator({ projectFolder: () => project.get().folder, queries, store, datasets }),
  })

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
    if (isOutOfSpace(error)) throw fail('project/diskFull', { path }, { cause: error })
    if (code === 'EROFS' || code === 'EACCES')
      throw fail('project/readOnly', { reason: `the system does not let ${path} be written (${code})` })
    throw error
  } finally {
    rmSync(unfinished, { force: true })
  }
}
