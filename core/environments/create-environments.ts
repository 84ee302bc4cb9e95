import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Environment, EnvironmentStatus } from '../domain/environment.ts'
import { fail } from '../domain/failure.ts'
import { isOutOfSpace } from '../domain/out-of-space.ts'
import { createStampMemory } from '../store/file-stamps.ts'
import { checkEnvironment, filesOfEnvironment, readLockText } from './check-environment.ts'
import { type EnvironmentRecord, readRecord, recordFile } from './environment-record.ts'
import type { Environments, EnvironmentsOptions, SyncOptions } from './environments.ts'
import { describeInterpreter } from './find-interpreters.ts'
import { installBeside } from './install-beside.ts'
import { type Installer, type InstallerContext, pythonIn } from './installer.ts'
import { toInstallerVariables } from './installer-variables.ts'
import { interpreterStamp } from './interpreter-digest.ts'
import { lockFileName } from './lock-file.ts'
import { createPipInstaller } from './pip-installer.ts'
import { readRequirementSet } from './requirement-set.ts'
import { syncEnvironment } from './sync-environment.ts'
import { createUvInstaller, findUv } from './uv-installer.ts'
import { ownPackage, packWheel } from './wheel.ts'
import { createWheelMemory } from './wheel-memory.ts'

/**
 * The environment of one project, in `.slipway/environment`, made from its requirements through `slipway.lock`.
 * Creating it runs pip or uv, which may run build scripts of packages: callers see to it that the project is trusted.
 */
export function createEnvironments(options: EnvironmentsOptions): Environments {
  const { projectFolder, readToml } = options
  const environmentFolder = join(projectFolder, '.slipway', 'environment')
  const variables = toInstallerVariables(options.variables ?? process.env)
  const ownWheel = () => packWheel(options.pythonPackageFolder, ownPackage)
  const ownDigest = createWheelMemory(
    join(projectFolder, '.slipway', 'wheel.json'),
    options.pythonPackageFolder,
    ownWheel,
  )
  let queue: Promise<unknown> = Promise.resolve()

  const place = { projectFolder, environmentFolder }
  const known = createStampMemory<EnvironmentStatus>()
  const status = async () => {
    const settings = await options.settings()
    return known(JSON.stringify(settings), () => ({
      value: checkEnvironment(place, settings, readToml, ownDigest()),
      files: filesOfEnvironment(place, settings, readToml),
    }))
  }

  /** Nothing to do when all is as it should be; asking is cheap. */
  const findReady = async (): Promise<Environment | null> => {
    const found = await status()
    if (found.state !== 'ready') return null
    const interpreter = await describeInterpreter(pythonIn(environmentFolder), variables)
    return interpreter?.version === found.environment.python ? found.environment : null
  }

  const sync = async ({ report, signal }: SyncOptions): Promise<Environment> => {
    const ready = await findReady()
    if (ready) return ready
    assertOwnFolder(projectFolder)
    let scratchFolder: string | null = null
    try {
      scratchFolder = makeScratchFolder(projectFolder)
      return await syncEnvironment({
        projectFolder,
        environmentFolder,
        installer: chooseInstaller(options.uv ?? 'auto', projectFolder, variables),
        wheel: ownWheel(),
        set: readRequirementSet(projectFolder, await options.settings(), readToml),
        pythonSpec: (await options.settings()).python,
        report,
        context: { scratchFolder, variables: { ...variables, TMPDIR: scratchFolder }, signal, onLine: () => {} },
      })
    } catch (error) {
      throw explainDisk(error, environmentFolder)
    } finally {
      if (scratchFolder) rmSync(scratchFolder, { recursive: true, force: true })
    }
  }

  let answered: string | null = null
  const inScratch = async <Result>(
    work: (context: InstallerContext) => Promise<Result>,
    { report, signal }: SyncOptions,
  ) => {
    assertOwnFolder(projectFolder)
    const scratchFolder = makeScratchFolder(projectFolder)
    const onLine = (line: string) => report({ phase: 'Prepare', fact: line.trim() })
    try {
      return await work({ scratchFolder, variables: { ...variables, TMPDIR: scratchFolder }, signal, onLine })
    } catch (error) {
      throw explainDisk(error, environmentFolder)
    } finally {
      rmSync(scratchFolder, { recursive: true, force: true })
    }
  }

  return {
    status,
    packagesBeside: async (wanted, given) => {
      const found = await status()
      if (found.state !== 'ready') await sync(given)
      const installer = chooseInstaller(options.uv ?? 'auto', projectFolder, variables)
      const folder = await inScratch(
        (context) => installBeside(wanted, { projectFolder, environmentFolder, installer, context }),
        given,
      )
      return { pythonPath: pythonIn(environmentFolder), folder }
    },
    sync: (given) => {
      // One at a time: two syncs of one folder would undo each other.
      const next = queue.then(() => sync(given))
      queue = next.catch(() => {})
      return next
    },
    pythonPath: async () => {
      const record = readRecord(environmentFolder)
      if (!record) throw fail('environments/notReady', { reason: 'it was not created yet' })
      const python = pythonIn(environmentFolder)
      const stamp = `${record.python} ${fileStamp(python)}`
      // The same file answers the same: it is run again only when it changed.
      if (stamp === answered || isAsItWas(record, environmentFolder)) return python
      const found = await describeInterpreter(python, variables)
      if (!found || found.version !== record.python)
        throw fail('environments/interpreterGone', { python: record.python })
      answered = stamp
      return python
    },
    lockText: async () => {
      const text = readLockText(projectFolder)
      if (text === null) throw fail('environments/notReady', { reason: `${lockFileName} is missing` })
      return text
    },
  }
}

