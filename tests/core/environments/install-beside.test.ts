import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { DescribedFailure } from '../../../core/domain/failure.ts'
import { describeFailure } from '../../../core/domain/failure.ts'
import type { SweepPlan } from '../../../core/domain/sweep.ts'
import { createEnvironments } from '../../../core/environments/create-environments.ts'
import { readTomlPlain } from '../../../core/project/toml.ts'
import { openOptunaSearch } from '../../../core/sweeps/optuna-search.ts'
import { removeTestFolders, testFolder } from '../execution/test-folder.ts'

afterAll(removeTestFolders)

const pythonPackageFolder = resolve(import.meta.dirname, '../../../core/execution/python/slipway')
const quiet = { report: () => undefined, signal: new AbortController().signal }
const settings = { python: null, requirements: null, pyproject: null, conda: null }
const plan: SweepPlan = {
  steps: [],
  method: 'bayes',
  space: [{ key: 'train.C', space: { kind: 'values', values: [1, 2] } }],
  fixed: {},
  metric: 'train.score',
  goal: 'max',
  trials: 2,
  parallel: 1,
  seed: 1,
  stopEarly: null,
  maxFailures: 1,
  experiment: null,
}

describe('packages beside an environment', () => {
  it('leave environment and lock alone, are had once, go when nothing asks for them, and are refused with a remedy', async () => {
    const projectFolder = join(testFolder('beside'), 'project')
    mkdirSync(projectFolder)
    writeFileSync(join(projectFolder, 'requirements.txt'), '')
    const open = (variables: NodeJS.ProcessEnv) =>
      createEnvironments({
        projectFolder,
        settings: async () => settings,
        pythonPackageFolder,
        readToml: readTomlPlain,
        variables,
      })
    const environments = open(process.env)
    const before = await environments.sync(quiet)
    const lock = readFileSync(join(projectFolder, 'slipway.lock'), 'utf8')
    const besides = join(projectFolder, '.slipway', 'beside')

    const six = await environments.packagesBeside({ requirement: 'six==1.16.0' }, quiet)
    expect(existsSync(join(six.folder as string, 'six.py'))).toBe(true)
    expect(await environments.sync(quiet)).toEqual(before)
    expect(readFileSync(join(projectFolder, 'slipway.lock'), 'utf8')).toBe(lock)

    // Without any network: what is there serves on, and what is not is said with what to do.
    const away = {
      PATH: process.env.PATH,
      HOME: testFolder('home'),
      UV_CACHE_DIR: testFolder('cache'),
      UV_OFFLINE: '1',
    }
    const offline = open(away)
    expect(await offline.packagesBeside({ requirement: 'six==1.16.0' }, quiet)).toEqual(six)
    const refusal = await openOptunaSearch(offline.packagesBeside, plan, [], quiet).then(
      () => null,
      (error: unknown): DescribedFailure => describeFailure(error),
    )
    expect(refusal).toMatchObject({ code: 'sweeps/searchUnavailable', exitCode: 3 })
    expect(refusal?.remedy).toMatch(/--method random.*connect to the network once.*optuna among the requirements/)

    const long = new Date(Date.now() - 31 * 86_400_000)
    utimesSync(six.folder as string, long, long)
    const other = await environments.packagesBeside({ requirement: 'six==1.17.0' }, quiet)
    expect(readdirSync(besides).map((name) => join(besides, name))).toEqual([other.folder])
    const third = await environments.packagesBeside({ requirement: 'six==1.16.0' }, quiet)
    expect(readdirSync(besides)).toHaveLength(2)
    expect(third.folder).toBe(six.folder)
  }, 180_000)
})
