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

/** The thread from data to image alone. */
export function withoutContext(graph: LineageGraph): LineageGraph {
  const nodes = graph.nodes.filter((node) => !isContext(node))
  const kept = new Set(nodes.map((node) => node.id))
  return { nodes, edges: graph.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)) }
}

/** From cause (above) to effect (below), with lines that go around the nodes between. */
export function placeLineage(graph: LineageGraph): PlacedLineage {
  const sheet = new Graph()
  sheet.setGraph({ rankdir: 'TB', nodesep: 16, ranksep: 30, edgesep: 12, marginx: 12, marginy: 12 })
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

/** A calm curve through the points, upright at both ends. */
export function toUprightCurve(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let path = `M ${first.x} ${first.y}`
  let from = first
  for (const to of rest) {
    const middle = (from.y + to.y) / 2
    path += ` C ${from.x} ${middle}, ${to.x} ${middle}, ${to.x} ${to.y}`
    from = to
  }
  return path
}
