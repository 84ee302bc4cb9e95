import { Graph, layout } from '@dagrejs/dagre'
import type { LineageGraph, LineageNode, LineageNodeKind } from '../../../core/domain/lineage.ts'

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
    const key = node.kind === 'stepRun' ? `${node.name} ${neighbours(graph, node)}` : node.id
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
