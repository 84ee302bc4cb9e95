import { existsSync, lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../domain/environment.ts'
import { isFailure } from '../domain/failure.ts'
import type { Lessons } from './additions.ts'
import { readLock, readLockText } from './check-environment.ts'
import { removeRecord, toEnvironment, writeRecord } from './environment-record.ts'
import type { EnvironmentPhase, SyncOptions } from './environments.ts'
import { describeInterpreter, findInterpreter, type Interpreter } from './find-interpreters.ts'
import { findBrokenAdditions, learn } from './import-check.ts'
import { forgetHalfInstalled, listInstalled, ownPackages } from './installed-packages.ts'
import { type Installer, type InstallerContext, pythonIn } from './installer.ts'
import { interpreterDigest, interpreterStamp } from './interpreter-digest.ts'
import { describeLockChange, type Lock, lockDigestOf, lockFileName, writeLock } from './lock-file.ts'
import { makeLock, nothingLearnt } from './make-lock.ts'
import type { RequirementSet } from './requirement-set.ts'
import { unpackWheel } from './unpack-wheel.ts'
import { fitsVersion, toNumbers } from './version-spec.ts'
import type { Wheel } from './wheel.ts'

export type Sync = {
  readonly projectFolder: string
  readonly environmentFolder: string
  readonly installer: Installer
  readonly wheel: Wheel
  readonly set: RequirementSet
  readonly pythonSpec: string | null
  readonly report: SyncOptions['report']
  readonly context: InstallerContext
}

/** Brings one environment to what its requirements and its lock say, from whatever state it was left in. */
export async function syncEnvironment(sync: Sync): Promise<Environment> {
  const { projectFolder, environmentFolder, installer, wheel, set, report } = sync
  const phase = (name: EnvironmentPhase, fact: string | null = null) => report({ phase: name, fact })

  phase('Find Python')
  const interpreter = await chooseInterpreter(sync)
  phase('Create environment', `Python ${interpreter.version}, ${installer.name}`)
  await prepareFolder(sync, interpreter)

  const python = pythonIn(environmentFolder)
  const old = readLock(projectFolder)
  const series = toNumbers(interpreter.version).slice(0, 2).join('.')
  const isCurrent = old?.requirements === set.digest && old.python === series && old.platform === interpreter.platform
  const { platform } = interpreter
  const remake = (from: Lock | null, lessons: Lessons) =>
    makeLock({ ...sync, python, series, platform, old: from, lessons })
  let lessons = nothingLearnt
  let lock = isCurrent ? (old as Lock) : await remake(old, lessons)
  for (let attempt = 1; ; attempt++) {
    await install(sync, python, lock)
    phase('Check')
    const broken = await findBrokenAdditions(python, lock.packages, sync.context)
    if (broken.length === 0) break
    lessons = learn(lessons, broken, attempt)
    lock = await remake(lock, lessons)
  }

  const lockText = writeLock(lock)
  if (lockText !== readLockText(projectFolder)) writeWhole(join(projectFolder, lockFileName), lockText)
  const record = {
    python: interpreter.version,
    implementation: interpreter.implementation,
    platform: interpreter.platform,
    interpreterStamp: interpreterStamp(python) ?? undefined,
    interpreter: interpreterDigest(python) ?? undefined,
    lockDigest: lockDigestOf(lockText),
    slipwayDigest: wheel.digest,
    warnings: lock.warnings,
  }
  writeRecord(environmentFolder, record)
  return toEnvironment(
    record,
    lock.packages.map(({ name, version }) => ({ name, version })),
  )
}

/** The Python that the environment has already, or the lock was made for, when it still fits: no change by surprise. */
async function chooseInterpreter(sync: Sync): Promise<Interpreter> {
  const { environmentFolder, pythonSpec, set, projectFolder, context } = sync
  const wanted = [pythonSpec, set.python].filter((spec) => spec !== null).join(',') || null
  const fits = (version: string) => wanted === null || fitsVersion(version, wanted)
  const present = existsSync(pythonIn(environmentFolder))
    ? await describeInterpreter(pythonIn(environmentFolder), context.variables)
    : null
  if (present && fits(present.version)) return present
  const locked = readLock(projectFolder)?.python
  const spec = [...(locked ? [locked] : []), ...(wanted === null ? [] : [wanted])].join(',') || null
  try {
    return await findInterpreter(spec, projectFolder, context.variables)
  } catch (error) {
    // The Python of the lock is not on this computer: another that fits will do, with a new lock.
    if (!locked || !isFailure(error, 'environments/pythonMissing')) throw error
    return findInterpreter(wanted, projectFolder, context.variables)
  }
}

/** Keeps a folder that works with this Python, however far its packages got; makes it anew otherwise. */
async function prepareFolder({ environmentFolder, installer, context }: Sync, interpreter: Interpreter): Promise<void> {
  const isOwnFolder = lstatSync(environmentFolder, { throwIfNoEntry: false })?.isDirectory() === true
  const present = isOwnFolder ? await describeInterpreter(pythonIn(environmentFolder), context.variables) : null
  if (present?.version === interpreter.version) return
  removeRecord(environmentFolder)
  rmSync(environmentFolder, { recursive: true, force: true })
  await installer.create(interpreter, environmentFolder, context)
}

async function install(sync: Sync, python: string, lock: Lock): Promise<void> {
  const { installer, wheel, report, environmentFolder } = sync
  removeRecord(environmentFolder)
  forgetHalfInstalled(environmentFolder)
  const total = lock.packages.length
  let done = 0
  const tell = (line: string) => {
    if (installerMoved.test(line)) done = Math.min(done + 1, total)
    report({ phase: 'Install packages', done, total, unit: 'packages', fact: line.trim() })
  }
  tell(`${total} packages`)
  const context = { ...sync.context, onLine: tell }
  const present = listInstalled(environmentFolder).filter(({ name }) => !ownPackages.has(name))
  if (describeLockChange(present, lock.packages).length > 0) await installer.install(python, lock.packages, context)
  unpackWheel(wheel, environmentFolder)
  report({ phase: 'Install packages', done: total, total, unit: 'packages', fact: null })
}

/** Lines with which pip or uv tell of one package more. */
const installerMoved = /^(Collecting |Requirement already satisfied| \+ )/

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
