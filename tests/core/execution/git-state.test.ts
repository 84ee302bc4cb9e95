import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Digest } from '../../../core/domain/digest.ts'
import { readGitState } from '../../../core/execution/git-state.ts'
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
