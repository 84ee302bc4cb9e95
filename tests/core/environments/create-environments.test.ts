import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EnvironmentSettings } from '../../../core/domain/environment.ts'
import { describeFailure } from '../../../core/domain/failure.ts'
import { createEnvironments } from '../../../core/environments/create-environments.ts'
import { findInterpreter } from '../../../core/environments/find-interpreters.ts'
import { listInstalled } from '../../../core/environments/installed-packages.ts'
import { packWheel } from '../../../core/environments/wheel.ts'
import { readTomlPlain } from '../../../core/project/toml.ts'
import { mountMemory } from '../../builders/mounted.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

const repository = new URL('../../..', import.meta.url).pathname
const pythonPackageFolder = join(repository, 'core/execution/python/slipway')
/** Under load each call of pip takes seconds. */
const minutes = 60_000
const nothing: EnvironmentSettings = { python: null, requirements: null, pyproject: null, conda: null }

function projectWith(requirements: string, settings: Partial<EnvironmentSettings> = {}, variables = process.env) {
  const folder = temporaryFolder('slipway environment é-')
  const write = (text: string) => writeFileSync(join(folder, 'requirements.txt'), text)
  write(requirements)
  const current = { ...nothing, ...settings }
  const environments = createEnvironments({
    projectFolder: folder,
    settings: async () => current,
    pythonPackageFolder,
    readToml: readTomlPlain,
    uv: 'pip',
    variables,
  })
  const phases: string[] = []
  const sync = (signal = new AbortController().signal) =>
    environments.sync({ report: ({ phase }) => phases.push(phase), signal })
  const lock = () => readFileSync(join(folder, 'slipway.lock'), 'utf8')
  const inside = join(folder, '.slipway', 'environment')
  return { folder, write, environments, sync, lock, phases, inside, settings: current }
}

async function failureOf(promise: Promise<unknown>) {
  try {
    await promise
  } catch (error) {
    return describeFailure(error)
  }
  throw new Error('nothing failed')
}

const run = (python: string, code: string) => execFileSync(python, ['-I', '-c', code], { encoding: 'utf8' }).trim()

