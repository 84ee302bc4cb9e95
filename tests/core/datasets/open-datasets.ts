import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { createDatasets } from '../../../core/datasets/create-datasets.ts'
import { createReadTables } from '../../../core/datasets/read-tables.ts'
import { createLineageStore } from '../../../core/lineage/lineage-store.ts'
import { createProject } from '../../../core/project/open-project.ts'
import { createStore } from '../../../core/store/create-store.ts'

const root = join(import.meta.dirname, '..', '..', '..')

/** A project folder with everything that datasets stand on, all of it real. */
export async function openDatasets(settings = '') {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'datasets-')))
  const home = join(folder, '..', `${folder.slice(folder.lastIndexOf('/') + 1)}-home`)
  const write = (path: string, bytes: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  write('slipway.toml', `# my project\nname = "data"\n${settings}`)
  const slipwayFolder = join(folder, '.slipway')
  const project = await createProject({ folder, homeFolder: home })
  const database = openProjectDatabase(slipwayFolder, {
    migrationsFolder: join(root, 'core', 'database', 'migrations'),
  })
  const store = await createStore(join(slipwayFolder, 'store'))
  const lineage = createLineageStore(database)
  const datasets = createDatasets({
    database,
    store,
    lineage,
    project,
    slipwayFolder,
    actor: () => 'Ada',
    packageFolders: () => [join(folder, 'packages')],
    readTables: createReadTables({
      entryFile: join(root, 'core', 'datasets', 'table-worker.ts'),
      nodePath: process.execPath,
      temporaryFolder: join(slipwayFolder, 'tmp'),
    }),
  })
  const call = { report: () => undefined, signal: new AbortController().signal }
  return {
    folder,
    slipwayFolder,
    project,
    database,
    store,
    lineage,
    datasets,
    call,
    write,
    add: (name: string, path?: string, terms = {}) => datasets.add({ name, path, terms }, call),
    async close() {
      await project.close()
      database.close()
      rmSync(folder, { recursive: true, force: true })
      rmSync(home, { recursive: true, force: true })
    },
  }
}
