import { Graph, layout } from '@dagrejs/dagre'
import type { Pipeline } from '../../../core/domain/pipeline.ts'
import { arrange, connectedParts, type Part } from './graph-parts.ts'

export const nodeWidth = 176
export const nodeHeight = 52
const labelHeight = 16

export type Point = { readonly x: number; readonly y: number }
export type PlacedStep = Point & { readonly name: string }
export type PlacedEdge = {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly artifacts: readonly string[]
  /** Around the steps in between, from the lower side of one to the upper side of the other. */
  readonly points: readonly Point[]
  readonly labelAt: Point | null
}
export type PlacedGraph = { readonly steps: readonly PlacedStep[]; readonly edges: readonly PlacedEdge[] }

/**
 * Places the steps from top to bottom; parts that no line connects stand beside and below each other, since in one row
 * they would be too wide to be read. The same pipeline always gets the same picture.
 */
export function placeGraph(pipeline: Pick<Pipeline, 'steps' | 'edges'>): PlacedGraph {
  const edges = mergeEdges(pipeline)
  const names = pipeline.steps.map(({ name }) => name)
  const parts = arrange(connectedParts(names, edges).map((part) => placePart(part, edges)))
  const places = new Map(parts.flatMap(({ steps }) => steps.map((step) => [step.name, step])))
  const lines = new Map(parts.flatMap((part) => part.edges.map((edge) => [edge.id, edge])))
  return {
    steps: names.flatMap((name) => places.get(name) ?? []),
    edges: edges.flatMap(({ id }) => lines.get(id) ?? []),
  }
}

function placePart(names: readonly string[], all: readonly MergedEdge[]): Part {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 30, edgesep: 14 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of names) graph.setNode(name, { width: nodeWidth, height: nodeHeight })
  const members = new Set(names)
  const edges = all.filter(({ from }) => members.has(from))
  for (const edge of edges) {
    const label = labelOf(edge)
    const size = label ? { width: label.length * 6.5 + 8, height: labelHeight, labelpos: 'c' } : {}
    graph.setEdge(edge.from, edge.to, { ...size })
  }
  layout(graph)
  const { width, height } = graph.graph() as { width: number; height: number }
  return {
    width,
    height,
    steps: names.map((name) => {
      const { x, y } = graph.node(name) as { x: number; y: number }
      return { name, x: x - nodeWidth / 2, y: y - nodeHeight / 2 }
    }),
    edges: edges.map((edge) => {
      const { points, x, y } = graph.edge(edge.from, edge.to) as { points: Point[]; x?: number; y?: number }
      return { ...edge, points, labelAt: x === undefined || y === undefined ? null : { x, y } }
    }),
  }
}

/** Artifacts by another name than the step that gives them; the others need no words. */
export function labelOf({ from, artifacts }: Pick<PlacedEdge, 'from' | 'artifacts'>): string {
  return artifacts.filter((artifact) => artifact !== from).join(', ')
}

/** A calm curve through the points: straight at its ends, rounded at each bend. */
export function toCurve(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (!first || !last) return ''
  const middle = (a: Point, b: Point) => `${(a.x + b.x) / 2} ${(a.y + b.y) / 2}`
  const bends = rest
    .slice(0, -1)
    .map((point, index) => `Q ${point.x} ${point.y} ${middle(point, rest[index + 1] as Point)}`)
  return [
    `M ${first.x} ${first.y}`,
    rest[0] === last ? '' : `L ${middle(first, rest[0] as Point)}`,
    ...bends,
    `L ${last.x} ${last.y}`,
  ]
    .filter(Boolean)
    .join(' ')
}

type MergedEdge = Pick<PlacedEdge, 'id' | 'from' | 'to' | 'artifacts'>

/** Several artifacts between two steps are one line. Ends that are no steps are left out. */
function mergeEdges({ steps, edges }: Pick<Pipeline, 'steps' | 'edges'>): readonly MergedEdge[] {
  const names = new Set(steps.map((step) => step.name))
  const merged = new Map<string, MergedEdge>()
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
  // Where no line leads on, the row above or below: of a part that none connects.
  const row = (apart: (step: PlacedStep) => number) => {
    const there = graph.steps.filter((step) => apart(step) >= nodeHeight)
    const next = Math.min(...there.map(apart))
    return nearest(there.filter((step) => apart(step) < next + nodeHeight).map((step) => step.name))
  }
  if (key === 'ArrowUp')
    return (
      nearest(graph.edges.filter((edge) => edge.to === from).map((edge) => edge.from)) ?? row((step) => here.y - step.y)
    )
  if (key === 'ArrowDown')
    return (
      nearest(graph.edges.filter((edge) => edge.from === from).map((edge) => edge.to)) ?? row((step) => step.y - here.y)
    )
  const beside = byPlace.filter((step) => Math.abs(step.y - here.y) < nodeHeight)
  const index = beside.findIndex((step) => step.name === from)
  if (key === 'ArrowRight') return beside[index + 1]?.name ?? null
  if (key === 'ArrowLeft') return beside[index - 1]?.name ?? null
  return null
}

function isKey(key: string): key is Key {
  return ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key)
}
