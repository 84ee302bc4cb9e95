import '@xyflow/react/dist/base.css'
import {
  BaseEdge,
  type Edge,
  type EdgeProps,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { LineageGraph, LineageNode } from '../../../core/domain/lineage.ts'
import { IconButton } from '../../components/button.tsx'
import { stillCanvas } from '../../components/still-canvas.ts'
import { LineageNodeFacts } from './lineage-node-facts.tsx'
import styles from './lineage-view.module.css'
import { describeKind, kindIcons, kindTones, nameOf } from './lineage-words.ts'
import { lineageNodeSize, type Point, placeLineage, toUprightCurve } from './place-lineage.ts'

type CardNode = Node<{ node: LineageNode; isOrigin: boolean; isChosen: boolean }, 'lineage'>
type CurveEdge = Edge<{ points: readonly Point[] }, 'curve'>
type LineageCanvasProps = {
  readonly graph: LineageGraph
  readonly isOrigin: (node: LineageNode) => boolean
}

const nodeTypes = { lineage: NodeCard }
const edgeTypes = { curve: Curve }

/** The graph from cause (above) to effect (below). */
export function LineageCanvas(props: LineageCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas({ graph, isOrigin }: LineageCanvasProps) {
  const flow = useReactFlow()
  const [chosen, setChosen] = useState<LineageNode | null>(null)
  const placed = useMemo(() => placeLineage(graph), [graph])
  const nodes = useMemo<CardNode[]>(
    () =>
      placed.nodes.map(({ node, x, y }) => ({
        id: node.id,
        type: 'lineage',
        position: { x, y },
        ...lineageNodeSize,
        data: { node, isOrigin: isOrigin(node), isChosen: node.id === chosen?.id },
        ariaLabel: `${describeKind(node)} ${nameOf(node)}`,
      })),
    [placed, isOrigin, chosen],
  )
  const edges = useMemo<CurveEdge[]>(
    () =>
      placed.edges.map(({ from, to, kind, points }) => ({
        id: `${from} ${to} ${kind}`,
        type: 'curve',
        source: from,
        target: to,
        markerEnd: { type: MarkerType.ArrowClosed, width: 12, height: 12, color: 'var(--control-border)' },
        data: { points },
      })),
    [placed],
  )
  const place = useRef<HTMLElement>(null)
  const showAll = () => void flow.fitView({ padding: 0.04, maxZoom: 1, minZoom: 0.6, duration: 0 })
  const fitNow = useRef(showAll)
  fitNow.current = showAll
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture is fitted anew
  useEffect(() => {
    const timer = setTimeout(() => fitNow.current(), 30)
    return () => clearTimeout(timer)
  }, [placed])
  useEffect(() => {
    const observer = new ResizeObserver(() => fitNow.current())
    observer.observe(place.current as HTMLElement)
    return () => observer.disconnect()
  }, [])
  return (
    <section ref={place} className={styles.canvas} aria-label="Lineage from cause to effect. The list holds the same.">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...stillCanvas}
        minZoom={0.1}
        onNodeClick={(_, { data }) => setChosen(data.node)}
        onPaneClick={() => setChosen(null)}
      />
      {chosen && <LineageNodeFacts node={chosen} onClose={() => setChosen(null)} />}
      <div className={styles.tools}>
        <IconButton icon={Plus} label="Zoom in" onClick={() => void flow.zoomIn()} />
        <IconButton icon={Minus} label="Zoom out" onClick={() => void flow.zoomOut()} />
        <IconButton icon={Maximize} label="Show all of it" onClick={showAll} />
      </div>
    </section>
  )
}

function NodeCard({ data: { node, isOrigin, isChosen } }: NodeProps<CardNode>) {
  const Icon = kindIcons[node.kind]
  return (
    <div
      className={styles.node}
      data-tone={kindTones[node.kind]}
      data-origin={isOrigin || undefined}
      data-chosen={isChosen || undefined}
      data-deleted={node.deleted || undefined}
      title={nameOf(node)}
    >
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      <Icon size={13} aria-hidden className={styles.icon} />
      <span className={styles.name}>{nameOf(node)}</span>
      <span className={styles.kind}>{node.deleted ? 'Deleted' : describeKind(node)}</span>
      <Handle type="source" position={Position.Bottom} className={styles.handle} isConnectable={false} />
    </div>
  )
}

function Curve({ data, markerEnd }: EdgeProps<CurveEdge>) {
  return <BaseEdge path={toUprightCurve(data?.points ?? [])} {...(markerEnd ? { markerEnd } : {})} />
}
