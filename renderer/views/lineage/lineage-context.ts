import type { LineageGraph, LineageNode, LineageNodeKind } from '../../../core/domain/lineage.ts'

/** What a step ran with, as against what went through it. Every step has these, so they hide the thread. */
const contextKinds: readonly LineageNodeKind[] = ['source', 'environment', 'params', 'run']

export function isContext({ kind }: LineageNode): boolean {
  return contextKinds.includes(kind)
}

/** The thread from data to image alone. */
export function withoutContext(graph: LineageGraph): LineageGraph {
  return mergeAlike(
    keepNodes(
      graph,
      graph.nodes.filter((node) => !isContext(node)),
    ),
  )
}

/** A step that gave the same from the same in several runs, cached or not, is drawn once with their number. */
function mergeAlike(graph: LineageGraph): LineageGraph {
  const alike = new Map<string, LineageNode[]>()
  for (const node of graph.nodes) {
    const key = node.kind === 'stepRun' ? `${node.name} ${node.deleted} ${neighbours(graph, node)}` : node.id
    alike.set(key, [...(alike.get(key) ?? []), node])
  }
  const nodes = [...alike.values()].map(([first, ...more]) => {
    const node = first as LineageNode
    return more.length === 0 ? node : { ...node, name: `${node.name} (${more.length + 1} runs)` }
  })
  return keepNodes(graph, nodes)
}

function neighbours({ edges }: LineageGraph, { id }: LineageNode): string {
  const own = edges.filter((edge) => edge.from === id || edge.to === id)
  return JSON.stringify(own.map(({ from, to }) => [from === id ? '' : from, to === id ? '' : to]).sort())
}

function keepNodes(graph: LineageGraph, nodes: readonly LineageNode[]): LineageGraph {
  const kept = new Set(nodes.map((node) => node.id))
  return { nodes, edges: graph.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)) }
}
