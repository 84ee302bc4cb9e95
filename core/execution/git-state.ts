import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { devNull } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { mediaTypes } from '../domain/descriptor.ts'
import type { GitState } from '../domain/run.ts'
import type { Store } from '../store/store.ts'
import { findGitFolders, gitStamp } from './git-stamp.ts'

const run = promisify(execFile)
const largestDiffBytes = 64 * 1024 * 1024

/** A repository may name programs for git to run: none of them is. */
const harmless = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  `core.hooksPath=${devNull}`,
  '-c',
  'core.untrackedCache=false',
  '-c',
  'diff.external=',
  '-c',
  'core.pager=cat',
]

/** More tracked files than this are not looked at one by one. */
const mostFiles = 50_000

/** Starts no git while a look at the files tells that it would say what it said before. */
export function createGitStates(projectFolder: string, store: Store): { read(): Promise<GitState | null> } {
  let known: { readonly stamp: string; readonly files: readonly string[]; readonly state: GitState | null } | null =
    null
  return {
    async read() {
      const folders = findGitFolders(projectFolder)
      if (folders === null) return readGitState(projectFolder, store)
      if (known && gitStamp(folders, projectFolder, known.files) === known.stamp && isKept(known.state, store))
        return known.state
      known = null
      const files = await trackedFiles(projectFolder)
      const before = files && gitStamp(folders, projectFolder, files)
      const state = await readGitState(projectFolder, store)
      if (files && before && gitStamp(folders, projectFolder, files) === before) known = { stamp: before, files, state }
      return state
    },
  }
}

function isKept(state: GitState | null, store: Store): boolean {
  return !state?.diffDigest || store.has(state.diffDigest)
}

async function trackedFiles(projectFolder: string): Promise<readonly string[] | null> {
  const names = (await askGit(projectFolder, 'ls-files', '-z', '--', '.'))?.split('\0') ?? null
  if (names === null || names.length > mostFiles) return null
  return names.filter((name) => name !== '').map((name) => join(projectFolder, name))
}

/** Null when it has no answer: no git, no repository, no commit yet each simply mean that there is nothing to record. */
async function askGit(projectFolder: string, ...parameters: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run('git', [...harmless, '-C', projectFolder, ...parameters], {
      env: gitEnvironment(),
      maxBuffer: largestDiffBytes,
      timeout: 20_000,
    })
    return stdout
  } catch {
    return null
  }
}

/**
 * Commit, branch and uncommitted changes of a trusted project; null where there is no repository or no git.
 * The diff covers tracked files below the project folder and is stored as text.
 */
export async function readGitState(projectFolder: string, store: Store): Promise<GitState | null> {
  const git = (...parameters: readonly string[]) => askGit(projectFolder, ...parameters)
  if (!isBelowRepository(projectFolder)) return null
  if ((await git('rev-parse', '--is-inside-work-tree'))?.trim() !== 'true') return null
  const filters = withoutFilters(await git('config', '--local', '--includes', '-z', '--get-regexp', '^filter\\.'))
  const [commit, branch, diff] = await Promise.all([
    git('rev-parse', '--verify', '--quiet', 'HEAD'),
    git('symbolic-ref', '--quiet', '--short', 'HEAD'),
    filters &&
      git(...filters, 'diff', '--no-ext-diff', '--no-textconv', '--no-color', '--ignore-submodules', 'HEAD', '--', '.'),
  ])
  return {
    commit: commit?.trim() || null,
    branch: branch?.trim() || null,
    diffDigest: diff ? (await store.putBytes(diff, mediaTypes.text)).digest : null,
  }
}

/** Running git takes longer than a run in which nothing changed; looking for its folder takes nothing. */
function isBelowRepository(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true
    if (at === dirname(at)) return false
  }
}

/**
 * Options that switch off the filters which the repository itself defines; those of the user's own settings
 * (git-lfs) stay. Null when one has a name that cannot be switched off: then nothing is compared.
 */
function withoutFilters(listing: string | null): readonly string[] | null {
  const keys = (listing ?? '').split('\0').flatMap((entry) => (entry === '' ? [] : (entry.split('\n')[0] as string)))
  const names = [...new Set(keys.map((key) => key.slice(0, key.lastIndexOf('.'))))]
  if (names.some((name) => name.includes('='))) return null
  return names.flatMap((name) =>
    ['clean=', 'smudge=', 'process=', 'required=false'].flatMap((setting) => ['-c', `${name}.${setting}`]),
  )
}

function gitEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, SYSTEMROOT, USERPROFILE } = process.env
  return {
    PATH,
    HOME,
    SYSTEMROOT,
    USERPROFILE,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ASKPASS: devNull,
  }
}
