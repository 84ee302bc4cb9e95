import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import { createEnvironments } from '../../../core/environments/create-environments.ts'
import { findUv } from '../../../core/environments/uv-installer.ts'
import { readTomlPlain } from '../../../core/project/toml.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'
import { installUv } from './install-uv.ts'

const repository = new URL('../../..', import.meta.url).pathname
let uv = ''

beforeAll(async () => {
  uv = await installUv()
}, 300_000)

function projectWith(requirements: string, variables: NodeJS.ProcessEnv = process.env) {
  const folder = temporaryFolder('slipway uv-')
  writeFileSync(join(folder, 'requirements.txt'), requirements)
  const environments = createEnvironments({
    projectFolder: folder,
    settings: async () => ({ python: null, requirements: null, pyproject: null, conda: null }),
    pythonPackageFolder: join(repository, 'core/execution/python/slipway'),
    readToml: readTomlPlain,
    uv,
    variables,
  })
  const sync = () => environments.sync({ report: () => {}, signal: new AbortController().signal })
  return { folder, environments, sync }
}

describe('uv', () => {
  it('makes the same environment as pip would, with the hashes of every platform', async () => {
    const { folder, environments, sync } = projectWith('six==1.16.0\niniconfig==2.0.0\n')
    expect((await sync()).packages).toEqual([
      { name: 'iniconfig', version: '2.0.0' },
      { name: 'six', version: '1.16.0' },
    ])
    expect(await environments.status()).toMatchObject({ state: 'ready', warnings: [] })
    expect(readFileSync(join(folder, 'slipway.lock'), 'utf8')).toMatch(
      /six==1\.16\.0 \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n){2}/,
    )
    const check = 'import six, iniconfig, slipway; print(six.__version__)'
    expect(execFileSync(await environments.pythonPath(), ['-I', '-c', check], { encoding: 'utf8' }).trim()).toBe(
      '1.16.0',
    )
    writeFileSync(join(folder, 'requirements.txt'), 'six==1.17.0\n')
    expect((await sync()).packages).toEqual([{ name: 'six', version: '1.17.0' }])
    expect(await environments.status()).toMatchObject({ state: 'ready' })
  })

  it('is not told by the project where packages come from', async () => {
    const { folder, environments, sync } = projectWith('six==1.16.0\n')
    writeFileSync(join(folder, 'uv.toml'), '[[index]]\nurl = "http://127.0.0.1:9/simple"\ndefault = true\n')
    await sync()
    expect(await environments.status()).toMatchObject({ state: 'ready' })
  })

  it.each([
    ['environments/packageNotFound', 'six==99.9\n'],
    ['environments/conflict', 'requests==2.31.0\nurllib3==1.20\n'],
  ])('fails typed: %s', async (code, requirements) => {
    const { sync } = projectWith(requirements)
    expect(describeFailure(await sync().catch((error: unknown) => error)).code).toBe(code)
  })

  it('is found on PATH, and never inside the project', () => {
    const folder = join(uv, '..')
    expect(findUv('/nowhere', { PATH: `/nowhere/bin:${folder}` })).toBe(uv)
    expect(findUv(join(folder, '..'), { PATH: folder })).toBeNull()
    expect(findUv('/nowhere', {})).toBeNull()
  })
})
