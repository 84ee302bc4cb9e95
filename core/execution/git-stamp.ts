import { existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Everything that the state of a repository below a folder is read from, but for the tracked files themselves. */
const ownFiles = [
  'HEAD',
  'index',
  'config',
  'config.worktree',
  'packed-refs',
  'reftable',
  'info/attributes',
  'MERGE_HEAD',
]
const settledMs = 2_000

/** Where a repository keeps its state: a further work tree of one has a folder of its own beside what all of them share. */
export type GitFolders = { readonly top: string; readonly own: string; readonly shared: string }

/** Null where nothing can be told by looking. */
export function findGitFolders(folder: string): GitFolders | null {
  for (let top = resolve(folder); ; top = dirname(top)) {
    const place = join(top, '.git')
    const found = statSync(place, { throwIfNoEntry: false })
    if (found?.isDirectory()) return { top, own: place, shared: place }
    // A pipe of that name would hold whoever reads it.
    if (found) return found.isFile() ? followGitFile(top, place) : null
    if (top === dirname(top)) return null
  }
}

/** Of a further work tree or a submodule, which only name the folder in which their state lies. */
function followGitFile(top: string, file: string): GitFolders | null {
  try {
    const named = /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]
    const own = named === undefined ? null : resolve(top, named)
    if (own === null || !statSync(join(own, 'HEAD'), { throwIfNoEntry: false })?.isFile()) return null
    const common = join(own, 'commondir')
    const isFurther = statSync(common, { throwIfNoEntry: false })?.isFile()
    return { top, own, shared: isFurther ? resolve(own, readFileSync(common, 'utf8').trim()) : own }
  } catch {
    // It may not be read: git says what there is to say.
    return null
  }
}

/**
 * Equal as long as neither the repository nor one of `files` (absolute) has changed; null when something changed so
 * lately that a later change may look the same.
 */
export function gitStamp(git: GitFolders, projectFolder: string, files: readonly string[]): string | null {
  const settings = [join(homedir(), '.gitconfig'), join(homedir(), '.config', 'git', 'config')]
  const attributes = [git.top, projectFolder].map((folder) => join(folder, '.gitattributes'))
  const names = [...ownFiles, ...branchOf(git.own)].map((name) => name.split('/'))
  const own = [...new Set([git.own, git.shared])].flatMap((folder) => names.map((name) => join(folder, ...name)))
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
