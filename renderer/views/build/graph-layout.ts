import { Graph, layout } from '@dagrejs/dagre'
import type { Pipeline } from '../../../core/domain/pipeline.ts'

export const nodeWidth = 208
export const nodeHeight = 58

export type PlacedStep = { readonly name: string; readonly x: number; readonly y: number }
export type PlacedEdge = {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly artifacts: readonly string[]
}
export type PlacedGraph = { readonly steps: readonly PlacedStep[]; readonly edges: readonly PlacedEdge[] }

/** Places the steps from top to bottom. The same pipeline always gets the same picture. */
export function placeGraph(pipeline: Pick<Pipeline, 'steps' | 'edges'>): PlacedGraph {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 44, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { name } of pipeline.steps) graph.setNode(name, { width: nodeWidth, height: nodeHeight })
  const edges = mergeEdges(pipeline)
  for (const { from, to } of edges) graph.setEdge(from, to)
  layout(graph)
  return {
    steps: pipeline.steps.map(({ name }) => {
      const { x, y } = graph.node(name) as { x: number; y: number }
      return { name, x: x - nodeWidth / 2, y: y - nodeHeight / 2 }
    }),
    edges,
  }
}

/** Several artifacts between two steps are one line. Ends that are no steps are left out. */
function mergeEdges({ steps, edges }: Pick<Pipeline, 'steps' | 'edges'>): readonly PlacedEdge[] {
  const names = new Set(steps.map((step) => step.name))
  const merged = new Map<string, PlacedEdge>()
  for (const { from, to, artifact } of edges) {
    if (!names.has(from) || !names.has(to) || from === to) continue
    const id = `${from} ${to}`
    merged.set(id, { id, from, to, artifacts: [...(merged.get(id)?.artifacts ?? []), artifact] })
  }
  return [...merged.values()]
}

type Key = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End'

/** Where a key leads from a step: along an edge, beside it, or to an end. Null when it leads nowhere. */
export function moveInGraph(graph: PlacedGraph, from: string | null, key: string): string | null {
  const byPlace = [...graph.steps].sort((a, b) => a.y - b.y || a.x - b.x)
  const here = graph.steps.find((step) => step.name === from)
  if (!here || key === 'Home') return isKey(key) ? (byPlace[0]?.name ?? null) : null
  if (key === 'End') return byPlace.at(-1)?.name ?? null
  const nearest = (names: readonly string[]) =>
    graph.steps
      .filter((step) => names.includes(step.name))
      .sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0]?.name ?? null
  if (key === 'ArrowUp') return nearest(graph.edges.filter((edge) => edge.to === from).map((edge) => edge.from))
  if (key === 'ArrowDown') return nearest(graph.edges.filter((edge) => edge.from === from).map((edge) => edge.to))
  const beside = byPlace.filter((step) => Math.abs(step.y - here.y) < nodeHeight)
  const index = beside.findIndex((step) => step.name === from)
  if (key === 'ArrowRight') return beside[index + 1]?.name ?? null
  if (key === 'ArrowLeft') return beside[index - 1]?.name ?? null
  return null
}

function isKey(key: string): key is Key {
  return ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key)
}
