import { isFailure } from '../domain/failure.ts'
import { type Lessons, type Resolution, resolveWithAdditions } from './additions.ts'
import type { SyncOptions } from './environments.ts'
import type { Installer, InstallerContext } from './installer.ts'
import { describeLockChange, type Lock, type LockedPackage, planKeptPins } from './lock-file.ts'
import { toPackageName } from './requirement.ts'
import type { RequirementSet } from './requirement-set.ts'

export type LockRequest = {
  readonly set: RequirementSet
  readonly installer: Installer
  /** The environment's python, for which packages are chosen. */
  readonly python: string
  /** Major and minor of that Python. */
  readonly series: string
  readonly platform: string
  readonly old: Lock | null
  readonly lessons: Lessons
  readonly report: SyncOptions['report']
  readonly context: InstallerContext
}

export const nothingLearnt: Lessons = { tooNew: {}, hopeless: {} }

/** Resolves the requirements into a lock, moving as little as possible from the last one, and tells what moved. */
export async function makeLock(request: LockRequest): Promise<Lock> {
  const { set, report, old, series, platform, lessons } = request
  report({ phase: 'Resolve packages', fact: set.file })
  const isComparable = old?.python === series && old.platform === platform
  const kept = isComparable && lessons === nothingLearnt ? planKeptPins(old.packages, set.requirements) : []
  const { packages, warnings } = (await resolveKeeping(request, kept)) ?? (await resolveSet(request, []))
  const lock: Lock = {
    requirements: set.digest,
    python: series,
    platform,
    warnings,
    packages: packages.map((one) => withPinnedHashes(one, set)),
  }
  for (const change of describeLockChange(old?.packages ?? [], lock.packages))
    report({ phase: 'Resolve packages', fact: change })
  return lock
}

/** With the versions of the last lock, so that adding one package moves no other; null when they stand in the way. */
async function resolveKeeping(request: LockRequest, kept: readonly string[]): Promise<Resolution | null> {
  if (kept.length === 0) return null
  try {
    const found = await resolveSet(request, kept)
    return found.warnings.length === 0 ? found : null
  } catch (error) {
    if (isFailure(error, 'environments/conflict') || isFailure(error, 'environments/packageNotFound')) return null
    throw error
  }
}

function resolveSet(request: LockRequest, kept: readonly string[]): Promise<Resolution> {
  const { installer, set, report, python, lessons } = request
  const context = {
    ...request.context,
    onLine: (line: string) => report({ phase: 'Resolve packages', fact: line.trim() }),
  }
  const constraints = [...set.constraints, ...kept]
  return resolveWithAdditions({ requirements: set.requirements, constraints, options: set.options }, lessons, (asked) =>
    installer.resolve(python, asked, context),
  )
}

/** Hashes that the user pinned are the only ones that may be installed. */
function withPinnedHashes(locked: LockedPackage, set: RequirementSet): LockedPackage {
  const pinned = set.hashes[toPackageName(locked.name)]
  return pinned ? { ...locked, hashes: pinned } : locked
}