describe('an environment', () => {
  it(
    'goes from missing to ready to drifted and back, keeps its lock, and costs nothing when all is well',
    async () => {
      const project = projectWith('six==1.16.0\n')
      expect(await project.environments.status()).toMatchObject({ state: 'missing' })
      expect((await failureOf(project.environments.pythonPath())).code).toBe('environments/notReady')

      const made = await project.sync()
      expect(made.packages).toEqual([{ name: 'six', version: '1.16.0' }])
      expect([...new Set(project.phases)]).toEqual([
        'Find Python',
        'Create environment',
        'Resolve packages',
        'Install packages',
        'Check',
      ])
      expect(await project.environments.status()).toEqual({ state: 'ready', environment: made, warnings: [] })
      expect(project.lock()).toMatch(/six==1\.16\.0 \\\n {4}--hash=sha256:[0-9a-f]{64}\n/)
      expect(project.lock()).not.toMatch(/https?:|\/tmp/)

      const python = await project.environments.pythonPath()
      expect(run(python, 'import sys; print(sys.executable)')).toBe(python)
      expect(run(python, 'import six, slipway; print(six.__version__, slipway.step.__name__)')).toBe('1.16.0 step')

      project.phases.length = 0
      expect(await project.sync()).toEqual(made)
      expect(project.phases).toEqual([])

      const lockBefore = project.lock()
      project.write('six==1.17.0\niniconfig==2.0.0\n')
      expect(await project.environments.status()).toMatchObject({
        state: 'drifted',
        reason: 'requirements.txt changed since the lock was made',
      })
      expect((await project.sync()).packages).toEqual([
        { name: 'iniconfig', version: '2.0.0' },
        { name: 'six', version: '1.17.0' },
      ])

      project.write('six==1.16.0\n# again\n')
      await project.sync()
      expect(project.lock()).toBe(lockBefore)
      expect(listInstalled(project.inside).map(({ name }) => name)).toEqual(['six', 'slipway'])

      mkdirSync(join(project.inside, 'lib', 'python3', 'site-packages', 'stray-1.0.dist-info'), { recursive: true })
      writeFileSync(
        join(project.inside, 'lib', 'python3', 'site-packages', 'stray-1.0.dist-info', 'METADATA'),
        'Name: stray\nVersion: 1.0\n\n',
      )
      expect(await project.environments.status()).toMatchObject({ state: 'ready' })
      writeFileSync(join(project.inside, 'lib', 'python3', 'site-packages', 'stray-1.0.dist-info', 'RECORD'), '')
      expect(await project.environments.status()).toMatchObject({
        state: 'drifted',
        reason: 'its packages differ from slipway.lock: + stray 1.0',
      })
    },
    3 * minutes,
  )

  it(
    'is never called ready when its creation was cut off, and goes on from there',
    async () => {
      const project = projectWith('six==1.16.0\n')
      const cancel = new AbortController()
      const running = createEnvironments({
        projectFolder: project.folder,
        settings: async () => nothing,
        pythonPackageFolder,
        readToml: readTomlPlain,
        uv: 'pip',
      }).sync({ report: ({ phase }) => phase === 'Resolve packages' && cancel.abort(), signal: cancel.signal })
      expect((await failureOf(running)).code).toBe('execution/canceled')
      expect(await project.environments.status()).toMatchObject({
        state: 'missing',
        reason: expect.stringContaining('cut off'),
      })
      expect((await failureOf(project.environments.pythonPath())).code).toBe('environments/notReady')
      expect(existsSync(join(project.folder, 'slipway.lock'))).toBe(false)

      const python = join(project.inside, 'bin', 'python')
      const madeAt = readFileSync(join(project.inside, 'pyvenv.cfg'), 'utf8')
      await project.sync()
      expect(readFileSync(join(project.inside, 'pyvenv.cfg'), 'utf8')).toBe(madeAt)
      expect(run(python, 'import six; print(six.__version__)')).toBe('1.16.0')

      const site = join(project.inside, 'lib', readdirSync(join(project.inside, 'lib'))[0] as string, 'site-packages')
      for (const half of ['six.py', 'six-1.16.0.dist-info/RECORD']) rmSync(join(site, half))
      rmSync(join(project.inside, 'slipway-environment.json'))
      await project.sync()
      expect(run(python, 'import six; print(six.__version__)')).toBe('1.16.0')
    },
    3 * minutes,
  )

  it(
    'f18: says that its interpreter is gone, by name, and is made again by a sync',
    async () => {
      const project = projectWith('six==1.16.0\n')
      const { python: version } = await project.sync()
      const python = join(project.inside, 'bin', 'python')
      const program = realpathSync(python)
      rmSync(python)
      writeFileSync(python, Buffer.concat([readFileSync(program), Buffer.from('patched')]), { mode: 0o755 })
      expect(await project.environments.status()).toMatchObject({
        state: 'drifted',
        reason: `Python ${version}, which it was made with, was replaced by another build or version`,
      })
      for (const name of ['python', 'python3', `python${version.split('.').slice(0, 2).join('.')}`])
        rmSync(join(project.inside, 'bin', name))
      symlinkSync('/nowhere/python', python)
      expect(await project.environments.status()).toMatchObject({
        state: 'broken',
        reason: expect.stringContaining(version),
      })
      const gone = await failureOf(project.environments.pythonPath())
      expect(gone).toMatchObject({ code: 'environments/interpreterGone', exitCode: 3 })
      expect(gone.message).toContain(version)
      await project.sync()
      expect(await project.environments.status()).toMatchObject({ state: 'ready' })
    },
    3 * minutes,
  )

  it(
    'keeps what worked when new requirements cannot be had',
    async () => {
      const project = projectWith('six==1.16.0\n')
      await project.sync()
      project.write('six==99.9\n')
      expect(await failureOf(project.sync())).toMatchObject({ code: 'environments/packageNotFound' })
      expect(await project.environments.status()).toMatchObject({ state: 'drifted' })
      expect(run(await project.environments.pythonPath(), 'import six; print(six.__version__)')).toBe('1.16.0')
      expect(project.lock()).toContain('six==1.16.0')

      project.write('requests==2.31.0\nurllib3==1.20\n')
      const conflict = await failureOf(project.sync())
      expect(conflict.code).toBe('environments/conflict')
      expect(conflict.message).toContain('requests 2.31.0 depends on urllib3')
    },
    3 * minutes,
  )

  it(
    'says that the network is missing, and needs none for what is there',
    async () => {
      const project = projectWith('six==1.16.0\n')
      await project.sync()
      const offline = {
        ...process.env,
        PIP_INDEX_URL: 'https://127.0.0.1:9/simple',
        PIP_FIND_LINKS: '',
        PIP_NO_CACHE_DIR: '1',
      }
      const again = createEnvironments({
        projectFolder: project.folder,
        settings: async () => nothing,
        pythonPackageFolder,
        readToml: readTomlPlain,
        uv: 'pip',
        variables: offline,
      })
      const options = { report: () => {}, signal: new AbortController().signal }
      rmSync(join(project.inside, 'slipway-environment.json'))
      expect(await again.status()).toMatchObject({ state: 'missing' })
      expect((await again.sync(options)).packages).toEqual([{ name: 'six', version: '1.16.0' }])
      project.write('iniconfig==2.0.0\n')
      expect(await failureOf(again.sync(options))).toMatchObject({ code: 'environments/networkMissing', exitCode: 3 })
    },
    3 * minutes,
  )

  it(
    'refuses a package that is not what the lock says',
    async () => {
      const project = projectWith('six==1.16.0\n')
      await project.sync()
      const wrong = project.lock().replace(/sha256:[0-9a-f]{64}\n$/, `sha256:${'0'.repeat(64)}\n`)
      writeFileSync(join(project.folder, 'slipway.lock'), wrong)
      rmSync(project.inside, { recursive: true })
      const failure = await failureOf(project.sync())
      expect(failure).toMatchObject({ code: 'environments/lockMismatch', exitCode: 5 })
      expect(failure.message).toContain('six==1.16.0')
      expect(await project.environments.status()).toMatchObject({ state: 'missing' })
    },
    3 * minutes,
  )

  it(
    'moves no other package when one is added',
    async () => {
      const project = projectWith('six<1.17\n')
      await project.sync()
      project.write('six\niniconfig==2.0.0\n')
      expect((await project.sync()).packages).toEqual([
        { name: 'iniconfig', version: '2.0.0' },
        { name: 'six', version: '1.16.0' },
      ])
    },
    3 * minutes,
  )

  it.skipIf(process.getuid?.() !== 0)('f05: says that the disk is full, and goes on when there is space', async () => {
    const project = projectWith('six==1.16.0\n')
    mkdirSync(join(project.folder, '.slipway'))
    const disk = mountMemory(join(project.folder, '.slipway'), 'size=200k')
    try {
      expect(await failureOf(project.sync())).toMatchObject({ code: 'environments/diskFull', exitCode: 3 })
      expect((await project.environments.status()).state).toBe('missing')
      disk.remount('size=200m')
      expect((await project.sync()).packages).toHaveLength(1)
    } finally {
      disk.unmount()
    }
  })

  it(
    'b24: makes and removes nothing through a .slipway that is a link',
    async () => {
      const project = projectWith('six==1.16.0\n')
      const elsewhere = temporaryFolder('slipway-elsewhere-')
      mkdirSync(join(elsewhere, 'environment'))
      writeFileSync(join(elsewhere, 'environment', 'precious'), '')
      symlinkSync(elsewhere, join(project.folder, '.slipway'))
      expect(await failureOf(project.sync())).toMatchObject({ code: 'project/pathRefused' })
      expect(existsSync(join(elsewhere, 'environment', 'precious'))).toBe(true)
    },
    3 * minutes,
  )

  it(
    'b52: refuses a requirement from elsewhere before anything is made',
    async () => {
      const project = projectWith('--index-url http://evil.example/simple\nsix\n')
      expect(await failureOf(project.sync())).toMatchObject({ code: 'environments/requirementRefused', exitCode: 4 })
      expect(existsSync(project.inside)).toBe(false)
    },
    3 * minutes,
  )
})

