import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { digestHex } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { describeFailure, type FailureCode, fail, isFailure } from '../domain/failure.ts'
import { chooseInstaller } from './create-environments.ts'
import { readRecord, removeRecord, writeRecord } from './environment-record.ts'
import type { EnvironmentsOptions, SyncOptions } from './environments.ts'
import { describeInterpreter, findInterpreter } from './find-interpreters.ts'
import { forgetHalfInstalled, listInstalled, ownPackages } from './installed-packages.ts'
import { pythonIn } from './installer.ts'
import { toInstallerVariables } from './installer-variables.ts'
import { createKeptEnvironments, type KeptEnvironments } from './kept-environments.ts'
import { describeLockChange, type Lock, lockDigestOf, parseLock } from './lock-file.ts'
import { unpackWheel } from './unpack-wheel.ts'
import { packWheel } from './wheel.ts'

/** Environments of past runs, made again from their recorded locks. */
export type LockedEnvironments = Pick<KeptEnvironments, 'list' | 'clean'> & {
  /**
   * Absolute path of an interpreter of that very version with the lock's packages: the project's own environment
   * where it is the same, else one in `.slipway/environments`, which stays until `clean`, and in use until `release`.
   * @throws proving/pythonGone, proving/packagesMissing
   */
  find(
    wanted: Environment,
    lockText: string,
    options: SyncOptions,
  ): Promise<{ readonly pythonPath: string; readonly rebuilt: boolean; readonly release: () => void }>
}

const unobtainable: readonly FailureCode[] = [
  'environments/networkMissing',
  'environments/packageNotFound',
  'environments/installFailed',
  'environments/buildFailed',
  'environments/conflict',
]

export function createLockedEnvironments(
  options: Pick<EnvironmentsOptions, 'projectFolder' | 'pythonPackageFolder' | 'uv' | 'variables'>,
): LockedEnvironments {
  const { projectFolder } = options
  const variables = toInstallerVariables(options.variables ?? process.env)
  const keptFolder = join(projectFolder, '.slipway', 'environments')
  const kept = createKeptEnvironments(keptFolder)
  const wheel = () => packWheel(options.pythonPackageFolder, 'slipway')

  /** An environment that was finished, holds these packages, and still answers with this Python. */
  async function isWhole(folder: string, wanted: Environment, lock: Lock): Promise<boolean> {
    const record = readRecord(folder)
    if (record?.lockDigest !== wanted.lockDigest || record.python !== wanted.python) return false
    if (record.slipwayDigest !== wheel().digest) return false
    const present = listInstalled(folder).filter(({ name }) => !ownPackages.has(name))
    if (describeLockChange(lock.packages, present).length > 0) return false
    return (await describeInterpreter(pythonIn(folder), variables))?.version === wanted.python
  }

  async function findPython(wanted: Environment) {
    try {
      return await findInterpreter(`==${wanted.python}`, projectFolder, variables)
    } catch (error) {
      if (!isFailure(error, 'environments/pythonMissing')) throw error
      throw fail('proving/pythonGone', { python: wanted.python, found: error.details.found }, { cause: error })
    }
  }

  async function make(folder: string, wanted: Environment, lock: Lock, { report, signal }: SyncOptions) {
    const temporary = join(projectFolder, '.slipway', 'tmp')
    mkdirSync(temporary, { recursive: true, mode: 0o700 })
    const scratchFolder = mkdtempSync(join(temporary, 'environment-'))
    const phase = 'Make environment'
    const tell = (line: string) => report({ phase, fact: line.trim() })
    const context = { scratchFolder, variables: { ...variables, TMPDIR: scratchFolder }, signal, onLine: tell }
    try {
      const interpreter = await findPython(wanted)
      const installer = chooseInstaller(options.uv ?? 'auto', projectFolder, variables)
      const python = pythonIn(folder)
      removeRecord(folder)
      if (!existsSync(python) || (await describeInterpreter(python, variables))?.version !== wanted.python) {
        rmSync(folder, { recursive: true, force: true })
        mkdirSync(join(folder, '..'), { recursive: true, mode: 0o700 })
        tell(`Python ${interpreter.version}, ${installer.name}`)
        await installer.create(interpreter, folder, context)
      }
      forgetHalfInstalled(folder)
      tell(`${lock.packages.length} packages`)
      if (lock.packages.length > 0) await installer.install(python, lock.packages, context)
      unpackWheel(wheel(), folder)
      const { implementation, platform } = interpreter
      const { lockDigest } = wanted
      const slipwayDigest = wheel().digest
      const warnings = lock.warnings
      writeRecord(folder, { python: wanted.python, implementation, platform, lockDigest, slipwayDigest, warnings })
    } catch (error) {
      if (!isFailure(error) || !unobtainable.includes(error.code)) throw error
      throw fail(
        'proving/packagesMissing',
        { lock: wanted.lockDigest, detail: describeFailure(error).message },
        { cause: error },
      )
    } finally {
      rmSync(scratchFolder, { recursive: true, force: true })
    }
  }

  return {
    list: kept.list,
    clean: kept.clean,
    async find(wanted, lockText, sync) {
      const lock = parseLock(lockText)
      if (lock === null || lockDigestOf(lockText) !== wanted.lockDigest)
        throw fail('proving/packagesMissing', { lock: wanted.lockDigest, detail: 'its lock cannot be read.' })
      const own = join(projectFolder, '.slipway', 'environment')
      if (await isWhole(own, wanted, lock))
        return { pythonPath: pythonIn(own), rebuilt: false, release: () => undefined }
      const name = `${digestHex(wanted.lockDigest).slice(0, 16)}-${wanted.python}`
      const folder = join(keptFolder, name)
      const release = await kept.hold(name)
      try {
        if (!(await isWhole(folder, wanted, lock))) await make(folder, wanted, lock, sync)
        return { pythonPath: pythonIn(folder), rebuilt: true, release }
      } catch (error) {
        release()
        throw error
      }
    },
  }
}