/** True when a sync found this very interpreter, and nothing was changed since of how the environment leads to it. */
function isAsItWas({ interpreterStamp: stamp }: EnvironmentRecord, environmentFolder: string): boolean {
  const python = pythonIn(environmentFolder)
  if (stamp === undefined || !existsSync(python) || interpreterStamp(python) !== stamp) return false
  const [settings, record] = [join(environmentFolder, 'pyvenv.cfg'), recordFile(environmentFolder)].map((file) =>
    statSync(file, { bigint: true, throwIfNoEntry: false }),
  )
  return settings !== undefined && record !== undefined && settings.ctimeNs < record.ctimeNs
}

/** Of the interpreter that the name leads to, and of what makes a folder of it an environment. */
function fileStamp(python: string): string {
  const files = [python, join(dirname(dirname(python)), 'pyvenv.cfg')]
  return files
    .map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }))
    .map((facts) => (facts ? [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(',') : '-'))
    .join(' ')
}

export function chooseInstaller(
  wanted: string,
  projectFolder: string,
  variables: InstallerContext['variables'],
): Installer {
  if (wanted === 'pip') return createPipInstaller()
  const uv = wanted === 'auto' ? findUv(projectFolder, variables) : wanted
  return uv ? createUvInstaller(uv) : createPipInstaller()
}

/** A `.slipway` that is a link would let a sync write and delete elsewhere. */
function assertOwnFolder(projectFolder: string): void {
  if (lstatSync(join(projectFolder, '.slipway'), { throwIfNoEntry: false })?.isSymbolicLink())
    throw fail('project/pathRefused', { path: '.slipway', reason: 'it is a symbolic link' })
}

function explainDisk(error: unknown, environmentFolder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (isOutOfSpace(error)) return fail('environments/diskFull', { folder: environmentFolder })
  if (code === 'EROFS' || code === 'EACCES')
    return fail('project/readOnly', { reason: `it may not be written (${code})` })
  return error
}

function makeScratchFolder(projectFolder: string): string {
  const temporary = join(projectFolder, '.slipway', 'tmp')
  mkdirSync(temporary, { recursive: true, mode: 0o700 })
  return mkdtempSync(join(temporary, 'environment-'))
}
