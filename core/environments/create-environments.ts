import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../domain/environment.ts'
import { fail, isFailure } from '../domain/failure.ts'
import { type Lessons, resolveWithAdditions } from './additions.ts'
import { checkEnvironment, readLock, readLockText } from './check-environment.ts'
import { readRecord, removeRecord, toEnvironment, writeRecord } from './environment-record.ts'
import type { EnvironmentPhase, Environments, EnvironmentsOptions, SyncOptions } from './environments.ts'
import { describeInterpreter, findInterpreter, type Interpreter } from './find-interpreters.ts'
import { findBrokenAdditions, learn } from './import-check.ts'
import { type Installer, type InstallerContext, pythonIn } from './installer.ts'
import { toInstallerVariables } from './installer-variables.ts'
import {
  describeLockChange,
  type Lock,
  type LockedPackage,
  lockDigestOf,
  lockFileName,
  writeLock,
} from './lock-file.ts'
import { pipInstaller } from './pip-installer.ts'
import { toPackageName } from './requirement.ts'
import { type RequirementSet, readRequirementSet } from './requirement-set.ts'
import { createUvInstaller, findUv } from './uv-installer.ts'
import { fitsVersion, toNumbers } from './version-spec.ts'
import { packWheel, type Wheel } from './wheel.ts'

/**
 * The environment of one project, in `.slipway/environment`, made from its requirements through `slipway.lock`.
 * Creating it runs pip or uv, which may run build scripts of packages: callers see to it that the project is trusted.
 */
export function createEnvironments(options: EnvironmentsOptions): Environments {
  const { projectFolder, readToml } = options
  const environmentFolder = join(projectFolder, '.slipway', 'environment')
  const variables = toInstallerVariables(options.variables ?? process.env)
  let wheel: Wheel | null = null
  const ownWheel = (): Wheel => {
    wheel ??= packWheel(options.pythonPackageFolder, 'slipway')
    return wheel
  }
  let queue: Promise<unknown> = Promise.resolve()

  const status = async () =>
    checkEnvironment({ projectFolder, environmentFolder }, await options.settings(), readToml, ownWheel().digest)

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
    const scratchFolder = makeScratchFolder(projectFolder)
    try {
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
    } finally {
      rmSync(scratchFolder, { recursive: true, force: true })
    }
  }

  return {
    status,
    sync: (given) => {
      // One at a time: two syncs of one folder would undo each other.
      const next = queue.then(() => sync(given))
      queue = next.catch(() => {})
      return next
    },
    pythonPath: async () => {
      const record = readRecord(environmentFolder)
      if (!record) throw fail('environments/notReady', { reason: 'it was not created yet' })
      const found = await describeInterpreter(pythonIn(environmentFolder), variables)
      if (!found || found.version !== record.python)
        throw fail('environments/interpreterGone', { python: record.python })
      return pythonIn(environmentFolder)
    },
    lockText: async () => {
      const text = readLockText(projectFolder)
      if (text === null) throw fail('environments/notReady', { reason: `${lockFileName} is missing` })
      return text
    },
  }
}

type Sync = {
  readonly projectFolder: string
  readonly environmentFolder: string
  readonly installer: Installer
  readonly wheel: Wheel
  readonly set: RequirementSet
  readonly pythonSpec: string | null
  readonly report: SyncOptions['report']
  readonly context: InstallerContext
}

async function syncEnvironment(sync: Sync): Promise<Environment> {
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
  let lock = isCurrent ? (old as Lock) : await makeLock(sync, interpreter, series, old, nothingLearnt)
  let lessons = nothingLearnt
  for (let attempt = 1; ; attempt++) {
    await install(sync, python, lock)
    phase('Check')
    const broken = await findBrokenAdditions(python, lock.packages, sync.context)
    if (broken.length === 0) break
    lessons = learn(lessons, broken, attempt)
    lock = await makeLock(sync, interpreter, series, lock, lessons)
  }

  const lockText = writeLock(lock)
  if (lockText !== readLockText(projectFolder)) writeWhole(join(projectFolder, lockFileName), lockText)
  const record = {
    python: interpreter.version,
    implementation: interpreter.implementation,
    platform: interpreter.platform,
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

const nothingLearnt: Lessons = { tooNew: {}, hopeless: {} }

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

async function makeLock(
  sync: Sync,
  interpreter: Interpreter,
  series: string,
  old: Lock | null,
  lessons: Lessons,
): Promise<Lock> {
  const { installer, set, environmentFolder, report } = sync
  const python = pythonIn(environmentFolder)
  const context = {
    ...sync.context,
    onLine: (line: string) => report({ phase: 'Resolve packages', fact: line.trim() }),
  }
  report({ phase: 'Resolve packages', fact: set.file })
  const { packages, warnings } = await resolveWithAdditions(
    { requirements: set.requirements, constraints: set.constraints, options: set.options },
    lessons,
    (request) => installer.resolve(python, request, context),
  )
  const lock: Lock = {
    requirements: set.digest,
    python: series,
    platform: interpreter.platform,
    warnings,
    packages: packages.map((one) => withPinnedHashes(one, set)),
  }
  if (old)
    for (const change of describeLockChange(old.packages, lock.packages))
      report({ phase: 'Resolve packages', fact: change })
  return lock
}

/** Hashes that the user pinned are the only ones that may be installed. */
function withPinnedHashes(locked: LockedPackage, set: RequirementSet): LockedPackage {
  const pinned = set.hashes[toPackageName(locked.name)]
  return pinned ? { ...locked, hashes: pinned } : locked
}

async function install(sync: Sync, python: string, lock: Lock): Promise<void> {
  const { installer, wheel, report, environmentFolder } = sync
  removeRecord(environmentFolder)
  const total = lock.packages.length
  let done = 0
  const tell = (line: string) => {
    if (installerMoved.test(line)) done = Math.min(done + 1, total)
    report({ phase: 'Install packages', done, total, unit: 'packages', fact: line.trim() })
  }
  tell(`${total} packages`)
  const context = { ...sync.context, onLine: tell }
  await installer.install(python, lock.packages, context)
  const file = join(sync.context.scratchFolder, wheel.fileName)
  writeFileSync(file, wheel.bytes)
  await installer.installWheel(python, file, context)
  report({ phase: 'Install packages', done: total, total, unit: 'packages', fact: null })
}

/** Lines with which pip or uv tell of one package more. */
const installerMoved = /^(Collecting |Requirement already satisfied| \+ )/

function chooseInstaller(wanted: string, projectFolder: string, variables: InstallerContext['variables']): Installer {
  if (wanted === 'pip') return pipInstaller
  const uv = wanted === 'auto' ? findUv(projectFolder, variables) : wanted
  return uv ? createUvInstaller(uv) : pipInstaller
}

function makeScratchFolder(projectFolder: string): string {
  const temporary = join(projectFolder, '.slipway', 'tmp')
  mkdirSync(temporary, { recursive: true, mode: 0o700 })
  return mkdtempSync(join(temporary, 'environment-'))
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
