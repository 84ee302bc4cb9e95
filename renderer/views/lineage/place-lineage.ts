import { Graph, layout } from '@dagrejs/dagre'
import type { LineageGraph, LineageNode } from '../../../core/domain/lineage.ts'

export const lineageNodeSize = { width: 208, height: 32 } as const

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

/** From cause (above) to effect (below), with lines that go around the nodes between. */
export function placeLineage(graph: LineageGraph): PlacedLineage {
  const sheet = new Graph()
  sheet.setGraph({ rankdir: 'TB', nodesep: 16, ranksep: 24, edgesep: 12, marginx: 12, marginy: 12 })
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
