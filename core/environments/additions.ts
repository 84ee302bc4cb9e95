import { isFailure } from '../domain/failure.ts'
import type { ResolveRequest } from './installer.ts'
import type { LockedPackage } from './lock-file.ts'

/** Packages that storing a kind of output needs, wanted only when the project itself has that kind. */
type Addition = {
  readonly what: string
  readonly when: readonly string[]
  readonly requirements: readonly string[]
  /** Modules that must import for the addition to be of use. */
  readonly modules: readonly string[]
}

export const additions: readonly Addition[] = [
  { what: 'tables as Parquet', when: ['pandas', 'polars', 'pyarrow'], requirements: ['pyarrow'], modules: ['pyarrow'] },
  { what: 'models as skops', when: ['scikit-learn'], requirements: ['skops'], modules: ['skops.io'] },
  {
    what: 'models as ONNX',
    when: ['scikit-learn'],
    // The exporter raises with protobuf 7.
    requirements: ['skl2onnx', 'onnx', 'protobuf<7'],
    modules: ['skl2onnx'],
  },
]

type Resolve = (request: ResolveRequest) => Promise<readonly LockedPackage[]>

export type Resolution = { readonly packages: readonly LockedPackage[]; readonly warnings: readonly string[] }

/**
 * Resolves the project's requirements, then once more together with what storing its outputs needs. The project's own
 * versions stay as they would be alone whenever that is possible, and its pins always; an addition that cannot be had
 * so is left out with a warning.
 */
export async function resolveWithAdditions(request: ResolveRequest, resolve: Resolve): Promise<Resolution> {
  const alone = await resolve(request)
  const names = new Set(alone.map(({ name }) => name))
  const wanted = additions.filter(({ when }) => when.some((name) => names.has(name)))
  if (wanted.length === 0) return { packages: alone, warnings: [] }
  const together = await tryAdd(request, alone, wanted, resolve)
  if (together) return { packages: together, warnings: [] }

  const kept: Addition[] = []
  const warnings: string[] = []
  let packages = alone
  for (const addition of wanted) {
    const found = await tryAdd(request, alone, [...kept, addition], resolve)
    if (found) {
      kept.push(addition)
      packages = found
    } else warnings.push(`${addition.requirements.join(', ')} (${addition.what}): no version fits the project's own`)
  }
  return { packages, warnings }
}

/** First beside exactly the versions that the project has alone, then with freedom inside its requirements. */
async function tryAdd(
  request: ResolveRequest,
  alone: readonly LockedPackage[],
  added: readonly Addition[],
  resolve: Resolve,
): Promise<readonly LockedPackage[] | null> {
  const requirements = [...request.requirements, ...added.flatMap((addition) => addition.requirements)]
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
