import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EnvironmentSettings, EnvironmentStatus, Package } from '../domain/environment.ts'
import { describeFailure, isFailure } from '../domain/failure.ts'
import { type EnvironmentRecord, readRecord, recordFile, toEnvironment } from './environment-record.ts'
import { filesOfInstalled, listInstalled, ownPackages } from './installed-packages.ts'
import { pythonIn } from './installer.ts'
import { filesOfInterpreter, interpreterDigest, rememberInterpreter } from './interpreter-digest.ts'
import { describeLockChange, type Lock, lockDigestOf, lockFileName, parseLock } from './lock-file.ts'
import { type ReadToml, readRequirementSet } from './requirement-set.ts'
import { fitsVersion } from './version-spec.ts'

export type EnvironmentPlace = { readonly projectFolder: string; readonly environmentFolder: string }

/** What `checkEnvironment` looks at; null when that cannot be told. */
export function filesOfEnvironment(
  { projectFolder, environmentFolder }: EnvironmentPlace,
  settings: EnvironmentSettings,
  readToml: ReadToml,
): readonly string[] | null {
  try {
    const { files } = readRequirementSet(projectFolder, settings, readToml)
    const python = pythonIn(environmentFolder)
    return [
      ...[lockFileName, ...files].map((file) => join(projectFolder, file)),
      environmentFolder,
      python,
      ...filesOfInterpreter(python),
      recordFile(environmentFolder),
      ...filesOfInstalled(environmentFolder),
    ]
  } catch (error) {
    if (isFailure(error)) return null
    throw error
  }
}

/** What the environment is, from files alone: nothing is run and no network is used. */
export function checkEnvironment(
  { projectFolder, environmentFolder }: EnvironmentPlace,
  settings: EnvironmentSettings,
  readToml: ReadToml,
  slipwayDigest: string,
): EnvironmentStatus {
  if (!existsSync(environmentFolder)) return { state: 'missing', reason: 'it was not created yet' }
  const record = readRecord(environmentFolder)
  if (!record) return { state: 'missing', reason: 'its creation was cut off; a sync goes on from there' }
  if (!existsSync(pythonIn(environmentFolder)))
    return {
      state: 'broken',
      reason: `Python ${record.python}, which it was made with, is no longer there`,
      remedy: 'Run "slipway env sync": it makes the environment again with a Python that is there.',
    }
  const installed = listInstalled(environmentFolder).filter(({ name }) => !ownPackages.has(name))
  const environment = toEnvironment(record, installed)
  const reason =
    findSettingsDrift(record, settings) ??
    findInterpreterDrift(record, pythonIn(environmentFolder)) ??
    findLockDrift(projectFolder, record, settings, readToml, installed) ??
    (record.slipwayDigest === slipwayDigest ? null : 'it holds the Python package of another version of Slipway')
  const { warnings } = record
  return reason ? { state: 'drifted', environment, reason, warnings } : { state: 'ready', environment, warnings }
}

function findSettingsDrift(record: EnvironmentRecord, settings: EnvironmentSettings): string | null {
  return settings.python !== null && !fitsVersion(record.python, settings.python)
    ? `it has Python ${record.python}, and slipway.toml asks for ${settings.python}`
    : null
}

/** A record of an older version says nothing of the bytes. */
function findInterpreterDrift(record: EnvironmentRecord, python: string): string | null {
  const { interpreter, interpreterStamp: stamp } = record
  if (interpreter && stamp) rememberInterpreter(python, { stamp, digest: interpreter })
  if (interpreter === undefined || interpreterDigest(python) === interpreter) return null
  return `Python ${record.python}, which it was made with, was replaced by another build or version`
}

function findLockDrift(
  projectFolder: string,
  record: EnvironmentRecord,
  settings: EnvironmentSettings,
  readToml: ReadToml,
  installed: readonly Package[],
): string | null {
  const text = readLockText(projectFolder)
  const lock = text === null ? null : parseLock(text)
  if (text === null || !lock) return `${lockFileName} is missing or cannot be read`
  try {
    const set = readRequirementSet(projectFolder, settings, readToml)
    if (set.digest !== lock.requirements) return `${set.file ?? 'the requirements'} changed since the lock was made`
  } catch (error) {
    // A sync will refuse for this reason; until then what is installed still serves.
    if (isFailure(error)) return describeFailure(error).message
    throw error
  }
  if (lockDigestOf(text) !== record.lockDigest) return `${lockFileName} changed since the environment was made`
  const [first] = describeLockChange(lock.packages, installed)
  return first ? `its packages differ from ${lockFileName}: ${first}` : null
}

export function readLockText(projectFolder: string): string | null {
  try {
    return readFileSync(join(projectFolder, lockFileName), 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

export function readLock(projectFolder: string): Lock | null {
  const text = readLockText(projectFolder)
  return text === null ? null : parseLock(text)
}
