import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../harness/measure.ts'
import { installPythonPeer, programVersion } from '../harness/peers.ts'
import type { Keeper, KeeperUse } from './keeper.ts'

/** git and its helpers without the settings of whoever runs the bench. */
const gitEnvironment = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@localhost',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@localhost',
}

/** The peers that are wanted and installed; one that is absent is named. */
export async function openPeers(use: KeeperUse, wants: (peer: string) => boolean): Promise<readonly Keeper[]> {
  const opened: Keeper[] = wants('dvc') ? [await openDvc(use, 'copies')] : []
  for (const [name, args, open] of [
    ['git-lfs', ['version'], openGitLfs],
    ['git-annex', ['version'], openAnnex],
    ['restic', ['version'], openRestic],
  ] as const) {
    if (!wants(name)) continue
    const version = await programVersion(name, args)
    if (version === null) use.note(`ABSENT: ${name} is not installed here, so nothing is said against it.`)
    else opened.push(await open(use, version))
  }
  return opened
}

/** Those that can keep a file without a copy of it, told to: beside what else keeps none. annex never makes one. */
export async function openLinkingPeers(use: KeeperUse, wants: (peer: string) => boolean): Promise<readonly Keeper[]> {
  return wants('dvc') ? [await openDvc(use, 'hard links')] : []
}

async function openDvc({ folder, note }: KeeperUse, keeps: 'copies' | 'hard links'): Promise<Keeper> {
  const peer = await installPythonPeer('dvc', ['dvc==3.67.1'], note)
  const isLinking = keeps === 'hard links'
  const name = isLinking ? 'dvc, hard links' : 'dvc'
  const project = join(folder, isLinking ? 'dvc-link' : 'dvc')
  // Its table of known files lies outside the project.
  const env = { DVC_SITE_CACHE_DIR: `${project}-site`, DVC_NO_ANALYTICS: '1' }
  const dvc = (...args: string[]) => runProgram(join(peer.bin, 'dvc'), args, { cwd: project, env })
  const how = isLinking
    ? 'cache.type hardlink: the file is moved, linked back and made read-only, no copy'
    : 'copies (its default here)'
  return {
    name,
    about: `${await peer.versionOf('dvc')}; add -q, no SCM, analytics off, ${how}, MD5, no fsync`,
    data: join(project, 'data'),
    stored: join(project, '.dvc', 'cache'),
    async clear() {
      for (const one of [project, env.DVC_SITE_CACHE_DIR]) await rm(one, { recursive: true, force: true })
      await mkdir(project, { recursive: true })
      await dvc('init', '--no-scm', '-q')
      await dvc('config', 'core.analytics', 'false')
      await dvc('config', 'core.check_update', 'false')
      if (isLinking) await dvc('config', 'cache.type', 'hardlink')
    },
    add: async () => void (await dvc('add', '-q', 'data')),
    async restore() {
      await rm(join(project, 'data'), { recursive: true })
      await dvc('checkout', '-q')
      return join(project, 'data')
    },
  }
}

async function openGitLfs({ folder }: KeeperUse, version: string): Promise<Keeper> {
  const project = join(folder, 'git-lfs')
  const git = (...args: string[]) => runProgram('git', args, { cwd: project, env: gitEnvironment })
  return {
    name: 'git-lfs',
    about: `${version.split(' ')[0]}; git add of files tracked by LFS, one filter process, copies, SHA-256, no fsync`,
    isSlowWithMany: true,
    data: join(project, 'data'),
    stored: join(project, '.git'),
    async clear() {
      await rm(project, { recursive: true, force: true })
      await mkdir(project, { recursive: true })
      await git('init', '-q')
      await git('lfs', 'install', '--local')
      await writeFile(join(project, '.gitattributes'), 'data/** filter=lfs diff=lfs merge=lfs -text\n')
    },
    add: async () => void (await git('add', 'data')),
    async restore() {
      await rm(join(project, 'data'), { recursive: true })
      await git('checkout', '--', 'data')
      return join(project, 'data')
    },
  }
}

async function openAnnex({ folder }: KeeperUse, version: string): Promise<Keeper> {
  const project = join(folder, 'git-annex')
  const git = (...args: string[]) => runProgram('git', args, { cwd: project, env: gitEnvironment })
  return {
    name: 'git-annex',
    about: `${version.replace('git-annex version: ', '')}; annex add -J2, SHA256E, the file is moved and a link stands in its place: no copy, no fsync`,
    isSlowWithMany: true,
    data: join(project, 'data'),
    stored: join(project, '.git', 'annex', 'objects'),
    async clear() {
      if (existsSync(project)) await runProgram('chmod', ['-R', 'u+w', project])
      await rm(project, { recursive: true, force: true })
      await mkdir(project, { recursive: true })
      await git('init', '-q')
      await git('annex', 'init', '-q', 'bench')
    },
    add: async () => void (await git('annex', 'add', '-q', '-J2', 'data')),
    // What it keeps is what the links in the folder lead to.
    restore: async () => join(project, 'data'),
  }
}

async function openRestic({ folder }: KeeperUse, version: string): Promise<Keeper> {
  const project = join(folder, 'restic')
  const repository = join(folder, 'restic-repository')
  const env = {
    RESTIC_PASSWORD: 'bench',
    RESTIC_REPOSITORY: repository,
    RESTIC_CACHE_DIR: join(folder, 'restic-cache'),
  }
  const restic = (...args: string[]) => runProgram('restic', args, { cwd: project, env })
  return {
    name: 'restic',
    about: `${version.split(' ')[1]}; backup, chunks by content, packs encrypted (cannot be switched off), compression off, fsync of every pack`,
    data: join(project, 'data'),
    stored: repository,
    async clear() {
      for (const one of [project, repository, env.RESTIC_CACHE_DIR]) await rm(one, { recursive: true, force: true })
      await mkdir(project, { recursive: true })
      await restic('init', '-q')
    },
    add: async () => void (await restic('backup', '-q', '--compression', 'off', 'data')),
    async restore() {
      const target = join(folder, 'restic-restored')
      await rm(target, { recursive: true, force: true })
      await restic('restore', '-q', 'latest', '--target', target)
      return join(target, 'data')
    },
  }
}
