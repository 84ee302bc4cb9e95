import type { JsonValue } from '../domain/json.ts'
import type { LineageEdge, LineageGraph, LineageNode, LineageNodeKind } from '../domain/lineage.ts'

/** PROV's two sorts of thing that lineage has: what was, and what was done. */
const sorts: Record<LineageNodeKind, 'entity' | 'activity'> = {
  source: 'entity',
  file: 'entity',
  environment: 'entity',
  params: 'entity',
  artifact: 'entity',
  modelVersion: 'entity',
  gateResult: 'entity',
  proof: 'entity',
  approval: 'entity',
  image: 'entity',
  push: 'entity',
  run: 'activity',
  stepRun: 'activity',
}

type Relation = { readonly relation: string; readonly cause: string; readonly effect: string }

/** By what stands at the two ends, cause first. */
const relations: Record<string, Relation> = {
  'entity activity': { relation: 'used', cause: 'prov:entity', effect: 'prov:activity' },
  'activity entity': { relation: 'wasGeneratedBy', cause: 'prov:activity', effect: 'prov:entity' },
  'entity entity': { relation: 'wasDerivedFrom', cause: 'prov:usedEntity', effect: 'prov:generatedEntity' },
  'activity activity': { relation: 'wasInformedBy', cause: 'prov:informant', effect: 'prov:informed' },
}

/** The graph as W3C PROV in its JSON form (PROV-JSON). */
export function toProv(graph: LineageGraph): JsonValue {
  const sections: Record<string, Record<string, JsonValue>> = { entity: {}, activity: {} }
  const kinds = new Map(graph.nodes.map((node) => [node.id, node.kind]))
  for (const node of graph.nodes) {
    const section = sections[sorts[node.kind]] as Record<string, JsonValue>
    section[qualified(node.id)] = toElement(node)
  }
  for (const [index, edge] of graph.edges.entries()) {
    const { relation, cause, effect } = relationOf(edge, kinds)
    sections[relation] ??= {}
    sections[relation][`_:edge${index + 1}`] = { [cause]: qualified(edge.from), [effect]: qualified(edge.to) }
  }
  return { prefix: { slipway: 'urn:slipway:', prov: 'http://www.w3.org/ns/prov#' }, ...sections }
}

function relationOf(edge: LineageEdge, kinds: ReadonlyMap<string, LineageNodeKind>): Relation {
  const sortOf = (id: string) => sorts[kinds.get(id) as LineageNodeKind]
  return relations[`${sortOf(edge.from)} ${sortOf(edge.to)}`] as Relation
}

function toElement(node: LineageNode): JsonValue {
  const time = sorts[node.kind] === 'activity' ? 'prov:startTime' : 'prov:generatedAtTime'
  return {
    'prov:type': `slipway:${node.kind}`,
    ...(node.name !== null && { 'prov:label': node.name }),
    ...(node.digest !== null && { 'slipway:digest': node.digest }),
    ...(node.at !== null && { [time]: node.at }),
    ...(node.deleted && { 'slipway:deleted': true }),
  }
}

/** One prefix and a local part without characters that have a meaning in a qualified name. */
function qualified(id: string): string {
  return `slipway:${encodeURIComponent(id).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`
}
