import { isDigest } from '../domain/digest.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { JsonValue } from '../domain/json.ts'
import type { LineageDirection, LineageGraph } from '../domain/lineage.ts'
import type { StepRun } from '../domain/run.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'
import { type StepRunFacts, toOpenLineage } from '../lineage/to-openlineage.ts'
import { toProv } from '../lineage/to-prov.ts'
import type { RunQueries } from './run-reader.ts'

export type LineageReader = {
  /** From a digest, a run, a model, an image or `RUN:NAME`, which keeps to the path of that run. */
  walk(reference: string, direction: LineageDirection, withDeleted?: boolean): LineageGraph
  export(
    reference: string,
    direction: LineageDirection,
    format: 'openlineage' | 'prov',
    withDeleted?: boolean,
  ): JsonValue
}

/** Lineage by the references that people use; `projectName` is the namespace of what is exported. */
export function createLineageReader({
  lineage,
  runs,
  projectName,
}: {
  readonly lineage: LineageStore
  readonly runs: RunQueries
  readonly projectName: string
}): LineageReader {
  function walk(reference: string, direction: LineageDirection, withDeleted = false): LineageGraph {
    if (!isArtifactOfRun(reference)) return lineage.walk(reference, direction, { withDeleted })
    const { descriptor, runId } = find(reference, withDeleted)
    return lineage.walk(lineageIds.artifact(descriptor.digest), direction, { runId, withDeleted })
  }

  /** Of a deleted run lineage says the same whatever of it is asked for. */
  function find(reference: string, withDeleted: boolean) {
    try {
      return runs.findArtifact(reference, withDeleted)
    } catch (error) {
      throw isFailure(error, 'tracking/runDeleted') ? fail('lineage/deleted', { reference }) : error
    }
  }

  return {
    walk,
    export(reference, direction, format, withDeleted) {
      const graph = walk(reference, direction, withDeleted)
      if (format === 'prov') return toProv(graph)
      return toOpenLineage(graph, projectName, (id) => toFacts(runs.stepRun(id), graph))
    },
  }
}

/** `RUN:NAME`, and neither a digest nor the id of a node. */
function isArtifactOfRun(reference: string): boolean {
  const [before, after] = [reference.slice(0, reference.indexOf(':')), reference.slice(reference.indexOf(':') + 1)]
  return (
    reference.includes(':') &&
    !isDigest(reference) &&
    before !== 'sha256' &&
    !Object.hasOwn(lineageIds, before) &&
    after !== ''
  )
}

function toFacts(stepRun: StepRun, graph: LineageGraph): StepRunFacts | null {
  const recordedAt = graph.nodes.find((node) => node.id === lineageIds.stepRun(stepRun.id))?.at ?? null
  switch (stepRun.state) {
    case 'queued':
    case 'skipped':
      return null
    case 'running':
      return { state: 'running', startedAt: stepRun.startedAt, endedAt: null, error: null }
    case 'cached':
      return recordedAt === null ? null : { state: 'cached', startedAt: recordedAt, endedAt: recordedAt, error: null }
    case 'completed':
      return { state: 'completed', startedAt: stepRun.startedAt, endedAt: stepRun.endedAt, error: null }
    case 'failed':
    case 'canceled': {
      const { state, startedAt, endedAt, failure } = stepRun
      return { state, startedAt, endedAt, error: failure?.message ?? null }
    }
  }
}
