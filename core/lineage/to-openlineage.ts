import { createHash } from 'node:crypto'
import type { JsonValue } from '../domain/json.ts'
import type { LineageGraph, LineageNode, LineageNodeKind } from '../domain/lineage.ts'

/** What the graph does not say about a step run: how it ended and when. */
export type StepRunFacts = {
  readonly state: 'completed' | 'cached' | 'failed' | 'canceled' | 'running'
  readonly startedAt: string
  readonly endedAt: string | null
  readonly error: string | null
}

const specification = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'
const producer = 'https://github.com/slipway-workbench/slipway'
const facetSchemas = 'https://openlineage.io/spec/facets'

/** Kinds that do something. The others are data, or (run, gate result, approval) come as what they belong to. */
const isActivity: Record<LineageNodeKind, boolean> = {
  stepRun: true,
  modelVersion: true,
  image: true,
  push: true,
  gateResult: true,
  proof: true,
  approval: true,
  run: false,
  source: false,
  file: false,
  environment: false,
  params: false,
  artifact: false,
}

const terminal = {
  completed: 'COMPLETE',
  cached: 'COMPLETE',
  failed: 'FAIL',
  canceled: 'ABORT',
  running: null,
} as const

/**
 * OpenLineage RunEvents (spec 2-0-2): for each thing that was done a START and, once it ended, one terminal event.
 * A step run is a run of the job of its step; making a model version, an image or a push is a run of its own job,
 * whose output is the version, the image or the push itself.
 */
export function toOpenLineage(
  graph: LineageGraph,
  project: string,
  factsOf: (stepRunId: string) => StepRunFacts | null,
): JsonValue {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const neighbours = (id: string, near: 'from' | 'to', far: 'from' | 'to') =>
    graph.edges.filter((edge) => edge[near] === id).flatMap((edge) => nodes.get(edge[far]) ?? [])

  function eventsOf(node: LineageNode): JsonValue[] {
    const facts = node.kind === 'stepRun' ? factsOf(keyOf(node)) : instant(node)
    if (facts === null) return []
    const used = neighbours(node.id, 'to', 'from').filter((each) => each.kind !== 'run')
    const given = node.kind === 'stepRun' ? neighbours(node.id, 'from', 'to') : [node]
    const event = (eventType: string, eventTime: string) => ({
      eventType,
      eventTime,
      producer,
      schemaURL: specification,
      run: { runId: toUuid(node.id), facets: runFacets(node, facts, eventType) },
      job: { namespace: project, name: node.kind === 'stepRun' ? (node.name ?? keyOf(node)) : node.kind },
      inputs: used.filter((each) => each.kind !== 'stepRun').map(toDataset),
      outputs: given.map(toDataset),
    })
    const end = terminal[facts.state]
    return [event('START', facts.startedAt), ...(end ? [event(end, facts.endedAt ?? facts.startedAt)] : [])]
  }

  /** The run that a step run belongs to, so that a reader can put them together again. */
  function runFacets(node: LineageNode, facts: StepRunFacts, eventType: string): { [facet: string]: JsonValue } {
    const run = neighbours(node.id, 'to', 'from').find((each) => each.kind === 'run')
    const parent = run && {
      ...facet('1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet'),
      run: { runId: toUuid(run.id) },
      job: { namespace: project, name: 'run' },
    }
    const errorMessage = eventType === 'FAIL' && {
      ...facet('1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet'),
      message: facts.error ?? 'It failed.',
      programmingLanguage: 'python',
    }
    return { ...(parent && { parent }), ...(errorMessage && { errorMessage }) }
  }

  function toDataset(node: LineageNode): JsonValue {
    const name = node.kind === 'file' || node.kind === 'source' ? (node.name ?? keyOf(node)) : keyOf(node)
    const version = node.digest && {
      version: {
        ...facet('1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet'),
        datasetVersion: node.digest,
      },
    }
    return { namespace: `${project}/${node.kind}`, name, facets: { ...version } }
  }

  return graph.nodes.filter((node) => isActivity[node.kind]).flatMap(eventsOf)
}

function facet(schema: string) {
  return { _producer: producer, _schemaURL: `${facetSchemas}/${schema}` }
}

function instant(node: LineageNode): StepRunFacts {
  const at = node.at ?? '1970-01-01T00:00:00.000Z'
  return { state: 'completed', startedAt: at, endedAt: at, error: null }
}

function keyOf(node: LineageNode): string {
  return node.id.slice(node.kind.length + 1)
}

/** The specification wants UUIDs: one made from the node's id, the same on every export (RFC 9562, version 8). */
export function toUuid(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
