import { isFailure } from '../domain/failure.ts'
import type { ResolveRequest } from './installer.ts'
import type { LockedPackage } from './lock-file.ts'
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
  const alone = await resolve(request)
  const names = new Set(alone.map(({ name }) => name))
  const wanted = additions.filter(({ when }) => when.some((name) => names.has(name)))
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
  for (const constraints of [[...request.constraints, ...pins], request.constraints]) {
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
