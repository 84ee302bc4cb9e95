/**
 * The layers as an executable table. A folder's files import from lower ranks or from their own folder.
 * A file that matches no row fails the test, so a new folder is placed here before it is used.
 */
export const ranks: Readonly<Record<string, number>> = {
  'core/domain': 0,
  'core/rpc': 1,
  'core/database': 1,
  'core/store': 1,
  'core/serving': 1,
  'core/lineage': 2,
  'core/project': 2,
  'core/environments': 2,
  'core/space': 3,
  'core/tracking': 3,
  'core/tables': 3,
  'core/execution': 4,
  'core/datasets': 4,
  'core/models': 4,
  'core/images': 5,
  'core/proving': 5,
  'core/sweeps': 5,
  'core/api': 7,
  'core/hosts': 8,
}

/** Folders with a narrower rule than their rank: only these may be imported from. */
export const onlyFrom: Readonly<Record<string, readonly string[]>> = {
  'core/domain': [],
  'core/rpc': [],
  'core/serving': ['core/domain'],
  renderer: ['core/domain', 'core/rpc'],
  electron: ['core/domain', 'core/rpc'],
}

/** What the renderer may take as types alone. */
export const typesOnlyFrom: Readonly<Record<string, readonly string[]>> = { renderer: ['core/api'] }

/** Each heavy package has one importing file or folder, so that replacing it is one change. */
export const soleImporters: Readonly<Record<string, string>> = {
  'better-sqlite3': 'core/database/open-database.ts',
  '@duckdb/node-api': 'core/tables/duckdb-session.ts',
  dockerode: 'core/images/docker-engine.ts',
  'onnxruntime-node': 'core/serving/onnx-session.ts',
  'web-tree-sitter': 'core/project/python-syntax.ts',
  'toml-eslint-parser': 'core/project/toml.ts',
  chokidar: 'core/project/watch-project.ts',
  'tar-stream': 'core/images/tar.ts',
  hyparquet: 'core/tracking/parquet-preview.ts',
  'monaco-editor': 'renderer/editor/',
  uplot: 'renderer/charts/curve-chart.tsx',
  electron: 'electron/',
}

/** Packages that the pure centre may use: none. */
export const pureFolders: readonly string[] = ['core/domain']

/** Where SQL may stand. */
export function maySpeakSql(file: string): boolean {
  return file.startsWith('core/database/') || /-(store|queries)\.ts$/.test(file)
}

export const largestFileLines = 500

/** Words that name no concept here; as parts of file names. See the vocabulary in ARCHITECTURE.md. */
export const unspokenNames: readonly string[] = [
  'utils',
  'util',
  'helpers',
  'helper',
  'manager',
  'service',
  'handler',
  'handlers',
  'workflow',
  'stage',
  'task',
  'common',
  'misc',
]

/** Top level, and nothing else, so that a newcomer finds the rooms at once. */
export const topLevel: readonly string[] = [
  '.ci',
  '.gitattributes',
  '.github',
  '.gitignore',
  '.npmrc',
  'ARCHITECTURE.md',
  'LICENSE',
  'README.md',
  'biome.json',
  'core',
  'electron',
  'package-lock.json',
  'package.json',
  'renderer',
  'templates',
  'tests',
  'tsconfig.json',
]
