import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'
import { isUpToDate } from './stamp.mjs'

const always = ['package-lock.json', 'core/hosts/launcher']

/**
 * What the build makes, and from what. A target whose `entry` is absent has nothing to make.
 * @typedef {{ title: string, entry: string, inputs: string[], outputs: string[] }} Target
 * @type {Record<'core' | 'serving' | 'renderer' | 'electron', Target>}
 */
export const targets = {
  core: {
    title: 'Building core',
    entry: 'core/hosts/cli.ts',
    inputs: ['core', ...always],
    outputs: ['dist/core/ask.cjs', 'dist/core/attach.cjs', 'dist/core/cli.mjs', 'dist/core/electron.mjs'],
  },
  serving: {
    title: 'Building the prediction server',
    entry: 'core/serving/server.ts',
    inputs: ['core/serving', 'core/domain', 'core/images/serving-bundle.ts', ...always],
    outputs: ['dist/serving/server.mjs'],
  },
  renderer: {
    title: 'Building the workbench',
    entry: 'renderer/index.html',
    inputs: ['renderer', 'core/domain', 'core/rpc', 'core/api', ...always],
    outputs: ['dist/renderer/index.html'],
  },
  electron: {
    title: 'Building the desktop shell',
    entry: 'electron/main.ts',
    inputs: ['electron', 'core/domain', 'core/rpc', ...always],
    outputs: ['dist/electron/main.mjs', 'dist/electron/preload.cjs'],
  },
}

/** Those of `names` that have to be built. */
export function findStale(names) {
  return names.filter((name) => {
    const { entry, inputs, outputs } = targets[name]
    return existsSync(join(root, entry)) && !isUpToDate(name, inputs, outputs)
  })
}
