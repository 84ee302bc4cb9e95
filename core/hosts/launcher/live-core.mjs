import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

// Not imported, for the reason that launcher.mjs gives.
const { existsSync, readFileSync } = createRequire(import.meta.url)('node:fs')

/**
 * Whether a core of the project that a command means is up: the command then only talks to it, which any Node can do,
 * and the build that the core runs is the one to talk with. A guess that costs two small files; attaching finds out.
 * @param {readonly string[]} argv
 */
export function hasLiveCore(argv) {
  try {
    const folder = findProject(argv)
    if (folder === null) return false
    const { pid, startedAt } = JSON.parse(readFileSync(join(folder, '.slipway', 'core.lock'), 'utf8'))
    process.kill(pid, 0)
    return process.platform !== 'linux' || startedAt === null || startedAt === startOf(pid)
  } catch {
    return false
  }
}

/** The folder of -C, or this one, or the nearest above that holds a slipway.toml. */
function findProject(argv) {
  const at = argv.findIndex((word) => word === '-C' || word === '--project')
  const joined = argv.find((word) => word.startsWith('--project='))?.slice('--project='.length)
  const from = resolve(at >= 0 ? (argv[at + 1] ?? '.') : (joined ?? '.'))
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'slipway.toml'))) return folder
    if (folder === dirname(folder)) return null
  }
}

/** As core tells processes apart: field 22 of stat, counted from the last `)` of the program's name. */
function startOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}
