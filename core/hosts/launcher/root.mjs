import { builtin } from './builtin.mjs'

const { join } = builtin('node:path')
const { fileURLToPath } = builtin('node:url')

/** The clone that this launcher belongs to. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')

/** What set-up and builds remember; may be deleted at any time. */
export const cacheFolder = join(root, '.cache')

export const projectNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
