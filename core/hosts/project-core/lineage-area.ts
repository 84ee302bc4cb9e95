import type { ProjectCore } from '../../api/project-core.ts'
import { isFailure } from '../../domain/failure.ts'
import { createLineageReader } from '../../tracking/read-lineage.ts'
import type { ProjectParts } from './open-parts.ts'

/** Lineage: any reference to the graph around it. */
export function createLineageArea(parts: ProjectParts): ProjectCore['lineage'] {
  const { lineage, models, project, queries } = parts
  // Made anew for each call: the project's name may be edited while it is open.
  const reader = () => createLineageReader({ lineage, runs: queries, projectName: project.get().name })

  /** The graph knows versions by number; which one an alias means is known to the models. */
  async function readWith<Found>(reference: string, read: (reference: string) => Found): Promise<Found> {
    try {
      return read(reference)
    } catch (error) {
      if (!isFailure(error, 'lineage/notFound') || !/^[^@:]+@[^@:]+$/.test(reference)) throw error
      const { name, version } = await models.get(reference).catch(() => Promise.reject(error))
      return read(`${name}@${version}`)
    }
  }

  return {
    walk: (reference, direction, withDeleted) =>
      readWith(reference, (found) => reader().walk(found, direction, withDeleted)),
    export: (reference, direction, format, withDeleted) =>
      readWith(reference, (found) => reader().export(found, direction, format, withDeleted)),
  }
}
