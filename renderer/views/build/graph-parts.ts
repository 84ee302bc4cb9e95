import type { PlacedEdge, PlacedGraph, Point } from './graph-layout.ts'

/** Between parts that no line connects. */
const gap = 30

/** Steps that lines connect, placed as if they were alone. */
export type Part = PlacedGraph & { readonly width: number; readonly height: number }

/** The tallest first, in rows about as wide as all of them are high. */
export function arrange(parts: readonly Part[]): readonly PlacedGraph[] {
  const area = parts.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0)
  const widest = Math.max(Math.sqrt(area), ...parts.map(({ width }) => width))
  let [x, y, rowHeight] = [0, 0, 0]
  return [...parts]
    .sort((a, b) => b.height - a.height)
    .map((part) => {
      if (x > 0 && x + part.width > widest) [x, y, rowHeight] = [0, y + rowHeight + gap, 0]
      const by = { x, y }
      x += part.width + gap
      rowHeight = Math.max(rowHeight, part.height)
      return moved(part, by)
    })
}

function moved({ steps, edges }: PlacedGraph, by: Point): PlacedGraph {
  const move = <P extends Point>(point: P): P => ({ ...point, x: point.x + by.x, y: point.y + by.y })
  return {
    steps: steps.map(move),
    edges: edges.map((edge) => ({
      ...edge,
      points: edge.points.map(move),
      labelAt: edge.labelAt && move(edge.labelAt),
    })),
  }
}

/** Names that lines connect, together; in the order in which the first of each comes. */
export function connectedParts(
  names: readonly string[],
  edges: readonly Pick<PlacedEdge, 'from' | 'to'>[],
): readonly (readonly string[])[] {
  const group = new Map(names.map((name) => [name, new Set([name])]))
  for (const { from, to } of edges) {
    const [one, other] = [group.get(from), group.get(to)].sort((a, b) => (b?.size ?? 0) - (a?.size ?? 0))
    if (!one || !other || one === other) continue
    for (const name of other) {
      one.add(name)
      group.set(name, one)
    }
  }
  return [...new Set(group.values())].map((members) => names.filter((name) => members.has(name)))
}
