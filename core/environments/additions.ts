import { isFailure } from '../domain/failure.ts'
import type { ResolveRequest } from './installer.ts'
import type { LockedPackage } from './lock-file.ts'
import { toPackageName } from './requirement.ts'
import { compareVersions, toNumbers } from './version-spec.ts'

/** A package that storing a kind of output needs, wanted only when the project itself has that kind. */
export type Addition = {
  readonly name: string
  readonly what: string
  readonly when: readonly string[]
  readonly requirements: readonly string[]
  /** The module that must import for the addition to be of use. */
  readonly module: string
  /** Rules that its makers did not declare, measured: beside an older package only an older release works. */
  readonly beside?: { readonly name: string; readonly below: string; readonly requirement: string }
}

export const additions: readonly Addition[] = [
  {
    name: 'pyarrow',
    what: 'tables as Parquet',
    when: ['pandas', 'polars', 'pyarrow'],
    requirements: ['pyarrow'],
    module: 'pyarrow',
    beside: { name: 'numpy', below: '2.0', requirement: 'pyarrow<26' },
  },
  { name: 'skops', what: 'models as skops', when: ['scikit-learn'], requirements: ['skops'], module: 'skops.io' },
  {
    name: 'skl2onnx',
    what: 'models as ONNX',
    when: ['scikit-learn'],
    // The exporter raises with protobuf 7.
    requirements: ['skl2onnx', 'onnx', 'protobuf<7'],
    module: 'skl2onnx',
  },
]

/** What an earlier attempt taught: releases that do not import beside the project's own packages. */
export type Lessons = {
  /** Addition → the release that failed; only older ones are tried. */
  readonly tooNew: Readonly<Record<string, string>>
  /** Addition → why it is given up. */
  readonly hopeless: Readonly<Record<string, string>>
}

type Resolve = (request: ResolveRequest) => Promise<readonly LockedPackage[]>

export type Resolution = { readonly packages: readonly LockedPackage[]; readonly warnings: readonly string[] }

/**
 * Resolves the project's requirements, then once more together with what storing its outputs needs. The project's own
 * versions stay as they would be alone whenever that is possible, and its pins always; an addition that cannot be had
 * so is left out with a warning.
 */
export async function resolveWithAdditions(
  request: ResolveRequest,
  lessons: Lessons,
  resolve: Resolve,
): Promise<Resolution> {
  const direct = await tryDirect(request, lessons, resolve)
  if (direct) return { packages: direct, warnings: [] }
  const alone = await resolve(request)
  const wanted = triggeredBy(alone)
  const warnings = wanted
    .filter(({ name }) => lessons.hopeless[name] !== undefined)
    .map((addition) => `${addition.name} (${addition.what}): ${lessons.hopeless[addition.name]}`)
  const hopeful = wanted.filter(({ name }) => lessons.hopeless[name] === undefined)
  if (hopeful.length === 0) return { packages: alone, warnings }

  const add = (added: readonly Addition[]) =>
    tryAdd(
      request,
      alone,
      added.flatMap((addition) => requirementsOf(addition, alone, lessons)),
      resolve,
    )
  const together = await add(hopeful)
  if (together) return { packages: together, warnings }

  const kept: Addition[] = []
  let packages = alone
  for (const addition of hopeful) {
    const found = await add([...kept, addition])
    if (found) {
      kept.push(addition)
      packages = found
    } else warnings.push(`${addition.name} (${addition.what}): no release fits the project's own packages`)
  }
  return { packages, warnings }
}

/**
 * The short way: where every requirement is an exact pin, one resolution tells all, because additions cannot move what
 * the project chose. Null when the long way has to decide.
 */
async function tryDirect(
  request: ResolveRequest,
  lessons: Lessons,
  resolve: Resolve,
): Promise<readonly LockedPackage[] | null> {
  const pins = request.requirements.map((text) => /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*==\s*([\w.!+]+)$/.exec(text))
  if (pins.some((pin) => pin === null) || Object.keys(lessons.hopeless).length > 0) return null
  const pinned = pins.map((pin) => ({ name: toPackageName(pin?.[1] ?? ''), version: pin?.[2] ?? '', hashes: [] }))
  const wanted = triggeredBy(pinned)
  if (wanted.length === 0) return null
  const added = wanted.flatMap((addition) => requirementsOf(addition, pinned, lessons))
  const found = await tryAdd(request, [], added, resolve)
  if (!found || triggeredBy(found).length > wanted.length) return null
  const belated = wanted.flatMap((addition) => requirementsOf(addition, found, lessons))
  return belated.length > added.length ? null : found
}

function triggeredBy(packages: readonly LockedPackage[]): readonly Addition[] {
  const names = new Set(packages.map(({ name }) => name))
  return additions.filter(({ when }) => when.some((name) => names.has(name)))
}

function requirementsOf(addition: Addition, alone: readonly LockedPackage[], lessons: Lessons): readonly string[] {
  const { beside, name } = addition
  const other = alone.find((one) => one.name === beside?.name)
  const isBesideOld =
    beside !== undefined &&
    other !== undefined &&
    compareVersions(toNumbers(other.version), toNumbers(beside.below)) < 0
  const failed = lessons.tooNew[name]
  return [
    ...addition.requirements,
    ...(isBesideOld ? [beside.requirement] : []),
    ...(failed === undefined ? [] : [`${name}<${toSeries(failed)}`]),
  ]
}

/** The series that a release belongs to: its major number, with the minor while that is zero. */
function toSeries(version: string): string {
  const [major = 0, minor = 0] = toNumbers(version)
  return major === 0 ? `${major}.${minor}` : `${major}`
}

/** First beside exactly the versions that the project has alone, then with freedom inside its requirements. */
async function tryAdd(
  request: ResolveRequest,
  alone: readonly LockedPackage[],
  added: readonly string[],
  resolve: Resolve,
): Promise<readonly LockedPackage[] | null> {
  const requirements = [...request.requirements, ...added]
  const pins = alone.map(({ name, version }) => `${name}==${version}`)
  const attempts = pins.length > 0 ? [[...request.constraints, ...pins], request.constraints] : [request.constraints]
  for (const constraints of attempts) {
    try {
      return await resolve({ ...request, requirements, constraints })
    } catch (error) {
      const isNoFit =
        isFailure(error, 'environments/conflict') ||
        isFailure(error, 'environments/packageNotFound') ||
        isFailure(error, 'environments/buildFailed')
      if (!isNoFit) throw error
    }
  }
  return null
}