describe('the interpreter', () => {
  it('is the newest that fits, and a missing one is told with what was found', async () => {
    const found = await findInterpreter('>=3.10', '/nowhere', process.env)
    expect(found.version).toMatch(/^3\.1\d\./)
    const failure = await failureOf(findInterpreter('3.99', '/nowhere', process.env))
    expect(failure).toMatchObject({ code: 'environments/pythonMissing', exitCode: 3 })
    expect(failure.message).toContain(found.version)
  })

  it('b38 b49: is never one that the project brings', async () => {
    const folder = temporaryFolder('slipway-hostile-')
    const proof = join(folder, 'it-ran')
    for (const place of ['bin', '.venv/bin']) {
      const planted = join(folder, place, 'python3')
      mkdirSync(join(folder, place), { recursive: true })
      writeFileSync(planted, `#!/bin/sh\ntouch '${proof}'\n`)
      chmodSync(planted, 0o755)
    }
    const path = `${join(folder, 'bin')}:${join(folder, '.venv/bin')}:${process.env.PATH}`
    const found = await findInterpreter(null, folder, { ...process.env, PATH: path })
    expect(found.path.startsWith(folder)).toBe(false)
    expect(existsSync(proof)).toBe(false)
  })
})

describe('the wheel of the Python package', () => {
  it('is a sound archive, the same bytes every time', async () => {
    const wheel = packWheel(pythonPackageFolder, 'slipway')
    expect(packWheel(pythonPackageFolder, 'slipway').digest).toBe(wheel.digest)
    const folder = temporaryFolder('slipway-wheel-')
    writeFileSync(join(folder, wheel.fileName), wheel.bytes)
    const { path } = await findInterpreter(null, '/nowhere', process.env)
    const check =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip()); print(sorted({i.date_time for i in z.infolist()}))'
    expect(execFileSync(path, ['-I', '-c', check, join(folder, wheel.fileName)], { encoding: 'utf8' })).toBe(
      'None\n[(1980, 1, 1, 0, 0, 0)]\n',
    )
  })
})
