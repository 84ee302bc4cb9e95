import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onlyOne } from './only-one.mjs'
import { projectNode, root } from './root.mjs'
import { ProgramFailed, runProgram } from './run-program.mjs'
import { createProgress } from './say.mjs'
import { isSetUp, setUp } from './setup.mjs'
import { writeStamp } from './stamp.mjs'
import { findStale, targets } from './targets.mjs'

/** Native parts, wasm that finds its files by itself, and packages that load others by name stay packages. */
const unbundled = [
  '@duckdb/node-api',
  'better-sqlite3',
  'chokidar',
  'dockerode',
  'electron',
  'esbuild',
  'onnxruntime-node',
  'tar-stream',
  'web-tree-sitter',
  'ws',
]

/** What a command that only attaches never gets to: it starts over before that. */
const withoutHolding = {
  name: 'without-holding',
  setup({ onResolve }) {
    const modules =
      /(create-home-core|create-project-core|hold-core|open-browser|open-desktop|open-workbench|start-kept-core)\.ts$/
    onResolve({ filter: modules }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/**
 * An `import` of one of these reads all that it exports, and so what Node loads only when it is asked for: of `http`
 * its WebSocket and with that all of undici, which took as long as the rest of a start. `getBuiltinModule` does not.
 */
const asTheyAre = {
  name: 'as-they-are',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(https?|process|util)$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'as-they-are' } : undefined,
    )
    onLoad({ filter: /^/, namespace: 'as-they-are' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
  },
}

/**
 * Builds what is out of date, under the project's own Node: the bundlers need a newer one than the launcher does.
 * @param {readonly (keyof typeof targets)[]} names
 * @param {ReturnType<typeof createProgress>} progress
 */
export async function build(names, progress) {
  if (findStale(names).length === 0) return
  await onlyOne(progress.note, async () => {
    for (const name of findStale(names)) {
      await progress.step(targets[name].title, () =>
        // Under a test runner the bundlers would make the slow builds for debugging, and the next start would show them.
        runProgram(projectNode, [fileURLToPath(import.meta.url), '--only', name], {
          cwd: root,
          env: { ...process.env, NODE_ENV: 'production' },
        }),
      )
      writeStamp(name, targets[name].inputs)
    }
  })
}

/** Each target is made beside its place and moved there when whole. */
const makers = {
  async core(folder) {
    await bundle({
      entryPoints: {
        cli: 'core/hosts/cli.ts',
        electron: 'core/hosts/electron.ts',
        'dataset-table-worker': 'core/datasets/table-worker.ts',
        'keep-core': 'core/hosts/keep-core.ts',
        // Core as a module: what is measured is what was built.
        assets: 'core/hosts/assets.ts',
        'project-core': 'core/hosts/create-project-core.ts',
        'file-worker': 'core/store/file-worker.ts',
        'shrink-process': 'core/database/shrink-process.ts',
        ...(existsSync(join(root, 'core/models/model-worker.ts'))
          ? { 'model-worker': 'core/models/model-worker.ts' }
          : {}),
        'table-worker': 'core/tables/table-worker.ts',
      },
      outdir: folder,
      splitting: true,
      plugins: [asTheyAre],
    })
    await bundle({
      entryPoints: { ask: 'core/hosts/ask-core.ts', attach: 'core/hosts/attach.ts' },
      outdir: folder,
      plugins: [withoutHolding],
      format: 'cjs',
      banner: { js: "const __here = require('node:url').pathToFileURL(__filename).href;" },
      define: { 'import.meta.url': '__here' },
      outExtension: { '.js': '.cjs' },
    })
    cpSync(join(root, 'core/database/migrations'), join(folder, 'migrations'), { recursive: true })
    cpSync(join(root, 'core/execution/python'), join(folder, 'python'), {
      recursive: true,
      filter: (file) => !file.includes('__pycache__'),
    })
    const require = createRequire(join(root, 'package.json'))
    for (const file of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-python/tree-sitter-python.wasm']) {
      cpSync(require.resolve(file), join(folder, file.split('/')[1]))
    }
  },
  // By the function that makes it elsewhere too: the image's digest hangs on every byte of it.
  async serving(folder) {
    const { buildServingBundle } = await import(pathToFileURL(join(root, 'core/images/serving-bundle.ts')).href)
    await buildServingBundle(join(root, 'core/serving/server.ts'), join(folder, 'server.mjs'))
  },
  async renderer(folder) {
    const vite = await import('vite')
    await vite.build({
      configFile: join(root, 'renderer/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true },
    })
  },
  async electron(folder) {
    await bundle({ entryPoints: { main: 'electron/main.ts' }, outdir: folder })
    await bundle({
      entryPoints: { preload: 'electron/preload.ts' },
      outdir: folder,
      format: 'cjs',
      banner: {},
      outExtension: { '.js': '.cjs' },
    })
  },
}

async function bundle(options) {
  const esbuild = await import('esbuild')
  await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    outExtension: { '.js': '.mjs' },
    external: unbundled,
    // CommonJS packages inside an ES module ask for `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    sourcemap: 'linked',
    logLevel: 'warning',
    ...options,
  })
}

async function make(name) {
  const place = join(root, 'dist', name)
  const unfinished = `${place}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  await makers[name](unfinished)
  const old = `${place}.old`
  rmSync(old, { recursive: true, force: true })
  if (existsSync(place)) renameSync(place, old)
  renameSync(unfinished, place)
  rmSync(old, { recursive: true, force: true })
}

/** `npm run build`: everything, and words when there is nothing to do. */
async function main() {
  const only = process.argv.indexOf('--only')
  if (only > 0) return make(process.argv[only + 1])
  const progress = createProgress()
  if (!isSetUp()) await setUp(progress)
  const names = /** @type {(keyof typeof targets)[]} */ (Object.keys(targets))
  if (findStale(names).length === 0) return progress.note('Everything is built.')
  await build(names, progress)
}

/** The three sentences of a set-up that did not succeed. */
export function describeTrouble(error) {
  const words = error instanceof ProgramFailed ? error.output.trim().split('\n').slice(-12).join('\n') : error.message
  return `Slipway could not be set up in ${dirname(join(root, 'package.json'))}:\n${words}\nWhat was done so far is kept, and the next start goes on from there.\nCheck the network and the free disk space, then start again.\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main().catch((error) => {
    process.stderr.write(process.argv.includes('--only') ? `${error.stack}\n` : describeTrouble(error))
    process.exitCode = 3
  })
}
