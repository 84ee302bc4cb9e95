import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where things lie that are not code of core itself: alike whether core runs from its source or from dist/core. */
export type Assets = {
  /** The clone, or the installed app. */
  readonly root: string
  readonly version: string
  /** The project's own Node: runs the model worker and goes into images. */
  readonly nodeBinary: string
  readonly migrationsFolder: string
  /** The Python package `slipway` itself. */
  readonly pythonPackageFolder: string
  /** The projects that `init` starts from. */
  readonly templatesFolder: string
  /** The bundled prediction server; made by the build. */
  readonly servingBundle: string
  /** The module of the disposable process that runs ONNX. */
  readonly modelWorkerEntry: string
  /** The module of the disposable process that reads the tables of datasets whole. */
  readonly datasetWorkerEntry: string
  /** The module of the disposable process that reads tables. */
  readonly tableWorkerEntry: string
  /** The module of the process that makes the file of the records smaller. */
  readonly shrinkProcessEntry: string
  /** The module of a process that keeps a core up. */
  readonly keepCoreEntry: string
  /** What it is made of, where a clone has to make it. */
  readonly servingSource: string
  /** Holds the npm packages that go into images. */
  readonly nodeModulesFolder: string
  readonly pageFolder: string
}

/** The root is the first folder above this file that holds the app's own package.json. */
export function findAssets(): Assets {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const isBundle = !existsSync(join(here, 'assets.ts'))
  const root = join(here, '..', '..')
  const core = join(root, 'core')
  const beside = (bundled: string, source: string) => (isBundle ? join(here, bundled) : join(core, source))
  return {
    root,
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    nodeBinary: findNode(root),
    migrationsFolder: beside('migrations', 'database/migrations'),
    pythonPackageFolder: beside('python/slipway', 'execution/python/slipway'),
    templatesFolder: join(root, 'templates', 'projects'),
    servingBundle: join(root, 'dist', 'serving', 'server.mjs'),
    modelWorkerEntry: beside('model-worker.mjs', 'models/model-worker.ts'),
    datasetWorkerEntry: beside('dataset-table-worker.mjs', 'datasets/table-worker.ts'),
    tableWorkerEntry: beside('table-worker.mjs', 'tables/table-worker.ts'),
    shrinkProcessEntry: beside('shrink-process.mjs', 'database/shrink-process.ts'),
    keepCoreEntry: beside('keep-core.mjs', 'hosts/keep-core.ts'),
    servingSource: join(core, 'serving', 'server.ts'),
    nodeModulesFolder: join(root, 'node_modules'),
    pageFolder: join(root, 'dist', 'renderer'),
  }
}

/** Electron's own binary is no Node once its fuses are set, so the app carries one. */
function findNode(root: string): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const carried = join(root, 'node_modules', 'node', 'bin', name)
  return existsSync(carried) ? carried : process.execPath
}
