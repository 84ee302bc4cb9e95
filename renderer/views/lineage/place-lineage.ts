import { Graph, layout } from '@dagrejs/dagre'
import type { LineageGraph, LineageNode, LineageNodeKind } from '../../../core/domain/lineage.ts'

export const lineageNodeSize = { width: 184, height: 46 } as const

export type Point = { readonly x: number; readonly y: number }
export type PlacedLineage = {
  readonly nodes: readonly { readonly node: LineageNode; readonly x: number; readonly y: number }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly kind: string
    readonly points: readonly Point[]
  }[]
}

/** What a step ran with, as against what went through it. Every step has these, so they hide the thread. */
const contextKinds: readonly LineageNodeKind[] = ['source', 'environment', 'params', 'run']

export function isContext({ kind }: LineageNode): boolean {
  return contextKinds.includes(kind)
}

/** The thread from data to image alone; what was asked about always stays. */
export function withoutContext(graph: LineageGraph, isOrigin: (node: LineageNode) => boolean): LineageGraph {
  const nodes = graph.nodes.filter((node) => !isContext(node) || isOrigin(node))
  const kept = new Set(nodes.map((node) => node.id))
  return { nodes, edges: graph.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)) }
}

/** From cause (left) to effect (right), with lines that go around the nodes between. */
export function placeLineage(graph: LineageGraph): PlacedLineage {
  const sheet = new Graph()
  sheet.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 44, edgesep: 10, marginx: 12, marginy: 12 })
  sheet.setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) sheet.setNode(node.id, { ...lineageNodeSize })
  for (const edge of graph.edges) sheet.setEdge(edge.from, edge.to, {})
  layout(sheet)
  return {
    nodes: graph.nodes.map((node) => {
      const { x, y } = sheet.node(node.id) as Point
      return { node, x: x - lineageNodeSize.width / 2, y: y - lineageNodeSize.height / 2 }
    }),
    edges: graph.edges.map((edge) => ({
      ...edge,
      points: (sheet.edge(edge.from, edge.to) as { points: readonly Point[] }).points,
    })),
  }
}

/** A calm curve through the points, level at both ends. */
export function toLevelCurve(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let path = `M ${first.x} ${first.y}`
  let from = first
  for (const to of rest) {
    const middle = (from.x + to.x) / 2
    path += ` C ${middle} ${from.y}, ${middle} ${to.y}, ${to.x} ${to.y}`
    from = to
  }
  return path
}
