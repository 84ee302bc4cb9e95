import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { build as buildRenderer } from 'vite'

const repository = new URL('../../..', import.meta.url).pathname
const here = new URL('.', import.meta.url).pathname

/** That version has no `webUtils`: a file there says itself where it lies. */
const webUtils = `require = ((own) => (name) => {
  const { contextBridge, ipcRenderer } = own(name)
  return { contextBridge, ipcRenderer, webUtils: { getPathForFile: ({ path }) => path } }
})(require)`

/**
 * Puts together the app that the older Electron runs: the real shell and preload compiled for Node 16, the real
 * renderer compiled for Chromium 108, the real built core. @returns the app's folder.
 */
export async function assembleOlderApp(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'dist', 'electron'), { recursive: true })
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node16',
    external: ['electron'],
  }
  await Promise.all([
    build({ ...common, entryPoints: [join(repository, 'electron/main.ts')], outfile: join(folder, 'main.cjs') }),
    build({
      ...common,
      entryPoints: [join(repository, 'electron/preload.ts')],
      outfile: join(folder, 'dist/electron/preload.cjs'),
      banner: { js: webUtils },
    }),
  ])
  process.env.SLIPWAY_BUILD_TARGET = 'chrome108'
  await buildRenderer({
    configFile: join(repository, 'renderer/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(folder, 'dist/renderer'), emptyOutDir: true },
  })
  for (const name of ['core', 'serving']) symlinkSync(join(repository, 'dist', name), join(folder, 'dist', name))
  for (const name of ['bridge-main.cjs', 'relay.cjs', 'core-child.mjs']) cpSync(join(here, name), join(folder, name))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'slipway', version: '0.1.0', main: 'bridge-main.cjs' }),
  )
  return folder
}
