import type { ProjectCore } from '../../api/project-core.ts'
import { isFailure } from '../../domain/failure.ts'
import type { StepRun } from '../../domain/run.ts'
import { type StepRunFacts, toOpenLineage } from '../../lineage/to-openlineage.ts'
import { toProv } from '../../lineage/to-prov.ts'
import type { ProjectParts } from './open-parts.ts'

/** Lineage: any reference to the graph around it. */
export function createLineageArea(parts: ProjectParts): ProjectCore['lineage'] {
  const { lineage, project, queries } = parts
  const walk: ProjectCore['lineage']['walk'] = async (reference, direction) =>
    lineage.walk(toNodeReference(reference), direction)

  /** `RUN:NAME` and `RUN:NAME/PART` are spelt for artifacts; the graph knows these by digest. */
  function toNodeReference(reference: string): string {
    if (!/^[\w-]+:[^:]+$/.test(reference) || /^sha256:/.test(reference)) return reference
    if (lineageKinds.has(reference.split(':')[0] as string)) return reference
    return queries.findArtifact(reference).descriptor.digest
  }

  function factsOf(stepRunId: string): StepRunFacts | null {
    try {
      return toFacts(queries.stepRun(stepRunId))
    } catch (error) {
      if (isFailure(error)) return null
      throw error
    }
  }

  return {
    walk,
    async export(reference, direction, format) {
      const graph = await walk(reference, direction)
      return format === 'prov' ? toProv(graph) : toOpenLineage(graph, project.get().name, factsOf)
    },
  }
}

const lineageKinds: ReadonlySet<string> = new Set([
  'source',
  'file',
  'environment',
  'params',
  'stepRun',
  'artifact',
  'run',
  'modelVersion',
  'gateResult',
  'approval',
  'image',
  'push',
])

function toFacts(stepRun: StepRun): StepRunFacts | null {
  switch (stepRun.state) {
    case 'queued':
    case 'skipped':
    case 'cached':
      return null
    case 'running':
      return { state: 'running', startedAt: stepRun.startedAt, endedAt: null, error: null }
    case 'completed':
      return { state: 'completed', startedAt: stepRun.startedAt, endedAt: stepRun.endedAt, error: null }
    case 'failed':
    case 'canceled': {
      const { state, startedAt, endedAt, failure } = stepRun
      return { state, startedAt, endedAt, error: failure?.message ?? null }
    }
  }
}
