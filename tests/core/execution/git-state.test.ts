import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { createGitStates, readGitState } from '../../../core/execution/git-state.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

async function repository() {
  const folder = testFolder('git')
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...parameters], {
      encoding: 'utf8',
    }).trim()
  const store = await createStore(join(testFolder('store'), 'store'))
  return { folder, git, store }
}

describe('git state', () => {
  it('is nothing outside a repository', async () => {
    const { folder, store } = await repository()
    expect(await readGitState(folder, store)).toBeNull()
  })

  it('holds commit, branch and the uncommitted changes', async () => {
    const { folder, git, store } = await repository()
    git('init', '-q', '-b', 'trunk')
    expect(await readGitState(folder, store)).toEqual({ commit: null, branch: 'trunk', diffDigest: null })
    writeFileSync(join(folder, 'a.txt'), 'one\n')
    git('add', '.')
    git('commit', '-q', '-m', 'first')
    expect(await readGitState(folder, store)).toEqual({
      commit: git('rev-parse', 'HEAD'),
      branch: 'trunk',
      diffDigest: null,
    })
    writeFileSync(join(folder, 'a.txt'), 'two\n')
    const state = await readGitState(folder, store)
    expect(await store.readText(state?.diffDigest as Digest)).toContain('-one\n+two\n')
  })

  it.each(['a repository', 'a further work tree'])(
    'is asked of git once in %s, and again after every change that it would tell of',
    async (kind) => {
      const { folder, git, store } = await repository()
      if (kind === 'a repository') git('init', '-q', '-b', 'trunk')
      else {
        const main = await repository()
        main.git('init', '-q', '-b', 'main')
        main.git('commit', '-q', '--allow-empty', '-m', 'before')
        main.git('worktree', 'add', '-q', '-b', 'trunk', folder)
      }
      mkdirSync(join(folder, 'project'))
      writeFileSync(join(folder, 'project', 'a.txt'), 'one\n')
      writeFileSync(join(folder, 'beside.txt'), 'one\n')
      git('add', '.')
      git('commit', '-q', '-m', 'first')
      const project = join(folder, 'project')
      const states = createGitStates(project, store)
      const programs = testFolder('programs')
      const count = join(programs, 'count')
      const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim()
      writeFileSync(join(programs, 'git'), `#!/bin/sh\necho >> ${count}\nexec ${real} "$@"\n`, { mode: 0o755 })
      const path = process.env.PATH
      process.env.PATH = `${programs}:${path}`
      const asked = () => (existsSync(count) ? readFileSync(count, 'utf8').length : 0)
      try {
        const changes: readonly (() => unknown)[] = [
          () => undefined,
          () => writeFileSync(join(project, 'a.txt'), 'two\n'),
          () => writeFileSync(join(project, 'a.txt'), 'six\n'),
          () => git('add', '.'),
          () => git('commit', '-q', '-m', 'second'),
          () => git('checkout', '-q', '-b', 'other'),
          () => rmSync(join(project, 'a.txt')),
        ]
        for (const change of changes) {
          change()
          // What was written this moment is not believed by its stamp: only a look at it some seconds later is.
          expect(await states.read()).toEqual(await readGitState(project, store))
          await sleep(2_200)
          const state = await states.read()
          expect(state).toEqual(await readGitState(project, store))
          const before = asked()
          expect(await states.read()).toEqual(state)
          expect(await states.read()).toEqual(state)
          expect(asked()).toBe(before)
        }
        expect(asked()).toBeGreaterThan(20)
      } finally {
        process.env.PATH = path
      }
    },
    60_000,
  )

  it.each([
    ['a pipe', (file: string) => execFileSync('mkfifo', [file])],
    ['a text that names nothing', (file: string) => writeFileSync(file, 'gitdir: /nowhere\n')],
    ['no text', (file: string) => writeFileSync(file, Buffer.from([0xff, 0]))],
  ])('is nothing, and holds nobody, where .git is %s', async (_, make) => {
    const { folder, store } = await repository()
    make(join(folder, '.git'))
    expect(await createGitStates(folder, store).read()).toBeNull()
  })

  it('b48-runs-no-program-that-a-repository-names', async () => {
    const { folder, git, store } = await repository()
    const canary = join(folder, 'canary')
    const program = join(folder, 'program.sh')
    writeFileSync(program, `#!/bin/sh\ntouch ${canary}\ncat\n`, { mode: 0o755 })
    git('init', '-q')
    writeFileSync(join(folder, '.gitattributes'), '*.txt filter=evil diff=evil\n')
    writeFileSync(join(folder, 'a.txt'), 'one\n')
    git('add', '.')
    git('commit', '-q', '-m', 'first')
    for (const key of [
      'core.fsmonitor',
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'core.pager',
      'core.sshCommand',
    ])
      git('config', key, program)
    git('config', 'filter.evil.clean', program)
    git('config', 'filter.evil.process', program)
    writeFileSync(join(folder, 'a.txt'), 'two\n')
    await readGitState(folder, store)
    expect(existsSync(canary)).toBe(false)
  })
})
