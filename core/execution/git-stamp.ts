import { existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Everything that the state of a repository below a folder is read from, but for the tracked files themselves. */
const ownFiles = ['HEAD', 'index', 'config', 'packed-refs', 'reftable', 'info/attributes', 'MERGE_HEAD']
const settledMs = 2_000

/** Null where nothing can be told by looking: no repository, or one whose folder lies elsewhere. */
export function findGitFolder(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = statSync(join(at, '.git'), { throwIfNoEntry: false })
    if (found) return found.isDirectory() ? join(at, '.git') : null
    if (at === dirname(at)) return null
  }
}

/**
 * Equal as long as neither the repository nor one of `files` (absolute) has changed; null when something changed so
 * lately that a later change may look the same.
 */
export function gitStamp(gitFolder: string, projectFolder: string, files: readonly string[]): string | null {
  const settings = [join(homedir(), '.gitconfig'), join(homedir(), '.config', 'git', 'config')]
  const attributes = [dirname(gitFolder), projectFolder].map((folder) => join(folder, '.gitattributes'))
  const own = [...ownFiles, ...branchOf(gitFolder)].map((name) => join(gitFolder, ...name.split('/')))
  let latestMs = 0
  const stamps = [...own, ...settings, ...attributes, ...files].map((file) => {
    const facts = statSync(file, { bigint: true, throwIfNoEntry: false })
    if (!facts) return '-'
    latestMs = Math.max(latestMs, Number(facts.ctimeMs), Number(facts.mtimeMs))
    return [facts.ino, facts.size, facts.mode, facts.mtimeNs, facts.ctimeNs].join(' ')
  })
  return Date.now() - latestMs > settledMs ? stamps.join('\n') : null
}

/** The name of the file that a commit on the current branch changes. */
function branchOf(gitFolder: string): readonly string[] {
  const head = join(gitFolder, 'HEAD')
  const name = existsSync(head) ? /^ref: (refs\/[^\n]+)$/m.exec(readFileSync(head, 'utf8'))?.[1] : undefined
  return name === undefined || name.split('/').includes('..') ? [] : [name]
}
