import type { LineageDirection } from '../../core/domain/lineage.ts'
import { useProjectQuery } from './use-project-query.ts'

/** `reference` is a digest, `RUN:NAME` or `RUN:NAME/PART`. */
export function useArtifact(reference: string) {
  return useProjectQuery(['artifacts', 'find', reference], (client) => client.artifacts.find({ reference }))
}

export function useArtifactPreview(reference: string | null) {
  return useProjectQuery(
    ['artifacts', 'preview', reference],
    (client) => client.artifacts.preview({ reference: reference ?? '' }),
    { enabled: reference !== null, keepPrevious: false },
  )
}

export function useLineage(reference: string, direction: LineageDirection, withDeleted: boolean) {
  return useProjectQuery(
    ['lineage', reference, direction, withDeleted],
    (client) => client.lineage.walk({ reference, direction, withDeleted }),
    { keepPrevious: true },
  )
}
