import { builtin } from './builtin.mjs'

const { existsSync, readFileSync } = builtin('node:fs')
const { dirname, join, resolve } = builtin('node:path')

/**
 * Who holds the project that a command means, when that core is up: the command then only talks to it, which any Node
 * can do, and the build that the core runs is the one to talk with. A guess that costs two small files; attaching finds
 * out. Null for none.
 * @param {readonly string[]} argv
 */
export function findLiveCore(argv) {
  try {
    const folder = findProject(argv)
    if (folder === null) return null
    const slipwayFolder = join(folder, '.slipway')
    const holder = JSON.parse(readFileSync(join(slipwayFolder, 'core.lock'), 'utf8'))
    const { pid, startedAt } = holder
    process.kill(pid, 0)
    return process.platform !== 'linux' || startedAt === null || startedAt === startOf(pid)
      ? { slipwayFolder, holder }
      : null
  } catch {
    return null
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
